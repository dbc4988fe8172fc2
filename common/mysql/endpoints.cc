#include "common/mysql/endpoints.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

#include "common/base/error.h"
#include "common/base/loopback.h"
#include "kechuang/api/v1/reasons.pb.h"

namespace kechuang::mysql {
namespace {

constexpr absl::string_view kUnix = "unix://";
constexpr absl::string_view kTcp = "tcp://";

absl::Status NoEndpoint(absl::string_view endpoint) {
  return Refuse(absl::StatusCode::kInvalidArgument, api::v1::FIELD_MALFORMED)
      .With("address", endpoint)
      .Says(absl::StrCat("\"", endpoint, "\" is no address of a database: give unix:///path.sock or tcp://host:port, ",
                         "or the nodes of a cluster by comma, tcp://10.0.0.1:3306,tcp://10.0.0.2:3306"),
            absl::StrCat("“", endpoint, "”不是有效的数据库地址：请给出 unix:///路径.sock 或 tcp://主机:端口，",
                         "集群的多个节点以逗号分隔，如 tcp://10.0.0.1:3306,tcp://10.0.0.2:3306"));
}

absl::Status EndpointTwice(absl::string_view endpoint) {
  return Refuse(absl::StatusCode::kInvalidArgument, api::v1::FIELD_MALFORMED)
      .With("address", endpoint)
      .Says(absl::StrCat("the address ", endpoint, " of the database is given twice; name each node once"),
            absl::StrCat("数据库地址 ", endpoint, " 重复出现，每个节点只能列出一次"));
}

// host or host:port; an IPv6 address stands in brackets.
bool IsHost(absl::string_view text) {
  const size_t bracket = text.rfind(']');
  const size_t colon = text.find(':', bracket == absl::string_view::npos ? 0 : bracket);
  const absl::string_view host = text.substr(0, colon);
  if (host.empty() || host.find_first_of("/ ") != absl::string_view::npos) return false;
  if (absl::StartsWith(host, "[") != absl::EndsWith(host, "]")) return false;
  if (colon == absl::string_view::npos) return true;
  int port = 0;
  return absl::SimpleAtoi(text.substr(colon + 1), &port) && port > 0 && port <= 65535;
}

bool IsEndpoint(absl::string_view text) {
  if (absl::ConsumePrefix(&text, kUnix)) return absl::StartsWith(text, "/") && text.size() > 1;
  return absl::ConsumePrefix(&text, kTcp) && IsHost(text);
}

}  // namespace

absl::StatusOr<std::vector<std::string>> ParseEndpoints(absl::string_view text) {
  std::vector<std::string> endpoints;
  for (const absl::string_view endpoint : absl::StrSplit(text, ',')) {
    if (!IsEndpoint(endpoint)) return NoEndpoint(endpoint);
    if (std::find(endpoints.begin(), endpoints.end(), endpoint) != endpoints.end()) return EndpointTwice(endpoint);
    endpoints.emplace_back(endpoint);
  }
  return endpoints;
}

bool IsLocal(absl::string_view endpoint) {
  if (absl::StartsWith(endpoint, kUnix)) return true;
  if (!absl::ConsumePrefix(&endpoint, kTcp)) return false;
  return IsLoopbackHost(endpoint.substr(0, endpoint.rfind(':')));
}

}  // namespace kechuang::mysql
