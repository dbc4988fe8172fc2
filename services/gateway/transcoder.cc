#include "services/gateway/transcoder.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "google/api/field_behavior.pb.h"
#include "google/protobuf/any.pb.h"

#include "common/api/field_text.h"
#include "common/api/json.h"
#include "common/api/nearest.h"
#include "common/base/error.h"
#include "common/base/status_macros.h"
#include "kechuang/api/v1/reasons.pb.h"
#include "services/gateway/rest_query.h"

namespace kechuang::gateway {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

bool IsBlank(absl::string_view text) { return absl::StripAsciiWhitespace(text).empty(); }

absl::string_view PathOf(absl::string_view target) { return target.substr(0, target.find('?')); }

// "application/json; charset=utf-8" and what is sent without a type count as JSON, and for PATCH a merge patch does.
bool IsJsonType(absl::string_view content_type, absl::string_view verb) {
  const std::string lower = absl::AsciiStrToLower(content_type);
  const std::vector<absl::string_view> parts = absl::StrSplit(lower, ';');
  for (size_t i = 1; i < parts.size(); ++i) {
    const absl::string_view parameter = absl::StripAsciiWhitespace(parts[i]);
    if (absl::StartsWith(parameter, "charset=") && !absl::StrContains(parameter, "utf-8")) return false;
  }
  const absl::string_view type = absl::StripAsciiWhitespace(parts[0]);
  return type.empty() || type == "application/json" || (verb == "PATCH" && type == "application/merge-patch+json");
}

absl::Status NoJsonType(absl::string_view content_type) {
  const std::string shown = api::Shown(content_type);
  return Refuse(absl::StatusCode::kInvalidArgument, api::v1::FIELD_MALFORMED)
      .With("content_type", shown)
      .Says(absl::StrCat("the body must be JSON in UTF-8, sent with Content-Type: application/json, not ", shown),
            absl::StrCat("请求体须为 UTF-8 编码的 JSON，并以 Content-Type: application/json 发送，而不是 ", shown));
}

// Reads the body as the route has it.
void ReadBody(const api::HttpRoute& route, absl::string_view body, Message& request, Faults& faults,
              api::JsonNotes& notes) {
  if (IsBlank(body)) return;
  if (route.body.empty()) {
    faults.Add("body", api::v1::FIELD_UNKNOWN, "this call takes no body; its fields stand in the query",
               "此调用没有请求体；字段应放在查询参数中");
  } else if (route.body_field == nullptr) {
    api::ReadJson(body, "", request, faults, &notes);
  } else {
    api::ReadJsonField(body, route.body, route.body_field, request, faults, &notes);
  }
}

// Sets what the path binds. A body may state the same again, but nothing else.
void BindPath(const std::vector<api::Capture>& captures, Message& request, Faults& faults) {
  for (const api::Capture& capture : captures) {
    Message* holder = &request;
    const std::vector<std::string> parts = absl::StrSplit(capture.field, '.');
    for (size_t i = 0; i + 1 < parts.size(); ++i) {
      holder = holder->GetReflection()->MutableMessage(holder, holder->GetDescriptor()->FindFieldByName(parts[i]));
    }
    const FieldDescriptor* field = holder->GetDescriptor()->FindFieldByName(parts.back());
    const bool stated = holder->GetReflection()->HasField(*holder, field);
    const std::string before = api::WriteJsonField(*holder, field);
    faults.Add(capture.field, api::SetFromText(*holder, field, capture.value));
    const std::string after = api::WriteJsonField(*holder, field);
    if (stated && before != after) {
      faults.Add(capture.field, api::v1::FIELD_MALFORMED,
                 absl::StrCat("is ", api::Shown(after), " in the path, but ", api::Shown(before), " in the body"),
                 absl::StrCat("路径中为 ", api::Shown(after), "，请求体中却为 ", api::Shown(before)));
    }
  }
}

const FieldDescriptor* MaskField(const Descriptor& request) {
  for (int i = 0; i < request.field_count(); ++i) {
    const FieldDescriptor* field = request.field(i);
    const bool mask = field->message_type() != nullptr && !field->is_repeated() &&
                      field->message_type()->well_known_type() == Descriptor::WELLKNOWNTYPE_FIELDMASK;
    if (mask) return field;
  }
  return nullptr;
}

// True for a field that an update leaves alone though its caller sends back what was read: the service alone sets it,
// or it names the record.
bool IsSetByService(const FieldDescriptor& field) {
  const auto& options = field.options();
  for (int i = 0; i < options.ExtensionSize(google::api::field_behavior); ++i) {
    const auto behavior = options.GetExtension(google::api::field_behavior, i);
    if (behavior == google::api::OUTPUT_ONLY || behavior == google::api::IDENTIFIER) return true;
  }
  return false;
}

// A path of a mask in the names of the proto; FIELD_UNKNOWN with the nearest name.
absl::StatusOr<std::string> MendPath(const Descriptor& type, const std::string& path) {
  if (path == "*") return path;
  std::string mended;
  const Descriptor* message = &type;
  for (const absl::string_view part : absl::StrSplit(path, '.')) {
    if (message == nullptr) {
      return Refuse(absl::StatusCode::kInvalidArgument, api::v1::FIELD_UNKNOWN)
          .Says(absl::StrCat("a mask cannot go further than ", mended), absl::StrCat("掩码只能写到 ", mended));
    }
    const FieldDescriptor* field = api::FindField(*message, part);
    if (field == nullptr) return api::NoSuchField(*message, part);
    absl::StrAppend(&mended, mended.empty() ? "" : ".", field->name());
    message = field->is_repeated() ? nullptr : field->message_type();
  }
  return mended;
}

// Completes the update mask of a PATCH: the one that was given in the names of the proto, or else what the body states.
void MendMask(const api::HttpRoute& route, const api::JsonNotes& notes, Message& request, Faults& faults) {
  const FieldDescriptor* field = MaskField(*request.GetDescriptor());
  const Descriptor* updated = route.body_field == nullptr ? nullptr : route.body_field->message_type();
  if (route.verb != "PATCH" || field == nullptr || updated == nullptr) return;
  const Reflection* reflection = request.GetReflection();
  google::protobuf::FieldMask given;
  given.ParseFromString(reflection->GetMessage(request, field).SerializeAsString());
  google::protobuf::FieldMask mended;
  for (const std::string& path : given.paths()) {
    const absl::StatusOr<std::string> found = MendPath(*updated, path);
    if (found.ok()) {
      mended.add_paths(*found);
    } else {
      faults.Add(field->name(), api::v1::FIELD_UNKNOWN, absl::StrCat(api::Shown(path), ": ", found.status().message()),
                 absl::StrCat(api::Shown(path), "：", ChineseOf(found.status())));
    }
  }
  if (given.paths().empty()) {
    for (const std::string& leaf : notes.leaves) {
      bool own = false;
      const std::vector<absl::string_view> parts = absl::StrSplit(leaf, '.');
      const Descriptor* message = updated;
      for (const absl::string_view part : parts) {
        const FieldDescriptor* step = message->FindFieldByName(std::string(part));
        own = own || IsSetByService(*step);
        message = step->message_type();
      }
      if (!own) mended.add_paths(leaf);
    }
    if (mended.paths().empty()) return;
  }
  reflection->MutableMessage(&request, field)->ParseFromString(mended.SerializeAsString());
}

}  // namespace

