// The route of a request line: the first line is a verb, the rest a path. What is found is made anew from what it
// bound.

#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "absl/strings/string_view.h"
#include "google/api/annotations.pb.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/descriptor.pb.h"

#include "common/api/http_route.h"

namespace {

namespace api = kechuang::api;
using google::protobuf::FieldDescriptorProto;

void AddMethod(google::protobuf::ServiceDescriptorProto& service, const char* name, const google::api::HttpRule& rule) {
  auto& method = *service.add_method();
  method.set_name(name);
  method.set_input_type(".fuzz.Request");
  method.set_output_type(".fuzz.Request");
  *method.mutable_options()->MutableExtension(google::api::http) = rule;
}

// Two services' worth of the forms that routes have: names, parents, verbs, a wildcard to the end.
google::protobuf::FileDescriptorProto RoutesFile() {
  google::protobuf::FileDescriptorProto file;
  file.set_name("fuzz/routes.proto");
  file.set_package("fuzz");
  auto& request = *file.add_message_type();
  request.set_name("Request");
  int number = 0;
  for (const char* name : {"name", "parent", "path"}) {
    auto& field = *request.add_field();
    field.set_name(name);
    field.set_number(++number);
    field.set_type(FieldDescriptorProto::TYPE_STRING);
    field.set_label(FieldDescriptorProto::LABEL_OPTIONAL);
  }
  auto& service = *file.add_service();
  service.set_name("Routes");
  google::api::HttpRule rule;
  rule.set_get("/v1/{name=loans/*}");
  AddMethod(service, "Get", rule);
  rule.set_get("/v1/loans");
  AddMethod(service, "List", rule);
  rule.set_get("/v1/loans:batchGet");
  AddMethod(service, "BatchGet", rule);
  rule.set_get("/v1/{parent=loans/*}/disbursements");
  AddMethod(service, "ListDisbursements", rule);
  rule.set_get("/v1/{path=files/**}");
  AddMethod(service, "Read", rule);
  rule.set_body("*");
  rule.set_post("/v1/{name=loans/*/disbursements/*}:reverse");
  AddMethod(service, "Reverse", rule);
  rule.set_patch("/v1/{name=loans/*}");
  AddMethod(service, "Update", rule);
  return file;
}

const api::Router& Routes() {
  static auto* const kPool = new google::protobuf::DescriptorPool(google::protobuf::DescriptorPool::generated_pool());
  static const auto* const kRouter = new api::Router({kPool->BuildFile(RoutesFile())->service(0)});
  return *kRouter;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view input(reinterpret_cast<const char*>(data), size);
  const size_t line = input.find('\n');
  const absl::string_view verb = input.substr(0, line);
  const absl::string_view path = line == absl::string_view::npos ? absl::string_view() : input.substr(line + 1);
  const auto found = Routes().Find(verb, path);
  const bool allowed = !Routes().AllowedVerbs(path).empty();
  if (!found.ok()) {
    if (allowed != (found.status().code() == absl::StatusCode::kUnimplemented)) std::abort();
    return 0;
  }
  if (!allowed) std::abort();
  const auto made = found->route->path.Expand(found->captures);
  // A path whose bytes are all written as %41 can be longer than the limit.
  if (!made.ok()) return path.size() * 3 > api::kPathBytesMax ? 0 : (std::abort(), 0);
  const auto again = Routes().Find(verb, *made);
  if (!again.ok() || again->route != found->route || again->captures != found->captures) std::abort();
  return 0;
}
