#include "services/gateway/openapi_errors.h"

#include <functional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "google/protobuf/descriptor.pb.h"
#include "google/rpc/code.pb.h"

#include "common/api/comments.h"
#include "kechuang/api/v1/reasons.pb.h"

namespace kechuang::gateway {
namespace {

using google::protobuf::EnumDescriptor;
using google::protobuf::FileDescriptor;
using google::protobuf::ServiceDescriptor;
using Json = nlohmann::ordered_json;

struct ErrorResponse {
  const char* status;
  const char* name;
  const char* description;
};

constexpr ErrorResponse kErrors[] = {
    {"400", "Invalid",
     "The request is malformed, or the record's state does not allow it. Every field that is wrong is listed."},
    {"401", "Unauthenticated", "The call carries no key, or one that is not known."},
    {"403", "Forbidden", "The caller lacks the permission that the operation needs (x-permission)."},
    {"404", "NotFound", "There is no such record."},
    {"409", "Conflict", "A record of that name exists already, or others changed the same records at the same time."},
    {"412", "EtagMismatch", "The record was changed since the caller read it."},
    {"413", "TooLarge", "The request or the answer is larger than one message may be."},
    {"415", "WrongContentType", "The body is of a type that the operation does not take."},
    {"429", "TooMany", "The service is busy, or the caller calls too often; RetryInfo says how long to wait."},
    {"500", "Fault", "A fault of the service itself; the message carries the id under which its log explains it."},
    {"503", "Unavailable", "A service or its database is away; RetryInfo says how long to wait. Safe to repeat."},
    {"504", "OutOfTime", "The time that the caller gave ran out. Safe to repeat with the same request id."},
};

// The enums of reasons in a file and all it imports.
void NoteReasons(const FileDescriptor& file, std::set<const FileDescriptor*>& seen,
                 std::vector<const EnumDescriptor*>& reasons) {
  if (!seen.insert(&file).second) return;
  for (int i = 0; i < file.enum_type_count(); ++i) {
    if (file.enum_type(i)->name() == "Reason") reasons.push_back(file.enum_type(i));
  }
  for (int i = 0; i < file.dependency_count(); ++i) NoteReasons(*file.dependency(i), seen, reasons);
}

// A service does not import its area's reasons: they stand in a file beside it.
std::vector<const EnumDescriptor*> ReasonEnums(const std::vector<const ServiceDescriptor*>& services) {
  std::set<const FileDescriptor*> seen;
  std::vector<const EnumDescriptor*> reasons;
  NoteReasons(*api::v1::Reason_descriptor()->file(), seen, reasons);
  for (const ServiceDescriptor* service : services) {
    const std::string& path = service->file()->name();
    const FileDescriptor* file =
        service->file()->pool()->FindFileByName(absl::StrCat(path.substr(0, path.rfind('/')), "/reasons.proto"));
    if (file != nullptr) NoteReasons(*file, seen, reasons);
  }
  return reasons;
}

void VisitReasons(const std::vector<const ServiceDescriptor*>& services,
                  const std::function<void(const google::protobuf::EnumValueDescriptor&)>& visit) {
  for (const EnumDescriptor* type : ReasonEnums(services)) {
    for (int i = 0; i < type->value_count(); ++i) {
      if (type->value(i)->number() != 0) visit(*type->value(i));
    }
  }
}

Json ReasonSchema(const std::vector<const ServiceDescriptor*>& services) {
  std::string description = "Why a call was refused. Never renamed; later versions add to them.\n";
  Json values = Json::array();
  std::set<std::string> seen;
  VisitReasons(services, [&](const google::protobuf::EnumValueDescriptor& value) {
    if (!seen.insert(value.name()).second) return;
    values.push_back(value.name());
    absl::StrAppend(&description, "\n- `", value.name(), "`: ", api::CommentOf(value));
  });
  return {{"type", "string"}, {"description", std::move(description)}, {"enum", std::move(values)}};
}

Json StatusNames() {
  Json names = Json::array();
  const EnumDescriptor& codes = *google::rpc::Code_descriptor();
  for (int i = 1; i < codes.value_count(); ++i) names.push_back(codes.value(i)->name());
  return names;
}

// The details that an error may carry. The text is what the code in common/base/error.h fills in.
constexpr char kDetailSchemas[] = R"json({
"ErrorInfo": {
  "description": "Why the call was refused, for programs.",
  "properties": {
    "reason": {"$ref": "#/components/schemas/Reason"},
    "domain": {"type": "string", "description": "Whose reason it is.", "examples": ["loan.kechuang"]},
    "metadata": {"type": "object", "description": "The values that the message speaks of.",
                 "additionalProperties": {"type": "string"}}}},
"LocalizedMessage": {
  "description": "The message in Chinese.",
  "properties": {
    "locale": {"type": "string", "examples": ["zh-CN"]},
    "message": {"type": "string", "examples": ["没有 loans/2022-0007"]}}},
"BadRequest": {
  "description": "Every field that is wrong, so that all can be mended at once.",
  "properties": {
    "fieldViolations": {"type": "array", "items": {"type": "object", "properties": {
      "field": {"type": "string", "description": "The field's path, in proto names.",
                "examples": ["contract.seller.credit_code"]},
      "reason": {"$ref": "#/components/schemas/Reason"},
      "description": {"type": "string", "description": "What is wrong with it, in English."},
      "localizedMessage": {"type": "object", "description": "The same in Chinese.", "properties": {
        "locale": {"type": "string"}, "message": {"type": "string"}}}}}}}},
"PreconditionFailure": {
  "description": "The state that does not allow the call.",
  "properties": {
    "violations": {"type": "array", "items": {"type": "object", "properties": {
      "type": {"$ref": "#/components/schemas/Reason"},
      "subject": {"type": "string", "description": "The record.", "examples": ["loans/2022-0007"]},
      "description": {"type": "string"}}}}}},
"ResourceInfo": {
  "description": "The record that the refusal is about.",
  "properties": {
    "resourceType": {"type": "string"},
    "resourceName": {"type": "string", "examples": ["loans/2022-0007"]},
    "owner": {"type": "string"},
    "description": {"type": "string"}}},
"RetryInfo": {
  "description": "How long to wait before the same call may succeed.",
  "properties": {
    "retryDelay": {"type": "string", "pattern": "^[0-9]+(\\.[0-9]{1,9})?s$", "examples": ["1s"]}}}
})json";

