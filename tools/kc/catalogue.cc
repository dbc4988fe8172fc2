#include "tools/kc/catalogue.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "google/api/annotations.pb.h"
#include "google/api/resource.pb.h"
#include "google/protobuf/descriptor_database.h"

#include "common/api/nearest.h"
#include "common/domain/resource_name.h"
#include "tools/kc/errors.h"

namespace kechuang::kc {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::DescriptorPool;
using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;
using google::protobuf::Message;
using google::protobuf::MethodDescriptor;
using google::protobuf::ServiceDescriptor;

constexpr size_t kNamesShown = 8;

std::vector<const MethodDescriptor*> Methods() {
  std::vector<const MethodDescriptor*> methods;
  for (const ServiceDescriptor* service : Services()) {
    for (int i = 0; i < service->method_count(); ++i) methods.push_back(service->method(i));
  }
  return methods;
}

bool IsResource(const Descriptor* type) { return type->options().HasExtension(google::api::resource); }

// The repeated field of resources in a list's answer; null if it is no list of records.
const FieldDescriptor* RecordsOf(const MethodDescriptor& method) {
  if (!absl::StartsWith(method.name(), "List") || method.client_streaming() || method.server_streaming())
    return nullptr;
  for (int i = 0; i < method.output_type()->field_count(); ++i) {
    const FieldDescriptor* field = method.output_type()->field(i);
    if (field->is_repeated() && field->message_type() != nullptr && IsResource(field->message_type())) return field;
  }
  return nullptr;
}

std::vector<RecordKind> FindRecordKinds() {
  std::vector<RecordKind> kinds;
  for (const MethodDescriptor* method : Methods()) {
    const FieldDescriptor* records = RecordsOf(*method);
    if (records == nullptr) continue;
    RecordKind kind;
    kind.words = absl::StrReplaceAll(records->name(), {{"_", "-"}});
    kind.type = records->message_type();
    kind.records = records;
    kind.list = method;
    kind.get = method->service()->FindMethodByName(absl::StrCat("Get", kind.type->name()));
    kinds.push_back(std::move(kind));
  }
  return kinds;
}

// Where a file of services stands: the areas of the bureau first, then others by name; records before the journal.
std::pair<size_t, std::string> PlaceOf(const std::string& file) {
  const std::vector<std::string> areas = {"enterprise", "loan", "contract", "report", "identity"};
  for (size_t i = 0; i < areas.size(); ++i) {
    const std::string folder = absl::StrCat("kechuang/", areas[i], "/");
    if (file == absl::StrCat(folder, "v1/", areas[i], "_service.proto")) return {i, ""};
    if (absl::StartsWith(file, folder)) return {i, file};
  }
  return {areas.size(), file};
}

// Whether callers from outside reach the service: the others the services of the suite have among themselves.
bool IsPublic(const ServiceDescriptor& service) { return service.method(0)->options().HasExtension(google::api::http); }

// Every service of the linked protos that callers from outside reach.
std::vector<const ServiceDescriptor*> FindServices() {
  std::vector<std::string> files;
  DescriptorPool::internal_generated_database()->FindAllFileNames(&files);
  files.erase(std::remove_if(files.begin(), files.end(),
                             [](const std::string& file) { return !absl::StartsWith(file, "kechuang/"); }),
              files.end());
  std::sort(files.begin(), files.end(),
            [](const std::string& a, const std::string& b) { return PlaceOf(a) < PlaceOf(b); });
  std::vector<const ServiceDescriptor*> services;
  for (const std::string& name : files) {
    const FileDescriptor* file = DescriptorPool::generated_pool()->FindFileByName(name);
    for (int i = 0; file != nullptr && i < file->service_count(); ++i) {
      if (IsPublic(*file->service(i))) services.push_back(file->service(i));
    }
  }
  return services;
}

absl::Status Ambiguous(absl::string_view name, const std::vector<std::string>& paths) {
  const std::string choices = absl::StrJoin(paths, ", ");
  return WrongUsage(absl::StrCat(name, " may be one of: ", choices), absl::StrCat(name, " 可能是：", choices));
}

absl::Status UnknownMethod(absl::string_view name) {
  const size_t slash = name.rfind('/');
  const bool has_package = slash != absl::string_view::npos && absl::StrContains(name.substr(0, slash), ".");
  std::vector<std::string> known;
  for (const MethodDescriptor* method : Methods()) {
    known.push_back(has_package                        ? PathOf(*method)
                    : slash == absl::string_view::npos ? method->name()
                                                       : absl::StrCat(method->service()->name(), "/", method->name()));
  }
  const std::string nearest = api::NearestWord(name, known);
  if (nearest.empty()) {
    return WrongUsage(absl::StrCat("there is no method ", name, "; kc methods lists them all"),
                      absl::StrCat("没有方法 ", name, "；kc methods 列出全部方法"));
  }
  return WrongUsage(absl::StrCat("there is no method ", name, "; did you mean ", nearest, "?"),
                    absl::StrCat("没有方法 ", name, "；是否指 ", nearest, "？"));
}

}  // namespace

