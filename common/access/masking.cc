#include "common/access/masking.h"

#include <cstring>
#include <optional>
#include <set>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

#include "common/domain/name_text.h"
#include "kechuang/api/v1/options.pb.h"

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

bool HoldsPersonalData(const Descriptor* type) {
  std::set<const Descriptor*> seen;
  return HoldsPersonalData(type, seen);
}

std::string PersonalPermission(const Descriptor* type) {
  const std::vector<std::string> package = absl::StrSplit(type->file()->package(), '.');
  return absl::StrCat(package.size() > 1 ? package[1] : package[0], ".personal");
}

bool MaySeePersonalData(const Caller& caller, const Descriptor* type) {
  if (!HoldsPersonalData(type)) return true;
  const std::optional<size_t> bit = Policy::Get().BitOf(PersonalPermission(type));
  return bit.has_value() && caller.permissions.test(*bit);
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
    if (IsPersonal(*field)) {
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

}  // namespace kechuang::access