constexpr char kDateSchema[] = R"json({
"type": "object",
"description": "A day of the calendar. A request may also write it as a text such as \"2022-03-05\".",
"required": ["year", "month", "day"],
"properties": {
  "year": {"type": "integer", "format": "int32", "minimum": 1, "maximum": 9999},
  "month": {"type": "integer", "format": "int32", "minimum": 1, "maximum": 12},
  "day": {"type": "integer", "format": "int32", "minimum": 1, "maximum": 31}},
"examples": [{"year": 2022, "month": 3, "day": 5}]
})json";

Json StatusSchema(Json details) {
  return {{"type", "object"},
          {"description", "Why a call failed, as google.rpc.Status."},
          {"required", Json::array({"code", "message"})},
          {"properties",
           {{"code", {{"type", "integer"}, {"format", "int32"}, {"description", "A code of google.rpc.Code."}}},
            {"message", {{"type", "string"}, {"description", "What was asked and what is allowed, in English."}}},
            {"status",
             {{"type", "string"},
              {"description", "The code's name. Absent from the errors of single rows."},
              {"enum", StatusNames()}}},
            {"details", {{"type", "array"}, {"items", {{"anyOf", std::move(details)}}}}}}}};
}

}  // namespace

std::set<std::string> ReasonsOf(const std::vector<const ServiceDescriptor*>& services) {
  std::set<std::string> reasons;
  VisitReasons(services, [&](const google::protobuf::EnumValueDescriptor& value) { reasons.insert(value.name()); });
  return reasons;
}

std::vector<std::string> ReasonsIn(absl::string_view comment, const std::set<std::string>& known) {
  std::vector<std::string> found;
  std::string word;
  for (size_t i = 0; i <= comment.size(); ++i) {
    const char c = i < comment.size() ? comment[i] : ' ';
    if (absl::ascii_isupper(static_cast<unsigned char>(c)) || absl::ascii_isdigit(static_cast<unsigned char>(c)) ||
        c == '_') {
      word.push_back(c);
      continue;
    }
    if (known.contains(word)) found.push_back(word);
    word.clear();
  }
  return found;
}

void AddErrorSchemas(const std::vector<const ServiceDescriptor*>& services, SchemaBook& book) {
  Json references = Json::array();
  Json details = Json::parse(kDetailSchemas);
  for (auto& [name, schema] : details.items()) {
    const std::string full_name = absl::StrCat("google.rpc.", name);
    schema["properties"]["@type"] = {{"type", "string"}, {"const", absl::StrCat("type.googleapis.com/", full_name)}};
    Json object = {{"type", "object"}, {"required", Json::array({"@type"})}};
    object.update(schema);
    book.Add(full_name, std::move(object));
    references.push_back({{"$ref", absl::StrCat("#/components/schemas/", full_name)}});
  }
  book.Add("google.rpc.Status", StatusSchema(std::move(references)));
  book.Add("google.type.Date", Json::parse(kDateSchema));
  book.Add("Reason", ReasonSchema(services));
}

Json ErrorResponses() {
  const Json content = {{"application/json", {{"schema", {{"$ref", "#/components/schemas/google.rpc.Status"}}}}}};
  Json responses = Json::object();
  for (const ErrorResponse& error : kErrors) {
    responses[error.name] = {{"description", error.description}, {"content", content}};
  }
  responses["Error"] = {{"description", "Any other refusal."}, {"content", content}};
  return responses;
}

void AddErrors(Json& responses) {
  for (const ErrorResponse& error : kErrors) {
    responses[error.status] = {{"$ref", absl::StrCat("#/components/responses/", error.name)}};
  }
  responses["default"] = {{"$ref", "#/components/responses/Error"}};
}

}  // namespace kechuang::gateway