std::vector<const ServiceDescriptor*> Services() {
  static const auto& services = *new std::vector<const ServiceDescriptor*>(FindServices());
  return services;
}

std::vector<const ServiceDescriptor*> ServicesWith(const std::string& method) {
  std::vector<const ServiceDescriptor*> services;
  for (const ServiceDescriptor* service : Services()) {
    if (service->FindMethodByName(method) != nullptr) services.push_back(service);
  }
  return services;
}

absl::StatusOr<const MethodDescriptor*> FindMethod(absl::string_view name) {
  const std::string dotted = absl::StrReplaceAll(absl::StripPrefix(name, "/"), {{"/", "."}});
  std::vector<const MethodDescriptor*> found;
  std::vector<std::string> paths;
  for (const MethodDescriptor* method : Methods()) {
    if (method->full_name() == dotted) return method;
    if (!absl::EndsWith(method->full_name(), absl::StrCat(".", dotted))) continue;
    found.push_back(method);
    paths.push_back(PathOf(*method));
  }
  if (found.empty()) return UnknownMethod(name.substr(0, 200));
  if (found.size() > kNamesShown) paths.resize(kNamesShown);
  if (found.size() > 1) return Ambiguous(name, paths);
  return found.front();
}

std::string AreaOf(const ServiceDescriptor& service) {
  const std::vector<std::string> parts = absl::StrSplit(service.file()->package(), '.');
  return parts.size() > 1 ? parts[1] : service.file()->package();
}

std::string PathOf(const MethodDescriptor& method) {
  return absl::StrCat(method.service()->full_name(), "/", method.name());
}

const std::vector<RecordKind>& RecordKinds() {
  static const std::vector<RecordKind> kinds = FindRecordKinds();
  return kinds;
}

const Descriptor* TypeNamed(absl::string_view record) {
  for (const RecordKind& kind : RecordKinds()) {
    // Names that several registers give, such as those of imports, do not say which one is meant.
    if (kind.type->file()->package() != kind.list->file()->package()) continue;
    for (const std::string& pattern : kind.type->options().GetExtension(google::api::resource).pattern()) {
      if (FitsPattern(pattern, record)) return kind.type;
    }
  }
  return nullptr;
}

absl::StatusOr<const ServiceDescriptor*> JournalOf(absl::string_view record) {
  if (const Descriptor* type = TypeNamed(record); type != nullptr) {
    for (const ServiceDescriptor* service : ServicesWith("ListRevisions")) {
      if (service->file()->package() == type->file()->package()) return service;
    }
  }
  std::vector<std::string> patterns;
  for (const RecordKind& kind : RecordKinds()) {
    if (kind.type->file()->package() != kind.list->file()->package()) continue;
    for (const std::string& pattern : kind.type->options().GetExtension(google::api::resource).pattern()) {
      patterns.push_back(pattern);
    }
  }
  const std::string choices = absl::StrJoin(patterns, ", ");
  return WrongUsage(absl::StrCat("\"", record.substr(0, 200), "\" is no record's name; names are like ", choices),
                    absl::StrCat("“", record.substr(0, 200), "”不是记录名；记录名的形式为 ", choices));
}

std::unique_ptr<Message> NewMessage(const Descriptor* type) {
  return std::unique_ptr<Message>(google::protobuf::MessageFactory::generated_factory()->GetPrototype(type)->New());
}

bool SetText(Message& request, const std::string& field, const std::string& value) {
  const FieldDescriptor* descriptor = request.GetDescriptor()->FindFieldByName(field);
  if (descriptor == nullptr || descriptor->cpp_type() != FieldDescriptor::CPPTYPE_STRING) return false;
  request.GetReflection()->SetString(&request, descriptor, value);
  return true;
}

bool SetNumber(Message& request, const std::string& field, int value) {
  const FieldDescriptor* descriptor = request.GetDescriptor()->FindFieldByName(field);
  if (descriptor == nullptr || descriptor->cpp_type() != FieldDescriptor::CPPTYPE_INT32) return false;
  request.GetReflection()->SetInt32(&request, descriptor, value);
  return true;
}

bool SetTruth(Message& request, const std::string& field, bool value) {
  const FieldDescriptor* descriptor = request.GetDescriptor()->FindFieldByName(field);
  if (descriptor == nullptr || descriptor->cpp_type() != FieldDescriptor::CPPTYPE_BOOL) return false;
  request.GetReflection()->SetBool(&request, descriptor, value);
  return true;
}

}  // namespace kechuang::kc
