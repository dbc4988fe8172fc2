#include "common/access/policy.h"

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "common/access/caller.h"
#include "kechuang/api/v1/options.pb.h"

namespace kechuang::access {
namespace {

using google::protobuf::MethodDescriptor;
using google::protobuf::ServiceDescriptor;
using identity::v1::AUDITOR;
using identity::v1::READER;
using identity::v1::REGISTRAR_ENTRY;
using identity::v1::SECURITY_ADMINISTRATOR;
using identity::v1::SYSTEM_ADMINISTRATOR;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::Pair;

// Every service of the suite, with its journal if it has one.
std::vector<const ServiceDescriptor*> Services() {
  std::vector<const ServiceDescriptor*> services;
  for (const char* area : {"enterprise", "loan", "contract", "report", "identity"}) {
    for (const char* kind : {"_service", "_journal_service"}) {
      const google::protobuf::FileDescriptor* file = google::protobuf::DescriptorPool::generated_pool()->FindFileByName(
          absl::StrCat("kechuang/", area, "/v1/", area, kind, ".proto"));
      if (file != nullptr) services.push_back(file->service(0));
    }
  }
  services.push_back(
      google::protobuf::DescriptorPool::generated_pool()->FindServiceByName("kechuang.identity.v1.KeyDirectory"));
  EXPECT_THAT(services, ::testing::SizeIs(10));
  return services;
}

std::string PermissionOf(const MethodDescriptor& method) { return method.options().GetExtension(api::v1::permission); }

bool IsOpen(const MethodDescriptor& method) { return method.options().GetExtension(api::v1::open); }

// Who may call what: a line for each method, a column for each role.
std::string PermissionTable() {
  const Policy& policy = Policy::Get();
  std::string table =
      "# Who may call what\n\n"
      "Made from the protos by `access_test`, which fails while this file says otherwise; `KECHUANG_WRITE=1 "
      "build/tests/access_test` writes it. \"own\": on the rows of the record that the caller is bound to, as if there "
      "were no others.\n\n| method | permission |";
  std::string line = "\n|---|---|";
  for (const Role role : policy.roles()) {
    absl::StrAppend(&table, " ", identity::v1::Role_Name(role), policy.IsApart(role) ? " (apart)" : "", " |");
    line += ":-:|";
  }
  table += line + "\n";
  for (const ServiceDescriptor* service : Services()) {
    for (int i = 0; i < service->method_count(); ++i) {
      const std::string permission = PermissionOf(*service->method(i));
      const bool open = IsOpen(*service->method(i));
      const bool keeps_to_rows = service->method(i)->options().GetExtension(api::v1::keeps_to_rows);
      const bool second_factor = service->method(i)->options().GetExtension(api::v1::second_factor);
      absl::StrAppend(&table, "| ", service->name(), ".", service->method(i)->name(), " | ",
                      open ? "(open: the request says who calls)" : permission,
                      second_factor ? " (people: with a second factor)" : "", " |");
      for (const Role role : policy.roles()) {
        const bool granted = open || policy.GrantedBy(role).test(policy.BitOf(permission).value_or(0));
        const absl::string_view where_bound = keeps_to_rows ? " own |" : " |";
        absl::StrAppend(&table, !granted ? " |" : open || policy.BoundTo(role).empty() ? " yes |" : where_bound);
      }
      table += "\n";
    }
  }
  for (const char* permission : {"enterprise.personal", "contract.personal"}) {
    absl::StrAppend(&table, "| personal data of these records | ", permission, " |");
    for (const Role role : policy.roles()) {
      absl::StrAppend(&table,
                      policy.GrantedBy(role).test(policy.BitOf(permission).value_or(0)) ? " yes |" : " masked |");
    }
    table += "\n";
  }
  return table;
}

TEST(Policy, IsWrittenOutForPeople) {
  const std::string table = PermissionTable();
  if (std::getenv("KECHUANG_WRITE") != nullptr) std::ofstream(PERMISSION_TABLE) << table;
  std::ifstream file(PERMISSION_TABLE);
  EXPECT_EQ(table, std::string(std::istreambuf_iterator<char>(file), {})) << "KECHUANG_WRITE=1 writes it";
}

TEST(Policy, GrantsWhatMethodsNeedAndNothingElse) {
  std::set<std::string> needed;
  for (const ServiceDescriptor* service : Services()) {
    for (int i = 0; i < service->method_count(); ++i) {
      if (!IsOpen(*service->method(i))) needed.insert(PermissionOf(*service->method(i)));
    }
  }
  const Policy& policy = Policy::Get();
  Permissions all = policy.of_services();
  for (const Role role : policy.roles()) all |= policy.GrantedBy(role);
  const std::vector<std::string> granted = policy.NamesOf(all);
  needed.insert({"contract.personal", "enterprise.personal"});  // what is asked for when an answer leaves
  EXPECT_EQ(std::set<std::string>(granted.begin(), granted.end()), needed);
}

TEST(Policy, KeepsServicesToFollowingKeys) {
  EXPECT_THAT(Policy::Get().NamesOf(Policy::Get().of_services()), ElementsAre("identity.follow"));
}

// 三员分立: no administrator and no auditor touches business data, and none of them does another's work.
TEST(Policy, KeepsAdministrationAndAuditApart) {
  const Policy& policy = Policy::Get();
  for (const Role role : policy.roles()) {
    const bool apart = role == SYSTEM_ADMINISTRATOR || role == SECURITY_ADMINISTRATOR || role == AUDITOR;
    EXPECT_EQ(policy.IsApart(role), apart || !policy.BoundTo(role).empty()) << identity::v1::Role_Name(role);
    for (const std::string& permission : policy.NamesOf(policy.GrantedBy(role))) {
      const bool business = !absl::StartsWith(permission, "identity.") && !absl::EndsWith(permission, ".audit");
      EXPECT_FALSE(apart && business) << identity::v1::Role_Name(role) << " " << permission;
    }
  }
  EXPECT_THAT(policy.NamesOf(policy.GrantedBy(SYSTEM_ADMINISTRATOR)), Not(Contains("identity.grant")));
  EXPECT_THAT(policy.NamesOf(policy.GrantedBy(SECURITY_ADMINISTRATOR)), Not(Contains("identity.account")));
}

TEST(Policy, BindsBanksAndEnterprisesToTheirRows) {
  std::map<std::string, std::string> bound;
  for (const Role role : Policy::Get().roles()) {
    const std::string collection = Policy::Get().BoundTo(role);
    if (!collection.empty()) bound[identity::v1::Role_Name(role)] = collection;
  }
  EXPECT_THAT(bound, ElementsAre(Pair("ENTERPRISE_SELF_SERVICE", "enterprises"), Pair("PARTNER_BANK", "banks")));
}

// What a bound role grants beyond its rows would be of no use to it.
TEST(Policy, GivesBoundRolesNothingThatNoMethodOfRowsNeeds) {
  std::set<std::string> within_rows;
  for (const ServiceDescriptor* service : Services()) {
    for (int i = 0; i < service->method_count(); ++i) {
      if (service->method(i)->options().GetExtension(api::v1::keeps_to_rows)) {
        within_rows.insert(PermissionOf(*service->method(i)));
      }
    }
  }
  for (const Role role : Policy::Get().roles()) {
    if (Policy::Get().BoundTo(role).empty()) continue;
    for (const std::string& permission : Policy::Get().NamesOf(Policy::Get().GrantedBy(role))) {
      const bool of_what_rows_hold = absl::EndsWith(permission, ".personal");
      EXPECT_TRUE(of_what_rows_hold || within_rows.contains(permission))
          << identity::v1::Role_Name(role) << " " << permission;
    }
  }
}

TEST(Policy, LetsNoOneRoleBothEnterAndApprove) {
  const Policy& policy = Policy::Get();
  for (const auto& [makes, checks] :
       {std::pair("contract.create", "contract.register"), std::pair("loan.apply", "loan.review"),
        std::pair("loan.apply", "loan.confirm"), std::pair("loan.confirm", "loan.disburse")}) {
    for (const Role role : policy.roles()) {
      const Permissions granted = policy.GrantedBy(role);
      EXPECT_FALSE(granted.test(*policy.BitOf(makes)) && granted.test(*policy.BitOf(checks)))
          << identity::v1::Role_Name(role) << " " << makes << " " << checks;
    }
  }
}

TEST(Caller, MayDoWhatAnyOfItsRolesGrants) {
  const Caller caller = CallerWith("keys/a", {READER, REGISTRAR_ENTRY});
  const Policy& policy = Policy::Get();
  EXPECT_EQ(caller.permissions, policy.GrantedBy(READER) | policy.GrantedBy(REGISTRAR_ENTRY));
  EXPECT_THAT(policy.NamesOf(CallerWith("keys/b", {}).permissions), IsEmpty());
  EXPECT_FALSE(policy.BitOf("contract.everything").has_value());
}

}  // namespace
}  // namespace kechuang::access
