#ifndef KECHUANG_COMMON_REGISTER_TESTING_H_
#define KECHUANG_COMMON_REGISTER_TESTING_H_

#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

#include "common/ledger/register.h"
#include "common/mysql/database.h"
#include "common/register/looks.h"
#include "common/register/run.h"
#include "common/rpc/channels.h"
#include "common/rpc/server.h"
#include "common/rpc/test_caller.h"

// A register served for real within a test: a fresh schema on the process's private MariaDB, a server on a free port of
// loopback, typed calls over a real channel.
namespace kechuang::testing {

// A clock that tests move; begins on 2022-11-01 at noon in China.
class HandClock : public Clock {
 public:
  absl::Time Now() const override { return absl::FromUnixMicros(micros_.load()); }
  void Set(absl::Time time) { micros_ = absl::ToUnixMicros(time); }
  void Advance(absl::Duration by) { micros_ += absl::ToInt64Microseconds(by); }

 private:
  std::atomic<int64_t> micros_ = 1'667'275'200'000'000;
};

class ServedRegister {
 public:
  // others: addresses of services that this one asks, by area ("enterprise").
  explicit ServedRegister(const RegisterProgram& program, const std::map<std::string, std::string>& others = {},
                          ledger::RegisterOptions options = {});
  ~ServedRegister();

  // Asks the method of ProtoService that takes this request:
  //   served.Ask<v1::LoanService, v1::Loan>(request)
  template <class ProtoService, class Response, class Request>
  absl::StatusOr<Response> Ask(const Request& request) {
    return rpc::Ask<ProtoService, Response>(self_, call(), area_, request);
  }

  std::string address() const;
  // A channel for streaming stubs, and the metadata value that goes with it.
  std::shared_ptr<grpc::Channel> channel() { return self_.To(area_); }
  static std::string authorization();
  // By which the server knows services of the suite.
  static std::string suite_key();

  ledger::Register& ledger() { return *ledger_; }
  mysql::Database& database() { return *database_; }
  HandClock& clock() { return clock_; }
  const std::string& schema() const { return schema_; }
  // Runs a statement past the engine, as an intruder would.
  void Tamper(const std::string& sql);
  // Everything that both verifications find, as "KIND subject field" lines; a sound register has none.
  std::vector<std::string> Findings();

 private:
  static rpc::Call call();

  const std::string area_;
  const std::string schema_;
  HandClock clock_;
  rpc::OneKeyAuthenticator authenticator_;
  rpc::Metrics metrics_;
  std::unique_ptr<mysql::Database> database_;
  std::unique_ptr<ledger::Register> ledger_;
  rpc::Channels others_;
  std::unique_ptr<RegisterLookLog> looks_;
  std::unique_ptr<rpc::Service<ledger::Register>> journal_;
  std::unique_ptr<rpc::Server> server_;
  rpc::Channels self_{std::map<std::string, std::string>()};
};

}  // namespace kechuang::testing

#endif  // KECHUANG_COMMON_REGISTER_TESTING_H_
