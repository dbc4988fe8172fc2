#include "common/register/testing.h"

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

#include "common/register/journal_service.h"
#include "tests/support/private_mariadb.h"

namespace kechuang::testing {
namespace {

constexpr char kKey[] = "a-key-for-tests-only";

// A test cannot go on without its register.
void Require(const absl::Status& status) {
  if (!status.ok()) {
    std::cerr << "the register under test does not start: " << status << "\n";
    abort();
  }
}

}  // namespace

ServedRegister::ServedRegister(const RegisterProgram& program, const std::map<std::string, std::string>& others,
                               ledger::RegisterOptions options)
    : area_(program.area),
      schema_(PrivateMariaDb::Shared().NewSchema()),
      authenticator_(kKey, access::Policy::Get().roles(), suite_key()),
      others_(others) {
  database_ = std::make_unique<mysql::Database>(PrivateMariaDb::Shared().Config(schema_));
  const absl::Time deadline = absl::Now() + absl::Seconds(60);
  Require(mysql::Migrate(*database_, deadline, WithEngine(program.migrations)));
  ledger_ =
      std::make_unique<ledger::Register>(*database_, ledger::KindTable(program.kinds), clock_, std::move(options));
  Require(ledger_->Start(deadline));
  looks_ = std::make_unique<RegisterLookLog>(*ledger_);
  rpc::ServerOptions serving;
  serving.look_log = looks_.get();
  server_ = std::make_unique<rpc::Server>(serving, authenticator_, metrics_);
  for (const rpc::MethodTable* table : program.make_services(*ledger_, others_)) server_->Add(*table);
  journal_ = std::make_unique<rpc::Service<ledger::Register>>(MakeJournalService(program.journal_service, *ledger_));
  server_->Add(journal_->table());
  Require(server_->Start());
  self_ = rpc::Channels(std::map<std::string, std::string>{{area_, address()}});
}

ServedRegister::~ServedRegister() { server_->Drain(absl::Seconds(5)); }

std::string ServedRegister::address() const { return absl::StrCat("127.0.0.1:", server_->port()); }

std::string ServedRegister::authorization() { return absl::StrCat("Bearer ", kKey); }

std::string ServedRegister::suite_key() { return "the-suite-of-this-test"; }

rpc::Call ServedRegister::call() {
  rpc::Call call;
  call.credential = authorization();
  call.deadline = absl::Now() + absl::Seconds(60);
  return call;
}

void ServedRegister::Tamper(const std::string& sql) {
  Require(database_->Transact(absl::Now() + absl::Seconds(20),
                              [&](mysql::Transaction& transaction) { return transaction.Execute(sql, {}).status(); }));
}

std::vector<std::string> ServedRegister::Findings() {
  std::vector<std::string> findings;
  const auto note = [&](const ledger::Finding& finding) {
    findings.push_back(absl::StrCat(finding.kind, " ", finding.subject, " ", finding.field, " expected ",
                                    finding.expected, " found ", finding.found));
  };
  const absl::Time deadline = absl::Now() + absl::Seconds(300);
  Require(ledger_->Verify(deadline, note).status());
  Require(ledger_->VerifyJournal(deadline, note).status());
  return findings;
}

}  // namespace kechuang::testing