absl::StatusOr<RestMatch> Transcoder::Find(absl::string_view verb, absl::string_view target) const {
  ASSIGN_OR_RETURN(api::RouteMatch found, router_.Find(verb, PathOf(target)));
  const absl::string_view path = PathOf(target);
  const absl::string_view query = path.size() < target.size() ? target.substr(path.size() + 1) : "";
  return RestMatch{found.route, std::move(found.captures), std::string(query)};
}

absl::StatusOr<std::unique_ptr<Message>> Transcoder::ToRequest(const RestMatch& match, absl::string_view content_type,
                                                               absl::string_view body) const {
  const api::HttpRoute& route = *match.route;
  if (!IsBlank(body) && !IsJsonType(content_type, route.verb)) return NoJsonType(content_type);
  const Descriptor* type = match.method()->input_type();
  std::unique_ptr<Message> request(google::protobuf::MessageFactory::generated_factory()->GetPrototype(type)->New());
  Faults faults;
  api::JsonNotes notes;
  ReadBody(route, body, *request, faults, notes);
  BindPath(match.captures, *request, faults);
  BindQuery(match.query, route, *request, faults);
  MendMask(route, notes, *request, faults);
  if (faults.any()) return faults.status();
  return request;
}

absl::StatusOr<RestCall> Transcoder::ToCall(const RestRequest& request) const {
  ASSIGN_OR_RETURN(const RestMatch match, Find(request.verb, request.target));
  ASSIGN_OR_RETURN(std::unique_ptr<Message> message, ToRequest(match, request.content_type, request.body));
  return RestCall{match.method(), std::move(message), match.route};
}

