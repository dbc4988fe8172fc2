#include "services/gateway/openapi_operation.h"

#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "google/protobuf/field_mask.pb.h"

#include "common/api/comments.h"
#include "kechuang/api/v1/options.pb.h"
#include "services/gateway/openapi_errors.h"
#include "services/gateway/openapi_example.h"
#include "services/gateway/openapi_limits.h"

namespace kechuang::gateway {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::MethodDescriptor;
using Json = nlohmann::ordered_json;

constexpr char kJson[] = "application/json";
constexpr char kLines[] = "application/x-ndjson";
// Messages in a query are named by dots; deeper than this nobody writes them.
constexpr int kQueryDepthMax = 3;

// The part of a field's example that stands at this place of its path; empty if the example has another form.
std::string SegmentOfExample(const PathParameter& parameter) {
  const std::string example = ExampleIn(api::CommentOf(*parameter.field));
  const std::vector<std::string> segments = absl::StrSplit(example, '/');
  const std::vector<std::string> pattern = absl::StrSplit(parameter.pattern, '/');
  if (example.empty() || segments.size() != pattern.size()) return "";
  for (size_t i = 0; i < pattern.size(); ++i) {
    if (!absl::StartsWith(pattern[i], "*") && pattern[i] != segments[i]) return "";
  }
  return segments[parameter.segment];
}

Json PathParameterOf(const PathParameter& parameter, SchemaBook& book) {
  const FieldDescriptor& field = *parameter.field;
  Json written = {{"name", parameter.name}, {"in", "path"}, {"required", true}};
  const absl::string_view comment = api::WithoutBehavior(api::CommentOf(field));
  if (parameter.pattern == "*") {
    written["description"] = std::string(comment);
    written["schema"] = book.ValueSchema(field, Place::kParameter);
    if (const auto example = ExampleOf(field); example.has_value()) written["example"] = *example;
    return written;
  }
  written["description"] = absl::StrCat("Part of `", field.name(), "`, which is ", parameter.pattern, ". ", comment);
  Json schema = {{"type", "string"}, {"minLength", 1}};
  if (!book.PatternsOf(field).empty()) schema["pattern"] = absl::StrCat("^", IdForm(), "$");
  written["schema"] = std::move(schema);
  if (std::string example = SegmentOfExample(parameter); !example.empty()) written["example"] = std::move(example);
  return written;
}

// What a route says of its request's fields outside of the query.
struct Bound {
  std::set<std::string> path;  // field paths
  bool changes = false;        // PATCH: an update mask that lacks is made from the body
};

class Query {
 public:
  Query(const Bound& bound, SchemaBook& book) : bound_(bound), book_(book) {}

  // Adds the fields of a message as parameters; names begin with the prefix, in JSON and in proto names.
  void Add(const Descriptor& type, const std::string& json_prefix, const std::string& prefix, int depth) {
    for (int i = 0; i < type.field_count(); ++i) {
      const FieldDescriptor& field = *type.field(i);
      const std::string path = absl::StrCat(prefix, field.name());
      if (bound_.path.contains(path) || Behaves(field, google::api::OUTPUT_ONLY)) continue;
      AddField(field, absl::StrCat(json_prefix, field.json_name()), path, depth);
    }
  }

  Json Take() { return std::move(parameters_); }

 private:
  void AddField(const FieldDescriptor& field, const std::string& name, const std::string& path, int depth) {
    Json schema = book_.FieldSchema(field, Place::kParameter);
    const bool composed = field.message_type() != nullptr && !(schema.contains("type") && schema["type"] == "string");
    if (composed) {
      if (!field.is_repeated() && depth < kQueryDepthMax) {
        Add(*field.message_type(), absl::StrCat(name, "."), absl::StrCat(path, "."), depth + 1);
      }
      return;
    }
    Json parameter = {{"name", name}, {"in", "query"}};
    parameter["description"] = std::string(api::WithoutBehavior(api::CommentOf(field)));
    const bool mask = field.message_type() == google::protobuf::FieldMask::descriptor();
    if (Behaves(field, google::api::REQUIRED) && depth == 0 && !(mask && bound_.changes)) parameter["required"] = true;
    parameter["schema"] = std::move(schema);
    const auto example = ExampleOf(field);
    if (example.has_value() && !example->is_object()) {
      parameter["example"] = field.is_repeated() ? Json::array({*example}) : *example;
    }
    parameters_.push_back(std::move(parameter));
  }

