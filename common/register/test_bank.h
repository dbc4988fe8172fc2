#ifndef KECHUANG_COMMON_REGISTER_TEST_BANK_H_
#define KECHUANG_COMMON_REGISTER_TEST_BANK_H_

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "grpcpp/grpcpp.h"

#include "common/register/testing.h"
#include "register_test/bank_service.grpc.pb.h"

// A register of accounts with every kind of method, for the tests of this directory.
namespace kechuang {

using register_test::Account;

// The program of the bank. The counter, if given, counts the rows that import handlers have seen.
RegisterProgram BankProgram(std::atomic<int>* rows_seen = nullptr);

// An account with this title, without fault.
Account SomeAccount(const std::string& name, const std::string& title = "存款");

// Holds the program, which owns the service, for longer than the server runs.
struct BankProgramHolder {
  RegisterProgram program;
};

// The bank on a real server, with its calls.
class ServedBank : private BankProgramHolder, public testing::ServedRegister {
 public:
  explicit ServedBank(std::atomic<int>* rows_seen = nullptr)
      : BankProgramHolder{BankProgram(rows_seen)}, ServedRegister(program) {}

  template <class Response, class Request>
  absl::StatusOr<Response> Call(const Request& request) {
    return Ask<register_test::BankService, Response>(request);
  }
  template <class Response, class Request>
  absl::StatusOr<Response> CallJournal(const Request& request) {
    return Ask<register_test::BankJournal, Response>(request);
  }
  absl::StatusOr<Account> Open(const std::string& name, const std::string& title = "存款");
  absl::StatusOr<Account> Pay(const std::string& name, int64_t amount_fen, const std::string& request_id = "");
  int64_t HeadSequence();
  std::unique_ptr<register_test::BankService::Stub> stub() { return register_test::BankService::NewStub(channel()); }
};

// One import stream of a client.
class ImportCall {
 public:
  ImportCall(ServedBank& bank, const std::string& import_id, bool validate_only = false, bool overwrite = false);

  // Sends rows, the source before the first; false if the server has ended the stream.
  bool Send(const std::vector<Account>& accounts);
  bool SendMessage(const register_test::ImportAccountsRequest& message) { return stream_->Write(message); }
  // Reads the next outcomes; false at the end.
  bool Read(std::vector<ledger::v1::RowOutcome>& outcomes);
  // Says that no more rows come.
  void Done();
  // Reads everything that is left and ends.
  absl::Status End(std::vector<ledger::v1::RowOutcome>& outcomes);
  // Goes away as a killed client does.
  void Leave() { context_.TryCancel(); }

 private:
  std::unique_ptr<register_test::BankService::Stub> stub_;
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReaderWriter<register_test::ImportAccountsRequest, register_test::ImportAccountsResponse>>
      stream_;
  ledger::v1::ImportSource source_;
  bool source_sent_ = false;
  bool done_ = false;
  int row_ = 0;
};

// Imports accounts in one stream, writing and reading at once; the outcomes, one for each.
std::vector<ledger::v1::RowOutcome> ImportAll(ServedBank& bank, const std::string& import_id,
                                              const std::vector<Account>& accounts, bool validate_only = false,
                                              bool overwrite = false);

// What the register says of an import.
ledger::v1::Import ImportOf(ServedBank& bank, const std::string& import_id);

}  // namespace kechuang

#endif  // KECHUANG_COMMON_REGISTER_TEST_BANK_H_
