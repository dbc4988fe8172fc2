#include "services/gateway/openapi_schema.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "google/api/resource.pb.h"
#include "google/protobuf/any.pb.h"
#include "google/protobuf/duration.pb.h"
#include "google/protobuf/field_mask.pb.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/date.pb.h"

#include "common/api/comments.h"
#include "kechuang/api/v1/options.pb.h"
#include "services/gateway/openapi_example.h"
#include "services/gateway/openapi_limits.h"

namespace kechuang::gateway {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;
using Json = nlohmann::ordered_json;

Json ReferenceTo(const std::string& name) { return {{"$ref", absl::StrCat("#/components/schemas/", name)}}; }

void Describe(Json& schema, absl::string_view comment) {
  if (!comment.empty()) schema["description"] = std::string(comment);
}

// Messages whose JSON is one text, or that are no message of the services; null for others.
Json WellKnown(const Descriptor& type, Place place) {
  if (&type == google::protobuf::Timestamp::descriptor()) return {{"type", "string"}, {"format", "date-time"}};
  if (&type == google::protobuf::Duration::descriptor()) {
    return {{"type", "string"}, {"pattern", "^-?[0-9]+(\\.[0-9]{1,9})?s$"}};
  }
  if (&type == google::protobuf::FieldMask::descriptor()) return {{"type", "string"}, {"format", "field-mask"}};
  if (&type == google::protobuf::Any::descriptor()) {
    return {
        {"type", "object"}, {"required", Json::array({"@type"})}, {"properties", {{"@type", {{"type", "string"}}}}}};
  }
  if (&type == google::type::Date::descriptor() && place == Place::kParameter) {
    return {{"type", "string"}, {"format", "date"}};
  }
  return nullptr;
}

// 64-bit integers travel as text, so their range is for readers, beyond the sign.
Json LongSchema(const Limits& limits) {
  const bool positive = limits.minimum.value_or(-1) >= 0;
  Json schema = {{"type", "string"}, {"format", "int64"}, {"pattern", positive ? "^[0-9]{1,19}$" : "^-?[0-9]{1,19}$"}};
  if (limits.minimum.has_value()) schema["x-minimum"] = absl::StrCat(*limits.minimum);
  if (limits.maximum.has_value()) schema["x-maximum"] = absl::StrCat(*limits.maximum);
  return schema;
}

Json IntegerSchema(const Limits& limits) {
  Json schema = {{"type", "integer"}, {"format", "int32"}};
  if (limits.minimum.has_value()) schema["minimum"] = *limits.minimum;
  if (limits.maximum.has_value()) schema["maximum"] = *limits.maximum;
  return schema;
}

}  // namespace

bool Behaves(const FieldDescriptor& field, google::api::FieldBehavior wanted) {
  const auto& options = field.options();
  for (int i = 0; i < options.ExtensionSize(google::api::field_behavior); ++i) {
    if (options.GetExtension(google::api::field_behavior, i) == wanted) return true;
  }
  return false;
}

std::string SchemaName(const std::string& full_name) {
  if (!absl::StartsWith(full_name, "kechuang.")) return full_name;
  return absl::StrReplaceAll(absl::StripPrefix(full_name, "kechuang."), {{".v1.", "."}});
}

SchemaBook::SchemaBook(const std::vector<const google::protobuf::ServiceDescriptor*>& services) {
  for (const google::protobuf::ServiceDescriptor* service : services) NoteResources(*service->file());
}

void SchemaBook::NoteResources(const FileDescriptor& file) {
  if (!seen_.insert(&file).second) return;
  for (int i = 0; i < file.message_type_count(); ++i) {
    const google::api::ResourceDescriptor& resource =
        file.message_type(i)->options().GetExtension(google::api::resource);
    if (!resource.type().empty()) patterns_[resource.type()] = {resource.pattern().begin(), resource.pattern().end()};
  }
  for (int i = 0; i < file.dependency_count(); ++i) NoteResources(*file.dependency(i));
}

std::vector<std::string> SchemaBook::PatternsOf(const FieldDescriptor& field) const {
  std::string type = field.options().GetExtension(google::api::resource_reference).type();
  if (type.empty() && Behaves(field, google::api::IDENTIFIER)) {
    type = field.containing_type()->options().GetExtension(google::api::resource).type();
  }
  const auto found = patterns_.find(type);
  return found == patterns_.end() ? std::vector<std::string>() : found->second;
}

Json SchemaBook::Reference(const Descriptor& type) { return ReferenceAs(SchemaName(type.full_name()), type, {}); }

Json SchemaBook::BodyReference(const Descriptor& type, const std::set<std::string>& left_out) {
  const std::string name = SchemaName(type.full_name());
  return ReferenceAs(left_out.empty() ? name : absl::StrCat(name, ".Body"), type, {.left_out = left_out});
}

Json SchemaBook::ChangesReference(const Descriptor& type) {
  return ReferenceAs(absl::StrCat(SchemaName(type.full_name()), ".Changes"), type, {.required = false});
}