  const Bound& bound_;
  SchemaBook& book_;
  Json parameters_ = Json::array();
};

Bound BoundOf(const api::HttpRoute& route) {
  Bound bound;
  for (std::string& variable : route.path.variables()) bound.path.insert(std::move(variable));
  bound.changes = route.verb == "PATCH";
  return bound;
}

Json ParametersOf(const api::HttpRoute& route, const OpenApiPath& path, SchemaBook& book) {
  Json parameters = Json::array();
  for (const PathParameter& parameter : path.parameters) parameters.push_back(PathParameterOf(parameter, book));
  if (route.body == "*") return parameters;
  Bound bound = BoundOf(route);
  if (route.body_field != nullptr) bound.path.insert(route.body_field->name());
  Query query(bound, book);
  query.Add(*route.method->input_type(), "", "", 0);
  for (Json& parameter : query.Take()) parameters.push_back(std::move(parameter));
  return parameters;
}

Json BodySchema(const api::HttpRoute& route, SchemaBook& book) {
  if (route.body_field == nullptr) return book.BodyReference(*route.method->input_type(), BoundOf(route).path);
  const Descriptor* type = route.body_field->message_type();
  if (type == nullptr || route.body_field->is_repeated()) return book.FieldSchema(*route.body_field, Place::kBody);
  return route.verb == "PATCH" ? book.ChangesReference(*type) : book.Reference(*type);
}

Json RequestBody(const api::HttpRoute& route, SchemaBook& book) {
  Json body = {{"required", true}};
  const bool streams = route.method->client_streaming();
  if (streams) body["description"] = "One JSON document a line, each of this schema.";
  body["content"] = {{streams ? kLines : kJson, {{"schema", BodySchema(route, book)}}}};
  return body;
}

Json Responses(const api::HttpRoute& route, SchemaBook& book) {
  const MethodDescriptor& method = *route.method;
  const Descriptor& type = *method.output_type();
  std::string description(api::FirstSentence(api::CommentOf(type)));
  if (description.empty()) description = "Done.";
  if (method.server_streaming()) {
    absl::StrAppend(&description,
                    " One JSON document a line, each of this schema. A failure in the middle ends the stream with a "
                    "line {\"error\": google.rpc.Status}.");
  }
  Json schema =
      route.response_field != nullptr ? book.FieldSchema(*route.response_field, Place::kBody) : book.Reference(type);
  Json responses = {{"200",
                     {{"description", std::move(description)},
                      {"content", {{method.server_streaming() ? kLines : kJson, {{"schema", std::move(schema)}}}}}}}};
  AddErrors(responses);
  return responses;
}

void AddWords(const MethodDescriptor& method, Json& operation) {
  const absl::string_view comment = api::CommentOf(method);
  const absl::string_view first = api::FirstSentence(comment);
  operation["summary"] = std::string(absl::StripSuffix(first, "."));
  if (comment.size() > first.size()) {
    operation["description"] = std::string(absl::StripLeadingAsciiWhitespace(comment.substr(first.size())));
  }
}

}  // namespace

Json OperationOf(const api::HttpRoute& route, const OpenApiPath& path, size_t number,
                 const std::set<std::string>& reasons, SchemaBook& book) {
  const MethodDescriptor& method = *route.method;
  Json operation = {{"tags", Json::array({method.service()->name()})}};
  AddWords(method, operation);
  operation["operationId"] =
      absl::StrCat(method.service()->name(), "_", method.name(), number == 0 ? "" : absl::StrCat("_", number + 1));
  if (Json parameters = ParametersOf(route, path, book); !parameters.empty()) {
    operation["parameters"] = std::move(parameters);
  }
  if (!route.body.empty()) operation["requestBody"] = RequestBody(route, book);
  operation["responses"] = Responses(route, book);
  if (method.options().deprecated()) operation["deprecated"] = true;
  operation["x-grpc-method"] = absl::StrCat(method.service()->full_name(), "/", method.name());
  operation["x-permission"] = method.options().GetExtension(api::v1::permission);
  if (method.options().GetExtension(api::v1::open)) operation["security"] = Json::array();
  if (method.options().GetExtension(api::v1::second_factor)) operation["x-second-factor"] = true;
  operation["x-reasons"] = ReasonsIn(api::CommentOf(method), reasons);
  return operation;
}

}  // namespace kechuang::gateway
