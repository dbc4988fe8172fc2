#ifndef KECHUANG_COMMON_RPC_HTTP_MESSAGE_H_
#define KECHUANG_COMMON_RPC_HTTP_MESSAGE_H_

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace kechuang::rpc {

// The head of an HTTP request.
struct HttpRequest {
  std::string verb;    // "GET"
  std::string target;  // path and query as on the wire: "/v1/loans?pageSize=3"
  // By name in lower case. A header that came more than once has its values joined by ", ".
  std::map<std::string, std::string> headers = {};
  std::string source = {};              // where it came from, as SourceOf names it
  std::string client_certificate = {};  // fingerprint of what its connection showed; empty if it showed none

  // The value of a header, named in lower case; empty if it did not come.
  absl::string_view Header(absl::string_view name) const;
  // The target without its query.
  absl::string_view Path() const;
};

// An HTTP answer, or the head of one whose body comes in chunks.
struct HttpAnswer {
  int status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::string body = {};
  std::vector<std::pair<std::string, std::string>> headers = {};  // more of them: {"Retry-After", "1"}
};

// A piece of a request's body, or why there is none.
struct HttpPiece {
  // Empty at the end of a body that is read in chunks.
  std::string bytes = {};
  // OK; else the body cannot be read: too large, malformed, too slow, or the client has gone.
  absl::Status fault = absl::OkStatus();
  // With a fault: the HTTP status that says so, 413, 400, 408 or 499.
  int http_status = 0;
};

// A refusal as HTTP tells it: {"code":8,"message":"...","status":"RESOURCE_EXHAUSTED","details":[...]}.
HttpAnswer FaultAnswer(int http_status, const absl::Status& fault);

// True if an answer's body may travel compressed: a text of more than kGzipBytesMin bytes.
inline constexpr size_t kGzipBytesMin = 1024;
bool IsWorthGzip(const HttpAnswer& answer);
// True if an Accept-Encoding header admits gzip: "gzip, deflate", "*", but not "gzip;q=0".
bool AdmitsGzip(absl::string_view accept_encoding);
// The text in the gzip format (RFC 1952).
std::string Gzip(absl::string_view text);

// The last header lines that a head gets.
struct HttpFraming {
  int minor_version = 1;  // of HTTP/1.x
  bool keep_alive = true;
  std::string body = {};  // "Content-Length: 7", or "Transfer-Encoding: chunked"; empty for neither
};
// The head of an answer up to and with its empty line. Control characters of header values become spaces.
std::string HeadText(const HttpAnswer& answer, const HttpFraming& framing);

}  // namespace kechuang::rpc

#endif  // KECHUANG_COMMON_RPC_HTTP_MESSAGE_H_