std::string Transcoder::AllowedVerbs(absl::string_view target) const { return router_.AllowedVerbs(PathOf(target)); }

std::string ToJson(const Message& answer, const RestMatch& match) {
  const FieldDescriptor* field = match.route->response_field;
  return field == nullptr ? api::WriteJson(answer) : api::WriteJsonField(answer, field);
}

int HttpStatusOf(const absl::Status& status) {
  const auto info = DetailOf<google::rpc::ErrorInfo>(status);
  const auto has = [&info](const char* key) { return info.has_value() && info->metadata().contains(key); };
  const std::string reason = ReasonOf(status);
  switch (status.code()) {
    case absl::StatusCode::kOk:
      return 200;
    case absl::StatusCode::kCancelled:
      return 499;  // what proxies call a caller that went away
    case absl::StatusCode::kInvalidArgument:
      return has("content_type") ? 415 : 400;
    case absl::StatusCode::kFailedPrecondition:
    case absl::StatusCode::kOutOfRange:
      return 400;
    case absl::StatusCode::kUnauthenticated:
      return 401;
    case absl::StatusCode::kPermissionDenied:
      return 403;
    case absl::StatusCode::kNotFound:
      return 404;
    case absl::StatusCode::kUnimplemented:
      return has("allow") ? 405 : 501;
    case absl::StatusCode::kAborted:
      return reason == "ETAG_MISMATCH" ? 412 : 409;
    case absl::StatusCode::kAlreadyExists:
      return 409;
    case absl::StatusCode::kResourceExhausted:
      return reason == "FIELD_TOO_LONG" ? 413 : 429;
    case absl::StatusCode::kUnavailable:
      return 503;
    case absl::StatusCode::kDeadlineExceeded:
      return 504;
    default:
      return 500;
  }
}

std::string ErrorJson(const absl::Status& status) {
  std::vector<std::pair<std::string, std::string>> details;
  status.ForEachPayload([&details](absl::string_view type_url, const absl::Cord& payload) {
    details.emplace_back(std::string(type_url), std::string(payload));
  });
  std::sort(details.begin(), details.end());
  std::string json =
      absl::StrCat("{\"code\":", static_cast<int>(status.code()), ",\"message\":", api::JsonQuoted(status.message()),
                   ",\"status\":", api::JsonQuoted(absl::StatusCodeToString(status.code())), ",\"details\":[");
  for (auto& [type_url, bytes] : details) {
    google::protobuf::Any any;
    any.set_type_url(type_url);
    any.set_value(std::move(bytes));
    absl::StrAppend(&json, json.back() == '[' ? "" : ",", api::WriteJson(any));
  }
  absl::StrAppend(&json, "]}");
  return json;
}

}  // namespace kechuang::gateway
