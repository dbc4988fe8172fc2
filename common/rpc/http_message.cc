#include "common/rpc/http_message.h"

#include <zlib.h>

#include <algorithm>
#include <iterator>
#include <map>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "google/protobuf/util/json_util.h"

#include "common/base/error.h"
#include "common/rpc/wire_status.h"

namespace kechuang::rpc {
namespace {

// The fastest level makes JSON five times smaller at some 100 MB/s; higher ones win little and hold up the other
// connections of the thread.
constexpr int kGzipLevel = 1;
constexpr int kGzipFormat = 15 + 16;  // zlib's way to ask for the gzip format with the largest window

const char* ReasonPhrase(int status) {
  static const std::map<int, const char*> kPhrases = {{200, "OK"},
                                                      {201, "Created"},
                                                      {202, "Accepted"},
                                                      {204, "No Content"},
                                                      {301, "Moved Permanently"},
                                                      {302, "Found"},
                                                      {304, "Not Modified"},
                                                      {400, "Bad Request"},
                                                      {401, "Unauthorized"},
                                                      {403, "Forbidden"},
                                                      {404, "Not Found"},
                                                      {405, "Method Not Allowed"},
                                                      {406, "Not Acceptable"},
                                                      {408, "Request Timeout"},
                                                      {409, "Conflict"},
                                                      {411, "Length Required"},
                                                      {412, "Precondition Failed"},
                                                      {413, "Content Too Large"},
                                                      {415, "Unsupported Media Type"},
                                                      {422, "Unprocessable Content"},
                                                      {429, "Too Many Requests"},
                                                      {431, "Request Header Fields Too Large"},
                                                      {499, "Client Closed Request"},
                                                      {500, "Internal Server Error"},
                                                      {501, "Not Implemented"},
                                                      {503, "Service Unavailable"},
                                                      {504, "Gateway Timeout"}};
  const auto found = kPhrases.find(status);
  return found == kPhrases.end() ? "Status" : found->second;
}

std::string ValueText(absl::string_view value) {
  std::string text(value);
  std::replace_if(
      text.begin(), text.end(), [](unsigned char c) { return c < ' ' || c == 0x7F; }, ' ');
  return text;
}

}  // namespace

absl::string_view HttpRequest::Header(absl::string_view name) const {
  const auto found = headers.find(std::string(name));
  return found == headers.end() ? absl::string_view() : found->second;
}

absl::string_view HttpRequest::Path() const { return absl::string_view(target).substr(0, target.find('?')); }

HttpAnswer FaultAnswer(int http_status, const absl::Status& fault) {
  std::string details;
  google::protobuf::util::JsonPrintOptions options;
  const google::rpc::Status wire = ToRpcStatus(fault);
  for (const google::protobuf::Any& detail : wire.details()) {
    std::string json;
    if (!google::protobuf::util::MessageToJsonString(detail, &json, options).ok()) continue;
    absl::StrAppend(&details, details.empty() ? "" : ",", json);
  }
  google::rpc::Status bare;
  bare.set_message(std::string(fault.message()));
  std::string message;  // {"message":"..."}
  if (!google::protobuf::util::MessageToJsonString(bare, &message, options).ok() || message.size() < 2) message = "{}";
  const absl::string_view inner = absl::string_view(message).substr(1, message.size() - 2);
  return {.status = http_status,
          .content_type = "application/json",
          .body = absl::StrCat("{\"code\":", static_cast<int>(fault.code()), inner.empty() ? "" : ",", inner,
                               ",\"status\":\"", absl::StatusCodeToString(fault.code()), "\",\"details\":[", details,
                               "]}\n")};
}

bool IsWorthGzip(const HttpAnswer& answer) {
  return answer.body.size() > kGzipBytesMin &&
         (absl::StartsWith(answer.content_type, "text/") || absl::StrContains(answer.content_type, "json") ||
          absl::StrContains(answer.content_type, "javascript") || absl::StrContains(answer.content_type, "svg"));
}

bool AdmitsGzip(absl::string_view accept_encoding) {
  bool admits = false;
  for (const absl::string_view item : absl::StrSplit(accept_encoding, ',')) {
    const std::vector<std::string> parts = absl::StrSplit(item, ';');
    const std::string coding = absl::AsciiStrToLower(absl::StripAsciiWhitespace(parts[0]));
    double weight = 1;
    for (auto part = std::next(parts.begin()); part != parts.end(); ++part) {
      absl::string_view text = absl::StripAsciiWhitespace(*part);
      if (absl::ConsumePrefix(&text, "q=") && !absl::SimpleAtod(text, &weight)) weight = 0;
    }
    if (coding == "gzip") return weight > 0;
    if (coding == "*") admits = weight > 0;
  }
  return admits;
}

std::string Gzip(absl::string_view text) {
  z_stream stream{};
  if (deflateInit2(&stream, kGzipLevel, Z_DEFLATED, kGzipFormat, /*memLevel=*/8, Z_DEFAULT_STRATEGY) != Z_OK) return "";
  std::string packed(deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  const bool ended = deflate(&stream, Z_FINISH) == Z_STREAM_END;
  packed.resize(ended ? stream.total_out : 0);
  deflateEnd(&stream);
  return packed;
}

std::string HeadText(const HttpAnswer& answer, const HttpFraming& framing) {
  std::string text = absl::StrCat(
      "HTTP/1.", framing.minor_version, " ", answer.status, " ", ReasonPhrase(answer.status),
      "\r\nDate: ", absl::FormatTime("%a, %d %b %Y %H:%M:%S GMT", absl::Now(), absl::UTCTimeZone()), "\r\n");
  if (!answer.content_type.empty() && answer.status != 204 && answer.status != 304) {
    absl::StrAppend(&text, "Content-Type: ", ValueText(answer.content_type), "\r\n");
  }
  for (const auto& [name, value] : answer.headers) absl::StrAppend(&text, name, ": ", ValueText(value), "\r\n");
  if (!framing.body.empty()) absl::StrAppend(&text, framing.body, "\r\n");
  if (!framing.keep_alive) absl::StrAppend(&text, "Connection: close\r\n");
  // HTTP/1.0 closes unless told otherwise.
  if (framing.keep_alive && framing.minor_version == 0) absl::StrAppend(&text, "Connection: keep-alive\r\n");
  text.append("\r\n");
  return text;
}

}  // namespace kechuang::rpc
