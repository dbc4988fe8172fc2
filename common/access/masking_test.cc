#include "common/access/masking.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "kechuang/api/v1/options.pb.h"
#include "kechuang/contract/v1/contract_service.pb.h"
#include "kechuang/enterprise/v1/enterprise_service.pb.h"
#include "kechuang/loan/v1/loan.pb.h"

namespace kechuang::access {
namespace {

using contract::v1::Party;
using identity::v1::FINANCE;
using identity::v1::READER;
using identity::v1::REGISTRAR_ENTRY;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

struct MaskCase {
  std::string what;
  const char* field;
  std::string value;
  std::string shown;
};

class MaskedTest : public ::testing::TestWithParam<MaskCase> {};

TEST_P(MaskedTest, ShowsNoMoreThanToRecogniseItBy) {
  const MaskCase& given = GetParam();
  EXPECT_EQ(Masked(*Party::descriptor()->FindFieldByName(given.field), given.value), given.shown);
}

INSTANTIATE_TEST_SUITE_P(, MaskedTest,
                         ::testing::Values(MaskCase{"empty", "contact_name", "", ""},
                                           MaskCase{"one_character", "contact_name", "张", "***"},
                                           MaskCase{"name", "contact_name", "张三丰", "张***"},
                                           MaskCase{"rare_character", "contact_name", "𠮷野", "𠮷***"},
                                           MaskCase{"mobile", "contact_phone", "13895001234", "138***1234"},
                                           MaskCase{"landline", "contact_phone", "0951-2077000", "095***7000"},
                                           MaskCase{"short_phone", "contact_phone", "2077000", "***"},
                                           MaskCase{"address", "address", "银川市西夏区1号", "银***"}),
                         [](const auto& tested) { return tested.param.what; });

TEST(LooksMasked, KnowsItsOwnMasksAndNoOthers) {
  for (const char* masked : {"***", "张***", "138***1234", "** ***"}) EXPECT_TRUE(LooksMasked(masked)) << masked;
  for (const char* other : {"", "张三", "张*", "张**", "138****1234", "****"})
    EXPECT_FALSE(LooksMasked(other)) << other;
}

TEST(RecordsWithPersonalData, NamesThoseThatShowAnyAndNoOthers) {
  contract::v1::ListContractsResponse page;
  EXPECT_THAT(RecordsWithPersonalData(page), IsEmpty());
  for (const char* name : {"contracts/1", "contracts/2", "contracts/3"}) page.add_contracts()->set_name(name);
  page.mutable_contracts(0)->mutable_seller()->set_contact_phone("13895001234");
  page.mutable_contracts(2)->mutable_buyer()->set_address("银川市");
  page.mutable_contracts(1)->mutable_buyer()->set_credit_code("11640103010094039Q");
  EXPECT_THAT(RecordsWithPersonalData(page), ElementsAre("contracts/1", "contracts/3"));
}

TEST(MaskPersonalData, LeavesTheNameOfAnOrganisation) {
  contract::v1::Contract contract;
  for (Party* party : {contract.mutable_seller(), contract.mutable_buyer()}) {
    party->set_party_name("宁夏大学");
    party->set_address("银川市西夏区1号");
    party->set_contact_name("张三丰");
  }
  contract.mutable_seller()->set_credit_code("11640103010094039Q");
  MaskPersonalData(contract);
  EXPECT_EQ(contract.seller().party_name(), "宁夏大学");
  EXPECT_EQ(contract.seller().address(), "银川市西夏区1号");
  EXPECT_EQ(contract.seller().contact_name(), "张***");
  EXPECT_EQ(contract.buyer().party_name(), "宁***");
  EXPECT_EQ(contract.buyer().address(), "银***");
}

TEST(TakeBackMasked, PutsBackWhatIsShownAndNothingElse) {
  contract::v1::Contract held;
  held.mutable_seller()->set_contact_name("张三丰");
  held.mutable_seller()->set_contact_phone("13895001234");
  held.mutable_buyer()->set_address("银川市");
  contract::v1::Contract next = held;
  MaskPersonalData(next);
  TakeBackMasked(held, next);
  EXPECT_EQ(next.SerializeAsString(), held.SerializeAsString());
  next.mutable_seller()->set_contact_name("李***");
  next.mutable_seller()->set_contact_phone("13895001234");
  next.mutable_buyer()->set_address("");
  next.mutable_buyer()->set_contact_name("张***");
  const std::string before = next.SerializeAsString();
  TakeBackMasked(held, next);
  EXPECT_EQ(next.SerializeAsString(), before);
}

TEST(MaskPersonalData, ReachesEveryDepthAndNothingElse) {
  contract::v1::ListContractsResponse page;
  contract::v1::Contract& contract = *page.add_contracts();
  contract.set_contract_name("委托开发合同");
  contract.mutable_seller()->set_contact_phone("13895001234");
  contract.mutable_seller()->set_credit_code("11640103010094039Q");
  contract.mutable_buyer()->set_contact_name("李四");
  contract::v1::ListContractsResponse masked = page;
  MaskPersonalData(masked);
  contract::v1::ListContractsResponse expected = page;
  expected.mutable_contracts(0)->mutable_seller()->set_contact_phone("138***1234");
  expected.mutable_contracts(0)->mutable_buyer()->set_contact_name("李***");
  EXPECT_EQ(masked.SerializeAsString(), expected.SerializeAsString());
}

TEST(HoldsPersonalData, IsSaidOfEveryMessageThatReachesSome) {
  EXPECT_TRUE(HoldsPersonalData(Party::descriptor()));
  EXPECT_TRUE(HoldsPersonalData(contract::v1::ExportContractsResponse::descriptor()));
  EXPECT_TRUE(HoldsPersonalData(enterprise::v1::SearchEnterprisesResponse::descriptor()));
  EXPECT_FALSE(HoldsPersonalData(loan::v1::Loan::descriptor()));
}

TEST(MaySeePersonalData, NeedsThePermissionOfTheArea) {
  EXPECT_EQ(PersonalPermission(Party::descriptor()), "contract.personal");
  EXPECT_TRUE(MaySeePersonalData(CallerWith("keys/a", {REGISTRAR_ENTRY}), Party::descriptor()));
  EXPECT_FALSE(MaySeePersonalData(CallerWith("keys/a", {READER, FINANCE}), Party::descriptor()));
  EXPECT_TRUE(MaySeePersonalData(CallerWith("keys/a", {READER}), loan::v1::Loan::descriptor()));
}

// Whether a caller may filter and sort by a field that it sees masked need not be asked: nobody can.
TEST(PersonalData, StandsInNoFilter) {
  for (const auto* type : {contract::v1::Contract::descriptor(), Party::descriptor(),
                           enterprise::v1::Enterprise::descriptor(), loan::v1::Loan::descriptor()}) {
    for (int i = 0; i < type->field_count(); ++i) {
      const auto& rules = type->field(i)->options().GetExtension(api::v1::field);
      EXPECT_FALSE(rules.personal_data() && rules.indexed()) << type->field(i)->full_name();
    }
  }
}

// A caller who reads a masked record and sends it back would lose what was masked.
TEST(Policy, LetsWhoWritesPersonalDataSeeIt) {
  for (const Role role : Policy::Get().roles()) {
    for (const auto* service : {google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(
                                    "kechuang.enterprise.v1.EnterpriseService"),
                                google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(
                                    "kechuang.contract.v1.ContractService")}) {
      for (int i = 0; i < service->method_count(); ++i) {
        const google::protobuf::MethodDescriptor& method = *service->method(i);
        const std::string& permission = method.options().GetExtension(api::v1::permission);
        if (!HoldsPersonalData(method.input_type())) continue;
        const Caller caller = CallerWith("keys/a", {role});
        if (!caller.permissions.test(*Policy::Get().BitOf(permission))) continue;
        EXPECT_TRUE(MaySeePersonalData(caller, method.input_type()))
            << identity::v1::Role_Name(role) << " " << method.full_name();
      }
    }
  }
}

}  // namespace
}  // namespace kechuang::access
