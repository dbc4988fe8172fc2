// Holds every proto of the tree to the rules that its readers rely on: the gateway, the checks at the door, the
// clients. Each test names every gap by the full name of what lacks it.
#include "google/protobuf/descriptor.h"

#include <fstream>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "google/api/field_behavior.pb.h"
#include "google/api/resource.pb.h"
#include "google/protobuf/descriptor.pb.h"
#include "gtest/gtest.h"

#include "common/api/http_route.h"
#include "kechuang/api/v1/options.pb.h"

namespace kechuang {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::DescriptorPool;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;
using google::protobuf::FileDescriptorSet;
using google::protobuf::MethodDescriptor;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Gaps = std::vector<std::string>;

// The protos with their comments, as the build compiled them.
class Protos {
 public:
  Protos() {
    std::ifstream file(DESCRIPTOR_SET, std::ios::binary);
    FileDescriptorSet set;
    if (!set.ParseFromIstream(&file)) ADD_FAILURE() << "cannot read " << DESCRIPTOR_SET;
    for (const auto& proto : set.file()) {
      const FileDescriptor* built = pool_.BuildFile(proto);
      if (built == nullptr) ADD_FAILURE() << "cannot build " << proto.name();
      if (built != nullptr && absl::StartsWith(built->package(), "kechuang.")) files_.push_back(built);
    }
  }

  const std::vector<const FileDescriptor*>& files() const { return files_; }

  std::vector<const Descriptor*> Messages() const {
    std::vector<const Descriptor*> messages;
    const std::function<void(const Descriptor*)> add = [&](const Descriptor* message) {
      if (message->options().map_entry()) return;
      messages.push_back(message);
      for (int i = 0; i < message->nested_type_count(); ++i) add(message->nested_type(i));
    };
    for (const FileDescriptor* file : files_) {
      for (int i = 0; i < file->message_type_count(); ++i) add(file->message_type(i));
    }
    return messages;
  }

  std::vector<const FieldDescriptor*> Fields() const {
    std::vector<const FieldDescriptor*> fields;
    for (const Descriptor* message : Messages()) {
      for (int i = 0; i < message->field_count(); ++i) fields.push_back(message->field(i));
    }
    return fields;
  }

  std::vector<const EnumDescriptor*> Enums() const {
    std::vector<const EnumDescriptor*> enums;
    for (const FileDescriptor* file : files_) {
      for (int i = 0; i < file->enum_type_count(); ++i) enums.push_back(file->enum_type(i));
    }
    for (const Descriptor* message : Messages()) {
      for (int i = 0; i < message->enum_type_count(); ++i) enums.push_back(message->enum_type(i));
    }
    return enums;
  }

  std::vector<const MethodDescriptor*> Methods() const {
    std::vector<const MethodDescriptor*> methods;
    for (const FileDescriptor* file : files_) {
      for (int i = 0; i < file->service_count(); ++i) {
        for (int k = 0; k < file->service(i)->method_count(); ++k) methods.push_back(file->service(i)->method(k));
      }
    }
    return methods;
  }

  std::vector<const Descriptor*> Resources() const {
    std::vector<const Descriptor*> resources;
    for (const Descriptor* message : Messages()) {
      if (message->options().HasExtension(google::api::resource)) resources.push_back(message);
    }
    return resources;
  }