Json SchemaBook::ReferenceAs(const std::string& name, const Descriptor& type, const Shape& shape) {
  // The place is taken first: a message may lead back to itself.
  if (schemas_.try_emplace(name, nullptr).second) schemas_[name] = ObjectSchema(type, shape);
  return ReferenceTo(name);
}

Json SchemaBook::ObjectSchema(const Descriptor& type, const Shape& shape) {
  Json properties = Json::object();
  Json required = Json::array();
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    if (shape.left_out.contains(field.name())) continue;
    properties[field.json_name()] = PropertySchema(field);
    if (shape.required && Behaves(field, google::api::REQUIRED)) required.push_back(field.json_name());
  }
  Json schema = {{"type", "object"}};
  Describe(schema, api::CommentOf(type));
  if (!required.empty()) schema["required"] = std::move(required);
  schema["properties"] = std::move(properties);
  return schema;
}

Json SchemaBook::PropertySchema(const FieldDescriptor& field) {
  Json schema = FieldSchema(field, Place::kBody);
  Describe(schema, api::WithoutBehavior(api::CommentOf(field)));
  if (Behaves(field, google::api::OUTPUT_ONLY)) schema["readOnly"] = true;
  if (Behaves(field, google::api::IMMUTABLE)) schema["x-immutable"] = true;
  const api::v1::FieldRules& rules = field.options().GetExtension(api::v1::field);
  if (rules.personal_data()) schema["x-personal-data"] = true;
  if (rules.indexed()) schema["x-indexed"] = true;
  if (field.real_containing_oneof() != nullptr) schema["x-one-of"] = field.real_containing_oneof()->name();
  if (field.options().deprecated()) schema["deprecated"] = true;
  if (std::optional<Json> example = ExampleOf(field); example.has_value()) {
    schema["examples"] = Json::array({field.is_repeated() ? Json::array({*example}) : *example});
  }
  return schema;
}

Json SchemaBook::FieldSchema(const FieldDescriptor& field, Place place) {
  if (field.is_map()) {
    const FieldDescriptor& value = *field.message_type()->FindFieldByName("value");
    return {{"type", "object"}, {"additionalProperties", ValueSchema(value, place)}};
  }
  if (!field.is_repeated()) return ValueSchema(field, place);
  Json schema = {{"type", "array"}, {"items", ValueSchema(field, place)}};
  if (Behaves(field, google::api::REQUIRED)) schema["minItems"] = 1;
  if (!Behaves(field, google::api::OUTPUT_ONLY)) schema["maxItems"] = LimitsOf(field, {}).items_max;
  return schema;
}

Json SchemaBook::ValueSchema(const FieldDescriptor& field, Place place) {
  // Nothing checks what only the service sets.
  const Limits limits = Behaves(field, google::api::OUTPUT_ONLY) ? Limits() : LimitsOf(field, {});
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
    case FieldDescriptor::CPPTYPE_UINT32:
      return IntegerSchema(limits);
    case FieldDescriptor::CPPTYPE_INT64:
    case FieldDescriptor::CPPTYPE_UINT64:
      return LongSchema(limits);
    case FieldDescriptor::CPPTYPE_FLOAT:
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return {{"type", "number"}};
    case FieldDescriptor::CPPTYPE_BOOL:
      return {{"type", "boolean"}};
    case FieldDescriptor::CPPTYPE_ENUM:
      return EnumReference(*field.enum_type());
    case FieldDescriptor::CPPTYPE_STRING:
      return TextSchema(field);
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return MessageSchema(field, place);
  }
  return Json::object();
}

Json SchemaBook::TextSchema(const FieldDescriptor& field) const {
  if (field.type() == FieldDescriptor::TYPE_BYTES) return {{"type", "string"}, {"contentEncoding", "base64"}};
  Json schema = {{"type", "string"}};
  if (Behaves(field, google::api::OUTPUT_ONLY)) return schema;
  const Limits limits = LimitsOf(field, PatternsOf(field));
  const bool required = Behaves(field, google::api::REQUIRED);
  if (required && !field.is_repeated()) schema["minLength"] = 1;
  schema["maxLength"] = limits.length_max;
  // An empty text is the same as none, unless there must be one.
  if (!limits.form.empty()) {
    schema["pattern"] = required ? absl::StrCat("^", limits.form, "$") : absl::StrCat("^(", limits.form, ")?$");
  }
  return schema;
}

Json SchemaBook::MessageSchema(const FieldDescriptor& field, Place place) {
  Json known = WellKnown(*field.message_type(), place);
  return known.is_null() ? Reference(*field.message_type()) : known;
}

Json SchemaBook::EnumReference(const EnumDescriptor& type) {
  const std::string name = SchemaName(type.full_name());
  if (!schemas_.contains(name)) {
    std::string description(api::CommentOf(type));
    Json values = Json::array();
    for (int i = 0; i < type.value_count(); ++i) {
      values.push_back(type.value(i)->name());
      absl::StrAppend(&description, i == 0 ? "\n\n" : "\n", "- `", type.value(i)->name(),
                      "`: ", api::CommentOf(*type.value(i)));
    }
    schemas_[name] = {{"type", "string"}, {"description", std::move(description)}, {"enum", std::move(values)}};
  }
  return ReferenceTo(name);
}

}  // namespace kechuang::gateway
