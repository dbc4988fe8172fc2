// One load on one method, or on the database below it; the result is one line of JSON. A load at a rate ends before its
// time at SIGTERM.

#include <csignal>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "grpcpp/create_channel.h"
#include "grpcpp/security/credentials.h"

#include "common/base/status_macros.h"
#include "grpc/grpc.h"
#include "kechuang/contract/v1/contract_service.pb.h"
#include "nlohmann/json.hpp"
#include "tests/bench/echo.h"
#include "tests/bench/load.h"
#include "tests/bench/requests.h"
#include "tests/bench/sql_load.h"

ABSL_FLAG(std::string, load, "",
          "create-contract, get-contract, list-contracts, contract-totals, search-enterprises, sql-...");
ABSL_FLAG(std::string, address, "", "host:port of the server");
ABSL_FLAG(std::string, echo, "",
          "host:port of the echo to call instead, with messages of the same sizes; of sql-... before each");
ABSL_FLAG(int, in_flight, 1, "calls under way at once");
ABSL_FLAG(double, rate, 0, "calls to start a second, whatever becomes of them; 0 keeps in_flight under way");
ABSL_FLAG(double, seconds, 1, "length of the load");
ABSL_FLAG(int64_t, first, 1, "number of the first call");
ABSL_FLAG(int, page, 1, "tells the token of this page of a list, and loads nothing");
ABSL_FLAG(std::string, token, "", "token of the page of a list to ask for");
ABSL_FLAG(std::string, prefix, "bench", "what the ids of created records begin with");
ABSL_FLAG(std::string, key_file, "", "file with the caller's key");
ABSL_FLAG(std::string, names_file, "", "file with names of records, one a line");
ABSL_FLAG(std::string, socket, "", "socket of the database, for sql-...");
ABSL_FLAG(std::string, user, "root", "account at the database, for sql-...");
ABSL_FLAG(std::string, schema, "kechuang_contract", "schema at the database, for sql-...");

namespace kechuang::bench {
namespace {

volatile std::sig_atomic_t ended = 0;

std::vector<std::string> LinesOf(const std::string& path) {
  std::vector<std::string> lines;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

std::shared_ptr<grpc::Channel> ChannelTo(const std::string& address) {
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(64 << 20);
  return grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments);
}

Target TargetOf(const RequestContext& context) {
  const Requests requests = RequestsNamed(absl::GetFlag(FLAGS_load), context);
  Target target{ChannelTo(absl::GetFlag(FLAGS_address)), requests.path, {}, requests.request};
  const std::vector<std::string> key = LinesOf(absl::GetFlag(FLAGS_key_file));
  if (!key.empty()) target.metadata["authorization"] = absl::StrCat("Bearer ", key.front());
  return target;
}

// The token of the page asked for, found by reading all pages before it.
absl::StatusOr<std::string> TokenOfPage(const RequestContext& context, int page) {
  contract::v1::ListContractsResponse response;
  for (int i = 1; i < page; ++i) {
    RequestContext at = context;
    at.token = response.next_page_token();
    ASSIGN_OR_RETURN(const std::string bytes, CallOnce(TargetOf(at), 1));
    if (!response.ParseFromString(bytes) || response.next_page_token().empty()) {
      return absl::NotFoundError(absl::StrCat("the list has no page ", page));
    }
  }
  return response.next_page_token();
}

absl::StatusOr<nlohmann::json> RunCalls() {
  RequestContext context{LinesOf(absl::GetFlag(FLAGS_names_file)), "", absl::GetFlag(FLAGS_prefix)};
  if (absl::GetFlag(FLAGS_page) > 1) {
    ASSIGN_OR_RETURN(const std::string token, TokenOfPage(context, absl::GetFlag(FLAGS_page)));
    return nlohmann::json{{"token", token}};
  }
  context.token = absl::GetFlag(FLAGS_token);
  Target target = TargetOf(context);
  const int64_t first = absl::GetFlag(FLAGS_first);
  // The first call says whether there is anything to measure, and how large an answer is.
  ASSIGN_OR_RETURN(const std::string answer, CallOnce(target, first));
  if (!absl::GetFlag(FLAGS_echo).empty()) {
    target.channel = ChannelTo(absl::GetFlag(FLAGS_echo));
    target.path = kEchoPath;
    target.metadata = {{kAnswerBytes, absl::StrCat(answer.size())}};
  }
  const absl::Duration length = absl::Seconds(absl::GetFlag(FLAGS_seconds));
  nlohmann::json result =
      absl::GetFlag(FLAGS_rate) > 0
          ? RunOpenLoop(target, first + 1, absl::GetFlag(FLAGS_rate), length, [] { return ended != 0; })
          : RunClosedLoop(target, first + 1, absl::GetFlag(FLAGS_in_flight), length);
  result["answer_bytes"] = answer.size();
  return result;
}

// Calls the echo once, as a create would call the service.
std::function<absl::Status()> EchoBefore() {
  if (absl::GetFlag(FLAGS_echo).empty()) return nullptr;
  constexpr size_t kAnswerSize = 225;  // of a create
  const Target target{ChannelTo(absl::GetFlag(FLAGS_echo)),
                      kEchoPath,
                      {{kAnswerBytes, absl::StrCat(kAnswerSize)}},
                      RequestsNamed("create-contract", {{}, "", absl::GetFlag(FLAGS_prefix)}).request};
  return [target] { return CallOnce(target, 1).status(); };
}

absl::StatusOr<nlohmann::json> RunSql() {
  const SqlLoad load{absl::GetFlag(FLAGS_load),
                     absl::GetFlag(FLAGS_socket),
                     absl::GetFlag(FLAGS_user),
                     absl::GetFlag(FLAGS_schema),
                     LinesOf(absl::GetFlag(FLAGS_names_file)),
                     absl::GetFlag(FLAGS_in_flight),
                     EchoBefore()};
  return RunSqlLoad(load, absl::GetFlag(FLAGS_first), absl::Seconds(absl::GetFlag(FLAGS_seconds)));
}

int Main() {
  std::signal(SIGTERM, [](int) { ended = 1; });
  const bool sql = absl::StartsWith(absl::GetFlag(FLAGS_load), "sql-");
  if (!sql && RequestsNamed(absl::GetFlag(FLAGS_load), {{"contracts/none"}, "", ""}).path.empty()) {
    std::cerr << "there is no load called " << absl::GetFlag(FLAGS_load) << "\n";
    return 2;
  }
  const absl::StatusOr<nlohmann::json> result = sql ? RunSql() : RunCalls();
  if (!result.ok()) {
    std::cerr << result.status() << "\n";
    return 1;
  }
  std::cout << result->dump() << "\n";
  return 0;
}

}  // namespace
}  // namespace kechuang::bench

int main(int argc, char** argv) {
  absl::ParseCommandLine(argc, argv);
  grpc_init();  // once more than the channels do: gRPC's own threads may outlive them, and must find it up
  return kechuang::bench::Main();
}
