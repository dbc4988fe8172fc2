#include "common/api/nearest.h"

#include "absl/strings/str_cat.h"

#include "common/base/error.h"
#include "common/domain/name_text.h"
#include "kechuang/api/v1/reasons.pb.h"

namespace kechuang::api {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;

}  // namespace

std::string Shown(absl::string_view text) {
  std::string shown;
  size_t at = 0;
  while (at < text.size()) {
    const size_t start = at;
    const int32_t code_point = NextCodePoint(text, at);
    if (shown.size() + (at - start) > kShownBytesMax) return shown + "...";
    if (code_point < ' ' || code_point == 0x7F) {
      shown.push_back('?');
    } else {
      absl::StrAppend(&shown, text.substr(start, at - start));
    }
  }
  return shown;
}

const FieldDescriptor* FindField(const Descriptor& type, absl::string_view name) {
  const std::string key(name);
  const FieldDescriptor* field = type.FindFieldByName(key);
  if (field != nullptr) return field;
  field = type.FindFieldByCamelcaseName(key);
  if (field != nullptr && field->json_name() == key) return field;
  // Only where the JSON name is not what protobuf calls the camel-case name.
  for (int i = 0; i < type.field_count(); ++i) {
    if (type.field(i)->json_name() == key) return type.field(i);
  }
  return nullptr;
}

std::vector<std::string> FieldNames(const Descriptor& type) {
  std::vector<std::string> names;
  for (int i = 0; i < type.field_count(); ++i) names.push_back(type.field(i)->name());
  return names;
}

std::vector<std::string> ValueNames(const EnumDescriptor& type) {
  std::vector<std::string> names;
  for (int i = 0; i < type.value_count(); ++i) names.push_back(type.value(i)->name());
  return names;
}

absl::Status NoSuchField(const Descriptor& type, absl::string_view name) {
  std::vector<std::string> names = FieldNames(type);
  for (int i = 0; i < type.field_count(); ++i) names.push_back(type.field(i)->json_name());
  const std::string nearest = NearestWord(name, names);
  std::string english = absl::StrCat(type.name(), " has no such field");
  std::string chinese = absl::StrCat(type.name(), " 没有该字段");
  if (!nearest.empty()) {
    absl::StrAppend(&english, "; did you mean ", nearest, "?");
    absl::StrAppend(&chinese, "；是否指 ", nearest, "？");
  }
  return Refuse(absl::StatusCode::kInvalidArgument, v1::FIELD_UNKNOWN).Says(english, chinese);
}

}  // namespace kechuang::api
