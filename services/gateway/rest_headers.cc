#include "services/gateway/rest_headers.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

#include "common/base/error.h"
#include "common/base/status_macros.h"
#include "common/rpc/credential.h"
#include "kechuang/api/v1/reasons.pb.h"

namespace kechuang::gateway {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using Units = std::map<std::string, absl::Duration>;

constexpr size_t kTimeoutDigitsMax = 8;  // as gRPC has it
// The trailing metadata that a REST caller gets, and the headers it becomes.
constexpr std::pair<absl::string_view, absl::string_view> kPassingBack[] = {{"kc-replayed", "Kc-Replayed"}};

absl::Status BadHeader(absl::string_view name, absl::string_view value, absl::string_view expected,
                       absl::string_view expected_chinese) {
  return Refuse(absl::StatusCode::kInvalidArgument, api::v1::FIELD_MALFORMED)
      .With("header", name)
      .Says(absl::StrCat("the header ", name, " is \"", value.substr(0, 60), "\"; expected ", expected),
            absl::StrCat("请求头 ", name, " 的值为“", value.substr(0, 60), "”；应为", expected_chinese));
}

// A number and its unit; nothing if the text is none such.
absl::Duration ReadTimeout(absl::string_view text, const Units& units) {
  const size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  const auto unit = units.find(std::string(text.substr(digits)));
  int64_t count = 0;
  if (digits > kTimeoutDigitsMax || unit == units.end() || !absl::SimpleAtoi(text.substr(0, digits), &count)) return {};
  return count * unit->second;
}

// gRPC ends the process over metadata that cannot travel.
bool CanTravel(absl::string_view value) {
  return std::all_of(value.begin(), value.end(), [](unsigned char c) { return c >= ' ' && c <= '~'; });
}

// The tag between the quotes of one entity tag, weak or strong.
absl::string_view Bare(absl::string_view tag) {
  tag = absl::StripAsciiWhitespace(tag);
  absl::ConsumePrefix(&tag, "W/");
  if (tag.size() < 2 || !absl::ConsumePrefix(&tag, "\"") || !absl::ConsumeSuffix(&tag, "\"")) return {};
  return tag;
}

const FieldDescriptor* TagField(const google::protobuf::Descriptor& type) {
  const FieldDescriptor* field = type.FindFieldByName("etag");
  return field != nullptr && field->type() == FieldDescriptor::TYPE_STRING && !field->is_repeated() ? field : nullptr;
}

// The message below a request that carries its etag, and the field; the field is nullptr if there is none.
std::pair<Message*, const FieldDescriptor*> TagPlace(const RestMatch& match, Message& request) {
  if (const FieldDescriptor* own = TagField(*request.GetDescriptor()); own != nullptr) return {&request, own};
  const FieldDescriptor* body = match.route->body_field;
  if (body == nullptr || body->message_type() == nullptr || body->is_repeated()) return {&request, nullptr};
  return {request.GetReflection()->MutableMessage(&request, body), TagField(*body->message_type())};
}

std::string InfoOf(const absl::Status& status, const std::string& key) {
  const auto info = DetailOf<google::rpc::ErrorInfo>(status);
  if (!info.has_value()) return "";
  const auto found = info->metadata().find(key);
  return found == info->metadata().end() ? "" : found->second;
}

}  // namespace

absl::StatusOr<absl::Duration> TimeoutOf(const rpc::HttpRequest& request) {
  static const Units kRequestUnits = {
      {"", absl::Seconds(1)}, {"s", absl::Seconds(1)}, {"ms", absl::Milliseconds(1)}, {"m", absl::Minutes(1)}};
  static const Units kGrpcUnits = {{"H", absl::Hours(1)},        {"M", absl::Minutes(1)},
                                   {"S", absl::Seconds(1)},      {"m", absl::Milliseconds(1)},
                                   {"u", absl::Microseconds(1)}, {"n", absl::Nanoseconds(1)}};
  absl::Duration shortest = absl::InfiniteDuration();
  for (const auto& [header, name, units, form] :
       {std::tuple("request-timeout", "Request-Timeout", &kRequestUnits, "2s, 500ms or 2"),
        std::tuple("grpc-timeout", "Grpc-Timeout", &kGrpcUnits, "50m (milliseconds), 2S or 1M")}) {
    if (!request.headers.contains(header)) continue;
    const absl::Duration timeout = ReadTimeout(request.Header(header), *units);
    if (timeout <= absl::ZeroDuration() || timeout > kTimeoutMax) {
      return BadHeader(name, request.Header(header), absl::StrCat(form, ", at most 24 hours"),
                       absl::StrCat(" ", form, "，最长 24 小时"));
    }
    shortest = std::min(shortest, timeout);
  }
  return shortest;
}

