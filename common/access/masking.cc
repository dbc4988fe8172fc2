#include "common/access/masking.h"

#include <cstring>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

#include "common/base/type_facts.h"
#include "common/domain/name_text.h"
#include "kechuang/api/v1/options.pb.h"
#include "kechuang/api/v1/personal.pb.h"

namespace kechuang::access {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

constexpr char kHidden[] = "***";
constexpr size_t kTextMin = 2;
constexpr size_t kPhoneMin = 10;
constexpr size_t kPhoneHead = 3;
constexpr size_t kPhoneTail = 4;

bool IsPersonal(const FieldDescriptor& field) {
  return field.cpp_type() == FieldDescriptor::CPPTYPE_STRING &&
         field.options().GetExtension(api::v1::field).personal_data();
}

// Whether this value of the message is personal data: not if what stands beside it says that it is no person's.
bool IsPersonalIn(const Message& message, const FieldDescriptor& field) {
  if (!IsPersonal(field)) return false;
  const FieldDescriptor* const beside =
      message.GetDescriptor()->FindFieldByName(field.options().GetExtension(api::v1::public_with));
  return beside == nullptr || message.GetReflection()->GetString(message, beside).empty();
}

bool HoldsPersonalData(const Descriptor* type, std::set<const Descriptor*>& seen) {
  if (!seen.insert(type).second) return false;
  for (int i = 0; i < type->field_count(); ++i) {
    const FieldDescriptor& field = *type->field(i);
    if (IsPersonal(field)) return true;
    if (field.message_type() != nullptr && HoldsPersonalData(field.message_type(), seen)) return true;
  }
  return false;
}

void MaskText(Message& message, const FieldDescriptor& field) {
  const Reflection& reflection = *message.GetReflection();
  if (!field.is_repeated()) {
    reflection.SetString(&message, &field, Masked(field, reflection.GetString(message, &field)));
    return;
  }
  for (int i = 0; i < reflection.FieldSize(message, &field); ++i) {
    reflection.SetRepeatedString(&message, &field, i, Masked(field, reflection.GetRepeatedString(message, &field, i)));
  }
}

}  // namespace

namespace {

// What every answer of a type is asked for.
struct PersonalFacts {
  explicit PersonalFacts(const Descriptor* type)
      : permission(Policy::Get().BitOf(PersonalPermission(type))), name(type->FindFieldByName("name")) {
    std::set<const Descriptor*> seen;
    holds = HoldsPersonalData(type, seen);
    if (name != nullptr && (name->is_repeated() || name->cpp_type() != FieldDescriptor::CPPTYPE_STRING)) name = nullptr;
  }

  bool holds = false;
  std::optional<size_t> permission;  // the bit of it
  const FieldDescriptor* name;       // the record's own; null if it has none
};

}  // namespace

bool HoldsPersonalData(const Descriptor* type) { return FactsOf<PersonalFacts>(type).holds; }

std::string PersonalPermission(const Descriptor* type) {
  const std::vector<std::string> package = absl::StrSplit(type->file()->package(), '.');
  return absl::StrCat(package.size() > 1 ? package[1] : package[0], ".personal");
}

bool MaySeePersonalData(const Caller& caller, const Descriptor* type) {
  const PersonalFacts& facts = FactsOf<PersonalFacts>(type);
  return !facts.holds || (facts.permission.has_value() && caller.permissions.test(*facts.permission));
}

std::string Masked(const FieldDescriptor& field, absl::string_view value) {
  if (value.empty()) return "";
  const bool phone = absl::EndsWith(field.name(), "_phone");
  const size_t characters = CodePoints(value);
  if (characters < (phone ? kPhoneMin : kTextMin)) return kHidden;
  std::vector<size_t> starts;  // of the characters, and the end
  for (size_t at = 0; at < value.size(); NextCodePoint(value, at)) starts.push_back(at);
  starts.push_back(value.size());
  if (!phone) return absl::StrCat(value.substr(0, starts[1]), kHidden);
  return absl::StrCat(value.substr(0, starts[kPhoneHead]), kHidden, value.substr(starts[characters - kPhoneTail]));
}

bool LooksMasked(absl::string_view text) {
  for (size_t at = text.find('*'); at != absl::string_view::npos; at = text.find('*', at)) {
    const size_t begun = at;
    while (at < text.size() && text[at] == '*') ++at;
    if (at - begun == std::strlen(kHidden)) return true;
  }
  return false;
}

void MaskPersonalData(Message& message) {
  const Reflection& reflection = *message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    if (IsPersonalIn(message, *field)) {
      MaskText(message, *field);
    } else if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) {
      continue;
    } else if (!field->is_repeated()) {
      MaskPersonalData(*reflection.MutableMessage(&message, field));
    } else {
      for (int i = 0; i < reflection.FieldSize(message, field); ++i) {
        MaskPersonalData(*reflection.MutableRepeatedMessage(&message, field, i));
      }
    }
  }
}

namespace {

// record: the one that the message is a part of; empty if it is none's.
void CollectRecords(const Message& message, std::string record, std::set<std::string>& records) {
  const Reflection& reflection = *message.GetReflection();
  if (const FieldDescriptor* name = FactsOf<PersonalFacts>(message.GetDescriptor()).name; name != nullptr) {
    if (std::string own = reflection.GetString(message, name); !own.empty()) record = std::move(own);
  }
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    if (IsPersonalIn(message, *field)) {
      records.insert(record);
    } else if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) {
      continue;
    } else if (!field->is_repeated()) {
      CollectRecords(reflection.GetMessage(message, field), record, records);
    } else {
      for (int i = 0; i < reflection.FieldSize(message, field); ++i) {
        CollectRecords(reflection.GetRepeatedMessage(message, field, i), record, records);
      }
    }
  }
}

}  // namespace

std::set<std::string> RecordsWithPersonalData(const Message& message) {
  std::set<std::string> records;
  CollectRecords(message, "", records);
  return records;
}

}  // namespace kechuang::access