 private:
  DescriptorPool pool_;
  std::vector<const FileDescriptor*> files_;
};

const Protos& All() {
  static const Protos protos;
  return protos;
}

bool Behaves(const FieldDescriptor* field, google::api::FieldBehavior wanted) {
  const auto& options = field->options();
  for (int i = 0; i < options.ExtensionSize(google::api::field_behavior); ++i) {
    if (options.GetExtension(google::api::field_behavior, i) == wanted) return true;
  }
  return false;
}

bool IsUnary(const MethodDescriptor* method) { return !method->client_streaming() && !method->server_streaming(); }

// The routes of a method, the additional ones too.
std::vector<api::HttpRoute> RoutesOf(const MethodDescriptor* method) {
  absl::StatusOr<std::vector<api::HttpRoute>> routes = api::RoutesOf(*method);
  if (!routes.ok()) ADD_FAILURE() << routes.status();
  return routes.ok() ? *std::move(routes) : std::vector<api::HttpRoute>();
}

template <class Described>
void NoteUncommented(const Described* described, Gaps& gaps) {
  google::protobuf::SourceLocation location;
  if (!described->GetSourceLocation(&location) || location.leading_comments.empty()) {
    gaps.push_back(described->full_name());
  }
}

TEST(Protos, AreAllThere) {
  std::set<std::string> packages;
  for (const FileDescriptor* file : All().files()) packages.insert(file->package());
  EXPECT_THAT(packages,
              ElementsAre("kechuang.api.v1", "kechuang.contract.v1", "kechuang.enterprise.v1", "kechuang.identity.v1",
                          "kechuang.ledger.v1", "kechuang.loan.v1", "kechuang.report.v1"));
}

TEST(Methods, HaveAnHttpRouteIfUnary) {
  Gaps gaps;
  for (const MethodDescriptor* method : All().Methods()) {
    if (IsUnary(method) && RoutesOf(method).empty()) gaps.push_back(method->full_name());
  }
  EXPECT_THAT(gaps, IsEmpty());
}

TEST(Methods, NameThePermissionThatTheyNeedUnlessTheyAreOpen) {
  Gaps gaps;
  for (const MethodDescriptor* method : All().Methods()) {
    const std::string& permission = method->options().GetExtension(api::v1::permission);
    const std::vector<std::string> parts = absl::StrSplit(permission, '.');
    const std::vector<std::string> package = absl::StrSplit(method->file()->package(), '.');
    const bool open = method->options().GetExtension(api::v1::open);
    if (open && permission.empty()) continue;
    if (open || parts.size() != 2 || parts[0] != package[1] || parts[1].empty()) {
      gaps.push_back(absl::StrCat(method->full_name(), " '", permission, "'"));
    }
  }
  EXPECT_THAT(gaps, IsEmpty());
}

TEST(Methods, AreOpenOnlyWhereTheRequestSaysWhoCalls) {
  Gaps gaps;
  for (const MethodDescriptor* method : All().Methods()) {
    if (method->options().GetExtension(api::v1::open)) gaps.push_back(method->name());
  }
  EXPECT_THAT(gaps, ElementsAre("Login", "Refresh", "Logout", "ChangePassword"));
}

// What moves money or approves it.
TEST(Methods, AskPeopleForASecondFactorWhereMoneyIsAtStake) {
  Gaps gaps;
  for (const MethodDescriptor* method : All().Methods()) {
    if (method->options().GetExtension(api::v1::second_factor)) gaps.push_back(method->name());
  }
  EXPECT_THAT(gaps, ::testing::UnorderedElementsAre("ConfirmLoan", "ContributeToPool", "RefundFromPool", "DisburseLoan",
                                                    "ReverseDisbursement", "ReversePosting"));
}

TEST(Methods, CanBeRepeatedAndTriedIfTheyChangeSomething) {
  Gaps gaps;
  for (const MethodDescriptor* method : All().Methods()) {
    const std::vector<api::HttpRoute> routes = RoutesOf(method);
    // A search may come by POST, for the sake of its body; the right to read is all that it needs.
    const bool reads = absl::EndsWith(method->options().GetExtension(api::v1::permission), ".read");
    // What a login gives is given once, and a repeat of it is another login.
    const bool open = method->options().GetExtension(api::v1::open);
    if (!IsUnary(method) || routes.empty() || routes.front().verb == "GET" || reads || open) continue;
    const FieldDescriptor* request_id = method->input_type()->FindFieldByName("request_id");
    const FieldDescriptor* validate_only = method->input_type()->FindFieldByName("validate_only");
    if (request_id == nullptr || request_id->type() != FieldDescriptor::TYPE_STRING ||
        request_id->options().GetExtension(api::v1::field).format() != api::v1::FORMAT_REQUEST_ID) {
      gaps.push_back(absl::StrCat(method->full_name(), " lacks request_id"));
    }
    if (validate_only == nullptr || validate_only->type() != FieldDescriptor::TYPE_BOOL) {
      gaps.push_back(absl::StrCat(method->full_name(), " lacks validate_only"));
    }
  }
  EXPECT_THAT(gaps, IsEmpty());
}

TEST(Routes, ParseAndBindFieldsOfTheRequest) {
  Gaps gaps;
  std::set<std::string> taken;
  for (const MethodDescriptor* method : All().Methods()) {
    for (const api::HttpRoute& route : RoutesOf(method)) {
      const std::string what = absl::StrCat(method->full_name(), " ", route.verb, " ", route.path.text());
      if (!taken.insert(absl::StrCat(route.verb, " ", route.path.shape())).second)
        gaps.push_back(what + ": taken already");
      const bool sends_body = route.verb != "GET" && route.verb != "DELETE";
      if (sends_body == route.body.empty()) gaps.push_back(what + ": body '" + route.body + "'");
    }
  }
  EXPECT_THAT(gaps, IsEmpty());
}

TEST(Fields, SayHowTheyBehave) {
  Gaps gaps;
  for (const FieldDescriptor* field : All().Fields()) {
    // The rules themselves are an option of protos and are never sent.
    if (field->file()->name() == "kechuang/api/v1/options.proto") continue;
    if (field->options().ExtensionSize(google::api::field_behavior) == 0) gaps.push_back(field->full_name());
  }
  EXPECT_THAT(gaps, IsEmpty());
}

TEST(Fields, HoldNoFractionsAndNoUnsignedNumbers) {
  Gaps gaps;
  for (const FieldDescriptor* field : All().Fields()) {
    switch (field->cpp_type()) {
      case FieldDescriptor::CPPTYPE_FLOAT:
      case FieldDescriptor::CPPTYPE_DOUBLE:
      case FieldDescriptor::CPPTYPE_UINT32:
      case FieldDescriptor::CPPTYPE_UINT64:
        gaps.push_back(absl::StrCat(field->full_name(), " is a ", field->cpp_type_name()));
        break;
      default:
        break;
    }
  }
  EXPECT_THAT(gaps, IsEmpty());
}

TEST(Fields, HoldMoneyInSixtyFourBits) {
  Gaps gaps;
  for (const FieldDescriptor* field : All().Fields()) {
    if (absl::EndsWith(field->name(), "_fen") && field->type() != FieldDescriptor::TYPE_INT64) {
      gaps.push_back(field->full_name());
    }
  }
  EXPECT_THAT(gaps, IsEmpty());
}

TEST(Fields, OfPersonsAreMarked) {
  Gaps gaps;
  for (const FieldDescriptor* field : All().Fields()) {
    const std::string& name = field->name();
    const bool personal = absl::EndsWith(name, "phone") || absl::EndsWith(name, "legal_representative") ||
                          absl::EndsWith(name, "contact_name") || absl::EndsWith(name, "id_number");
    if (personal && !field->options().GetExtension(api::v1::field).personal_data()) gaps.push_back(field->full_name());
  }
  EXPECT_THAT(gaps, IsEmpty());
}

TEST(Fields, ReferToResourcesThatExist) {
  std::set<std::string> types = {"*"};
  for (const Descriptor* resource : All().Resources()) {
    types.insert(resource->options().GetExtension(google::api::resource).type());
  }
  Gaps gaps;
  for (const FieldDescriptor* field : All().Fields()) {
    const auto& reference = field->options().GetExtension(google::api::resource_reference);
    for (const std::string& type : {reference.type(), reference.child_type()}) {
      if (!type.empty() && !types.contains(type)) gaps.push_back(absl::StrCat(field->full_name(), " to ", type));
    }
  }
  EXPECT_THAT(gaps, IsEmpty());
}

TEST(Enums, BeginWithUnspecified) {
  Gaps gaps;
  for (const EnumDescriptor* type : All().Enums()) {
    if (type->value(0)->number() != 0 || !absl::EndsWith(type->value(0)->name(), "_UNSPECIFIED")) {
      gaps.push_back(type->full_name());
    }
  }
  EXPECT_THAT(gaps, IsEmpty());
}

TEST(Resources, HaveWhatTheEngineKeepsOfEveryRecord) {
  Gaps gaps;
  for (const Descriptor* resource : All().Resources()) {
    const auto check = [&](const char* name, google::api::FieldBehavior behavior, const char* type) {
      const FieldDescriptor* field = resource->FindFieldByName(name);
      if (field == nullptr || !Behaves(field, behavior) ||
          (field->message_type() == nullptr ? field->type_name() : field->message_type()->full_name()) !=
              std::string(type)) {
        gaps.push_back(absl::StrCat(resource->full_name(), ".", name));
      }
    };
    check("name", google::api::IDENTIFIER, "string");
    check("etag", google::api::OUTPUT_ONLY, "string");
    check("revision", google::api::OUTPUT_ONLY, "int64");
    check("create_time", google::api::OUTPUT_ONLY, "google.protobuf.Timestamp");
    check("update_time", google::api::OUTPUT_ONLY, "google.protobuf.Timestamp");
    if (resource->options().GetExtension(google::api::resource).pattern().empty()) {
      gaps.push_back(absl::StrCat(resource->full_name(), " has no pattern"));
    }
  }
  EXPECT_THAT(gaps, IsEmpty());
}

TEST(Comments, StandBeforeEverything) {
  Gaps gaps;
  for (const Descriptor* message : All().Messages()) NoteUncommented(message, gaps);
  for (const FieldDescriptor* field : All().Fields()) NoteUncommented(field, gaps);
  for (const MethodDescriptor* method : All().Methods()) NoteUncommented(method, gaps);
  for (const EnumDescriptor* type : All().Enums()) {
    NoteUncommented(type, gaps);
    for (int i = 0; i < type->value_count(); ++i) NoteUncommented(type->value(i), gaps);
  }
  for (const FileDescriptor* file : All().files()) {
    for (int i = 0; i < file->service_count(); ++i) NoteUncommented(file->service(i), gaps);
    for (int i = 0; i < file->extension_count(); ++i) NoteUncommented(file->extension(i), gaps);
  }
  EXPECT_THAT(gaps, IsEmpty());
}

}  // namespace
}  // namespace kechuang
