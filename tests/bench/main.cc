// Creates per second with journal and totals on, beside a bare gRPC echo of the same messages and beside the same
// creates in one transaction each, all in one run, taken in turn. Prints a table and writes it as JSON.

#include <algorithm>
#include <fstream>
#include <iostream>
#include <memory>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/synchronization/mutex.h"
#include "grpcpp/create_channel.h"
#include "grpcpp/security/credentials.h"

#include "common/register/testing.h"
#include "kechuang/contract/v1/contract_service.pb.h"
#include "nlohmann/json.hpp"
#include "services/contract/schema.h"
#include "services/contract/service.h"
#include "tests/bench/echo.h"
#include "tests/bench/load.h"

ABSL_FLAG(int, seconds, 4, "length of one round of one load");
ABSL_FLAG(int, rounds, 3, "rounds; the median is told");
ABSL_FLAG(int, in_flight, 64, "calls under way at once");
ABSL_FLAG(std::string, json, "", "file to write the figures to; empty for none");

namespace kechuang::bench {
namespace {

constexpr double kBatchedOverSingle = 3;  // the least that batching must gain

RegisterProgram ContractProgram(std::unique_ptr<contract::ContractService>& service) {
  RegisterProgram program;
  program.area = "contract";
  program.journal_service = "kechuang.contract.v1.ContractJournal";
  program.migrations = contract::ContractMigrations();
  program.versions = {1, 1};
  program.kinds = contract::ContractKinds();
  program.make_service = [&service](ledger::Register& ledger, rpc::Channels&) -> rpc::MethodTable& {
    service = std::make_unique<contract::ContractService>(ledger, contract::Policy());
    return service->methods();
  };
  return program;
}

// A draft as a district files it.
std::string CreateRequest(int64_t number) {
  contract::v1::CreateContractRequest request;
  request.set_contract_id(absl::StrCat("bench-", number));
  contract::v1::Contract& contract = *request.mutable_contract();
  contract.set_contract_name(absl::StrCat("节水灌溉控制系统技术开发合同 ", number));
  contract.mutable_seller()->set_party_name("银川启明智控科技有限公司");
  contract.mutable_seller()->set_division_code("640105");
  contract.mutable_buyer()->set_party_name("吴忠市绿源农业发展有限公司");
  contract.mutable_buyer()->set_division_code("640302");
  contract.set_total_amount_fen(30'000'000);
  contract.set_technical_amount_fen(25'000'000);
  return request.SerializeAsString();
}

struct Line {
  std::string name;
  std::vector<LoadResult> rounds;

  const LoadResult& Median() {
    std::sort(rounds.begin(), rounds.end(),
              [](const LoadResult& a, const LoadResult& b) { return a.calls_per_second < b.calls_per_second; });
    return rounds[rounds.size() / 2];
  }
};

// One register with its service, and the load on it.
struct Served {
  explicit Served(ledger::RegisterOptions options)
      : served(std::make_unique<testing::ServedRegister>(ContractProgram(service), std::map<std::string, std::string>(),
                                                         std::move(options))),
        target{served->channel(), "/kechuang.contract.v1.ContractService/CreateContract",
               testing::ServedRegister::authorization(), &CreateRequest} {}

  std::unique_ptr<contract::ContractService> service;
  std::unique_ptr<testing::ServedRegister> served;
  Target target;
};

int Run() {
  EchoServer echo_server;
  Served batched({});
  Served single({.batch_size_max = 1});
  const Target echo{grpc::CreateChannel(echo_server.address(), grpc::InsecureChannelCredentials()), EchoServer::kPath,
                    "", &CreateRequest};
  Line lines[] = {{"bare gRPC echo", {}}, {"create, batched", {}}, {"create, one transaction each", {}}};
  const Target* targets[] = {&echo, &batched.target, &single.target};
  const int in_flight = absl::GetFlag(FLAGS_in_flight);
  int64_t number = 1;
  for (int round = 0; round < absl::GetFlag(FLAGS_rounds); ++round) {
    for (size_t i = 0; i < 3; ++i) {
      lines[i].rounds.push_back(
          RunClosedLoop(*targets[i], in_flight, absl::Seconds(absl::GetFlag(FLAGS_seconds)), number));
    }
  }
  const double floor = lines[0].Median().calls_per_second;
  const double single_rate = lines[2].Median().calls_per_second;
  std::cout << absl::StrFormat("%-30s %12s %8s %10s %10s %10s\n", absl::StrCat(in_flight, " in flight"), "calls/s",
                               "/ echo", "p50 us", "p99 us", "CPU us");
  nlohmann::json figures = nlohmann::json::array();
  bool sound = true;
  for (Line& line : lines) {
    const LoadResult& median = line.Median();
    std::cout << absl::StrFormat("%-30s %12.0f %8.2f %10d %10d %10.0f\n", line.name, median.calls_per_second,
                                 median.calls_per_second / floor, absl::ToInt64Microseconds(median.p50),
                                 absl::ToInt64Microseconds(median.p99), median.cpu_us_per_call);
    figures.push_back({{"name", line.name},
                       {"value", median.calls_per_second},
                       {"unit", "calls/s"},
                       {"floor", floor},
                       {"ratio", median.calls_per_second / floor},
                       {"p50_us", absl::ToInt64Microseconds(median.p50)},
                       {"p99_us", absl::ToInt64Microseconds(median.p99)},
                       {"slowest", line.rounds.front().calls_per_second},
                       {"fastest", line.rounds.back().calls_per_second},
                       {"failed", median.failed}});
    for (const LoadResult& round : line.rounds) {
      if (round.failed > 0) {
        std::cout << line.name << ": " << round.failed << " calls failed, such as: " << round.first_failure << "\n";
        sound = false;
      }
    }
  }
  const double gain = lines[1].Median().calls_per_second / single_rate;
  const bool ok = sound && gain >= kBatchedOverSingle;
  std::cout << absl::StrFormat("batched / one transaction each: %.1f (at least %.0f): %s\n", gain, kBatchedOverSingle,
                               ok ? "ok" : "NOT OK");
  const size_t findings = batched.served->Findings().size();
  std::cout << "findings of both verifications afterwards: " << findings << "\n";
  if (const std::string path = absl::GetFlag(FLAGS_json); !path.empty()) std::ofstream(path) << figures.dump(2) << "\n";
  return ok && findings == 0 ? 0 : 1;
}

}  // namespace
}  // namespace kechuang::bench

int main(int argc, char** argv) {
  absl::ParseCommandLine(argc, argv);
#ifdef NDEBUG
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
#endif
  return kechuang::bench::Run();
}