void PassHeadersIn(const Door& door, const rpc::HttpRequest& request, grpc::ClientContext& upstream) {
  std::string vouched;
  const absl::string_view credential = rpc::CredentialOf(request, door.admission.authenticator(), vouched);
  if (!credential.empty() && CanTravel(credential)) upstream.AddMetadata("authorization", std::string(credential));
  for (const absl::string_view key : kPassingMetadata) {
    const absl::string_view value = request.Header(key);
    if (!value.empty() && CanTravel(value)) upstream.AddMetadata(std::string(key), std::string(value));
  }
}

std::vector<std::pair<std::string, std::string>> PassHeadersOut(const grpc::ClientContext& upstream) {
  std::vector<std::pair<std::string, std::string>> headers;
  const auto& trailers = upstream.GetServerTrailingMetadata();
  for (const auto& [key, name] : kPassingBack) {
    const auto found = trailers.find(grpc::string_ref(key.data(), key.size()));
    if (found != trailers.end()) headers.emplace_back(name, std::string(found->second.data(), found->second.size()));
  }
  return headers;
}

std::string EntityTagOf(const Message& message) {
  const FieldDescriptor* field = TagField(*message.GetDescriptor());
  if (field == nullptr) return "";
  const std::string tag = message.GetReflection()->GetString(message, field);
  return tag.empty() ? "" : absl::StrCat("\"", tag, "\"");
}

bool NamesTag(absl::string_view if_none_match, absl::string_view tag) {
  if (tag.empty()) return false;
  if (absl::StripAsciiWhitespace(if_none_match) == "*") return true;
  for (const absl::string_view named : absl::StrSplit(if_none_match, ',')) {
    if (Bare(named) == Bare(tag)) return true;
  }
  return false;
}

absl::Status TakeIfMatch(absl::string_view if_match, const RestMatch& match, Message& request) {
  if (if_match.empty() || if_match == "*") return absl::OkStatus();
  const std::string tag(Bare(if_match));
  if (tag.empty() || absl::StrContains(tag, '"')) {
    return BadHeader("If-Match", if_match, "one entity tag in quotes, as ETag gave it", "一个带引号的 ETag 值");
  }
  const auto [place, field] = TagPlace(match, request);
  if (field == nullptr) {
    return BadHeader("If-Match", if_match, "none, since this method checks no etag", "空，因为该方法不检查 etag");
  }
  const std::string stated = place->GetReflection()->GetString(*place, field);
  if (!stated.empty() && stated != tag) {
    return BadHeader("If-Match", if_match, absl::StrCat("\"", stated.substr(0, 60), "\" as in the body"),
                     "与请求体中的 etag 一致");
  }
  place->GetReflection()->SetString(place, field, tag);
  return absl::OkStatus();
}

rpc::HttpAnswer RefusalAnswer(const absl::Status& status, int http_status) {
  rpc::HttpAnswer answer{.status = http_status != 0 ? http_status : HttpStatusOf(status),
                         .content_type = "application/json",
                         .body = absl::StrCat(ErrorJson(status), "\n")};
  if (const auto retry = DetailOf<google::rpc::RetryInfo>(status); retry.has_value()) {
    // The header counts whole seconds.
    const double seconds = static_cast<double>(retry->retry_delay().seconds()) + retry->retry_delay().nanos() / 1e9;
    answer.headers.emplace_back("Retry-After", absl::StrCat(std::max(1LL, std::llround(std::ceil(seconds)))));
  }
  if (answer.status == 405) answer.headers.emplace_back("Allow", InfoOf(status, "allow"));
  if (answer.status == 401) answer.headers.emplace_back("WWW-Authenticate", "Bearer realm=\"kechuang\"");
  return answer;
}

std::string MediaType(absl::string_view content_type) {
  return absl::AsciiStrToLower(absl::StripAsciiWhitespace(content_type.substr(0, content_type.find(';'))));
}

}  // namespace kechuang::gateway
