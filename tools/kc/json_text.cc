#include "tools/kc/json_text.h"

#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/util/json_util.h"

#include "common/base/error.h"
#include "common/base/status_macros.h"
#include "nlohmann/json.hpp"
#include "tools/kc/errors.h"

namespace kechuang::kc {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;
using nlohmann::json;

const FieldDescriptor* FindField(const Descriptor& type, const std::string& name) {
  const FieldDescriptor* field = type.FindFieldByName(name);
  for (int i = 0; field == nullptr && i < type.field_count(); ++i) {
    if (type.field(i)->json_name() == name) field = type.field(i);
  }
  return field;
}

// What a name of a message or an enum may be, for the nearest to a wrong one.
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

absl::Status NotKnown(const Words& what, const std::string& nearest) {
  if (nearest.empty()) return WrongUsage(what.english, what.chinese);
  return WrongUsage(absl::StrCat(what.english, "; did you mean ", nearest, "?"),
                    absl::StrCat(what.chinese, "；是否指 ", nearest, "？"));
}

// Finds every name in a JSON object that its message does not know.
class NameCheck {
 public:
  absl::Status Run(const json& object, const Descriptor& type) {
    CheckObject(object, type, "");
    return faults_.any() ? AsWrongUsage(faults_.status()) : absl::OkStatus();
  }

 private:
  void CheckObject(const json& object, const Descriptor& type, const std::string& path) {
    // The well-known types have JSON forms of their own, which protobuf's parser knows.
    if (!object.is_object() || absl::StartsWith(type.full_name(), "google.protobuf.")) return;
    for (const auto& [name, value] : object.items()) {
      const std::string shown = name.substr(0, 200);
      const std::string place = path.empty() ? shown : absl::StrCat(path, ".", shown);
      const FieldDescriptor* field = FindField(type, name);
      if (field == nullptr) {
        faults_.Add(place, NotKnown({absl::StrCat(type.full_name(), " has no such field"),
                                     absl::StrCat(type.full_name(), " 没有该字段")},
                                    NearestWord(name, FieldNames(type))));
      } else if (!field->is_map()) {
        CheckField(value, *field, place);
      }
    }
  }

  void CheckField(const json& value, const FieldDescriptor& field, const std::string& place) {
    if (!field.is_repeated() || !value.is_array()) return CheckValue(value, field, place);
    for (size_t i = 0; i < value.size(); ++i) CheckValue(value[i], field, absl::StrCat(place, "[", i, "]"));
  }

  void CheckValue(const json& value, const FieldDescriptor& field, const std::string& place) {
    if (field.message_type() != nullptr) return CheckObject(value, *field.message_type(), place);
    if (field.enum_type() == nullptr || !value.is_string()) return;
    const EnumDescriptor& type = *field.enum_type();
    const std::string& name = value.get_ref<const std::string&>();
    if (type.FindValueByName(name) != nullptr) return;
    faults_.Add(place, NotKnown({absl::StrCat(name.substr(0, 200), " is no value of the enum ", type.full_name()),
                                 absl::StrCat(name.substr(0, 200), " 不是枚举 ", type.full_name(), " 的值")},
                                NearestWord(name, ValueNames(type))));
  }

  Faults faults_;
};

// The JSON library's refusals are exceptions that say where; they end here.
absl::Status ParseObject(absl::string_view text, json& object) {
  try {
    object = json::parse(text.begin(), text.end());
  } catch (const json::parse_error& error) {
    return WrongUsage(absl::StrCat("this is no JSON; it goes wrong at character ", error.byte),
                      absl::StrCat("不是合法的 JSON，第 ", error.byte, " 个字符处有误"));
  }
  if (object.is_object()) return absl::OkStatus();
  return WrongUsage(absl::StrCat("the JSON must be an object {...}, but it is ", object.type_name()),
                    absl::StrCat("JSON 须为对象 {...}，而不是 ", object.type_name()));
}

}  // namespace

absl::Status MessageFromJson(absl::string_view text, google::protobuf::Message& message) {
  json object;
  RETURN_IF_ERROR(ParseObject(text, object));
  RETURN_IF_ERROR(NameCheck().Run(object, *message.GetDescriptor()));
  const auto parsed =
      google::protobuf::util::JsonStringToMessage(google::protobuf::StringPiece(text.data(), text.size()), &message);
  if (parsed.ok()) return absl::OkStatus();
  const std::string said(parsed.message().data(), parsed.message().size());
  return WrongUsage(absl::StrCat("the JSON is no ", message.GetDescriptor()->full_name(), ": ", said),
                    absl::StrCat("JSON 与 ", message.GetDescriptor()->full_name(), " 不符：", said));
}

std::string MessageToJson(const google::protobuf::Message& message, bool indented) {
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  options.always_print_primitive_fields = true;
  options.add_whitespace = indented;
  std::string text;
  // Only a Timestamp or Duration beyond its range has no JSON; the services store none.
  if (!google::protobuf::util::MessageToJsonString(message, &text, options).ok()) return "{}";
  return text;
}

std::string JsonQuoted(absl::string_view text) {
  return json(std::string(text)).dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace kechuang::kc
