#include "common/register/test_bank.h"

#include <algorithm>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gtest/gtest.h"

#include "common/base/error.h"
#include "common/base/status_macros.h"
#include "common/register/register_service.h"
#include "common/register/update_mask.h"
#include "common/rpc/wire_status.h"
#include "kechuang/api/v1/reasons.pb.h"

namespace kechuang {
namespace {

using ledger::v1::RowOutcome;
using register_test::ImportAccountRow;
using register_test::ImportAccountsRequest;
using register_test::ImportAccountsResponse;

constexpr char kTable[] = R"(
CREATE TABLE IF NOT EXISTS account (
  book VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  name VARCHAR(160) NOT NULL,
  title VARCHAR(200) NOT NULL DEFAULT '',
  balance_fen BIGINT NOT NULL DEFAULT 0,
  state VARCHAR(48) NOT NULL DEFAULT '',
  holder_holder_name VARCHAR(200) NOT NULL DEFAULT '',
  holder_age INT NULL,
  holder_verified_by VARCHAR(200) NOT NULL DEFAULT '',
  holder_id_kind VARCHAR(200) NOT NULL DEFAULT '',
  tags MEDIUMTEXT NOT NULL DEFAULT '',
  former_holders MEDIUMTEXT NOT NULL DEFAULT '',
  limit_fen BIGINT NULL,
  branch VARCHAR(200) NOT NULL DEFAULT '',
  opened_date DATE NULL,
  movements BIGINT NOT NULL DEFAULT 0,
  revision BIGINT NOT NULL DEFAULT 0,
  create_time DATETIME(6) NULL,
  update_time DATETIME(6) NULL,
  PRIMARY KEY (book, name),
  KEY account_balance (book, balance_fen, name)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
)";

// What the handlers work with.
struct Bank {
  ledger::Register& ledger;
  std::atomic<int>* rows_seen;
};

std::vector<ledger::Contribution> ContributionOf(const Account& account) {
  return {{{"account", "", "", ""}, 1, account.balance_fen(), 0, ""}};
}

std::vector<std::string> KeysOf(const Account& account) { return {absl::StrCat("title:", account.title())}; }

absl::StatusOr<Change<Account>> OpenAccount(Bank&, const rpc::Call&, const register_test::OpenAccountRequest& request) {
  Account account = request.account();
  ClearOutputOnly(account);
  return Change<Account>{{account.name()}, [account](ledger::Draft& draft) { return draft.Create(account); }};
}

absl::StatusOr<Change<Account>> Pay(Bank&, const rpc::Call&, const register_test::PayRequest& request) {
  return Change<Account>{{request.name()}, [request](ledger::Draft& draft) -> absl::StatusOr<Account> {
                           ASSIGN_OR_RETURN(Account account, draft.Get<Account>(request.name(), request.etag()));
                           account.set_balance_fen(account.balance_fen() + request.amount_fen());
                           account.set_movements(account.movements() + 1);
                           if (account.balance_fen() < 0) {
                             return Refuse(absl::StatusCode::kFailedPrecondition, api::v1::FIELD_OUT_OF_RANGE)
                                 .About(request.name())
                                 .Says("too little", "余额不足");
                           }
                           return draft.Put(account);
                         }};
}

absl::StatusOr<Change<Account>> UpdateAccount(Bank&, const rpc::Call&,
                                              const register_test::UpdateAccountRequest& request) {
  return Change<Account>{{request.account().name()}, [request](ledger::Draft& draft) -> absl::StatusOr<Account> {
                           ASSIGN_OR_RETURN(Account account,
                                            draft.Get<Account>(request.account().name(), request.account().etag()));
                           RETURN_IF_ERROR(ApplyMask(account, request.account(), request.update_mask(), "account"));
                           return draft.Put(account);
                         }};
}

absl::StatusOr<Change<RowOutcome>> ImportRow(Bank& bank, const rpc::Call&, const ledger::v1::ImportSource&,
                                             const ImportAccountRow& row) {
  if (bank.rows_seen != nullptr) ++*bank.rows_seen;
  const Account& account = row.account();
  if (absl::StartsWith(account.title(), "坏")) {
    return Refuse(absl::StatusCode::kFailedPrecondition, api::v1::RECORD_DELETED)
        .About(account.name())
        .With("title", account.title())
        .Says(absl::StrCat("bad title ", account.title()), absl::StrCat("标题有误 ", account.title()));
  }
  return Change<RowOutcome>{{account.name()}, [account](ledger::Draft& draft) -> absl::StatusOr<RowOutcome> {
                              ASSIGN_OR_RETURN(const std::optional<Account> held, draft.Find<Account>(account.name()));
                              ASSIGN_OR_RETURN(const Account stored, draft.Put(account));
                              RowOutcome outcome;
                              outcome.set_name(account.name());
                              outcome.set_kind(!held.has_value()                       ? RowOutcome::KIND_INSERTED
                                               : held->revision() == stored.revision() ? RowOutcome::KIND_UNCHANGED
                                                                                       : RowOutcome::KIND_CHANGED);
                              return outcome;
                            }};
}

}  // namespace

RegisterProgram BankProgram(std::atomic<int>* rows_seen) {
  RegisterProgram program;
  program.area = "bank";
  program.journal_service = register_test::BankJournal::service_full_name();
  program.migrations = {{1, "0001_first", kTable}};
  program.kinds = {ledger::MakeKind<Account>(&ContributionOf, &KeysOf)};
  struct Made {
    explicit Made(ledger::Register& ledger, std::atomic<int>* rows)
        : bank{ledger, rows}, service(register_test::BankService::service_full_name(), bank) {}
    Bank bank;
    RegisterService<Bank> service;
  };
  auto made = std::make_shared<std::unique_ptr<Made>>();
  program.make_services = [made, rows_seen](ledger::Register& ledger, rpc::Channels&) {
    *made = std::make_unique<Made>(ledger, rows_seen);
    return std::vector<rpc::MethodTable*>{
        &(*made)
             ->service.OnChange(&OpenAccount)
             .OnChange(&Pay)
             .OnChangeAfterAsking(&UpdateAccount)
             .OnGet<register_test::GetAccountRequest, Account>()
             .OnList<register_test::ListAccountsRequest, register_test::ListAccountsResponse>()
             .OnBatchGet<register_test::BatchGetAccountsRequest, register_test::BatchGetAccountsResponse>()
             .OnImport<ImportAccountsRequest, ImportAccountsResponse, ImportAccountRow>(&ImportRow)
             .OnExport<register_test::ExportAccountsRequest, register_test::ExportAccountsResponse>()
             .table()};
  };
  return program;
}

Account SomeAccount(const std::string& name, const std::string& title) {
  Account account;
  account.set_name(name);
  account.set_title(title);
  account.set_balance_fen(100);
  account.set_state(register_test::ACCOUNT_STATE_OPEN);
  account.mutable_holder()->set_holder_name("户主");
  account.set_branch("银川");
  return account;
}

absl::StatusOr<Account> ServedBank::Open(const std::string& name, const std::string& title) {
  register_test::OpenAccountRequest request;
  *request.mutable_account() = SomeAccount(name, title);
  return Call<Account>(request);
}

absl::StatusOr<Account> ServedBank::Pay(const std::string& name, int64_t amount_fen, const std::string& request_id) {
  register_test::PayRequest request;
  request.set_name(name);
  request.set_amount_fen(amount_fen);
  request.set_request_id(request_id);
  return Call<Account>(request);
}

int64_t ServedBank::HeadSequence() {
  const absl::StatusOr<ledger::Head> head = ledger().ReadHead(absl::Now() + absl::Seconds(20));
  return head.ok() ? head->sequence : -1;
}

ImportCall::ImportCall(ServedBank& bank, const std::string& import_id, bool validate_only, bool overwrite)
    : stub_(bank.stub()) {
  context_.AddMetadata("authorization", ServedBank::authorization());
  context_.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(120)));
  source_.set_import_id(import_id);
  source_.set_file_name("账户.xlsx");
  source_.set_file_hash(std::string(64, 'a'));
  source_.set_validate_only(validate_only);
  source_.set_kind("accounts");
  source_.set_overwrite(overwrite);
  stream_ = stub_->ImportAccounts(&context_);
}

bool ImportCall::Send(const std::vector<Account>& accounts) {
  ImportAccountsRequest message;
  if (!std::exchange(source_sent_, true)) *message.mutable_source() = source_;
  for (const Account& account : accounts) {
    ImportAccountRow* row = message.add_rows();
    row->mutable_origin()->set_sheet("Sheet1");
    row->mutable_origin()->set_row(++row_);
    *row->mutable_account() = account;
  }
  return stream_->Write(message);
}

void ImportCall::Done() {
  done_ = true;
  stream_->WritesDone();
}

bool ImportCall::Read(std::vector<RowOutcome>& outcomes) {
  ImportAccountsResponse response;
  if (!stream_->Read(&response)) return false;
  outcomes.insert(outcomes.end(), response.outcomes().begin(), response.outcomes().end());
  return true;
}

absl::Status ImportCall::End(std::vector<RowOutcome>& outcomes) {
  if (!done_) Done();
  while (Read(outcomes)) {
  }
  return rpc::FromGrpc(stream_->Finish());
}

std::vector<RowOutcome> ImportAll(ServedBank& bank, const std::string& import_id, const std::vector<Account>& accounts,
                                  bool validate_only, bool overwrite) {
  ImportCall call(bank, import_id, validate_only, overwrite);
  std::thread writer([&] {
    constexpr std::ptrdiff_t kRows = 100;
    for (auto next = accounts.begin(); next != accounts.end();) {
      const auto end = next + std::min(kRows, accounts.end() - next);
      if (!call.Send({next, end})) break;
      next = end;
    }
    call.Done();
  });
  std::vector<RowOutcome> outcomes;
  while (call.Read(outcomes)) {
  }
  writer.join();
  EXPECT_EQ(call.End(outcomes), absl::OkStatus());
  EXPECT_EQ(outcomes.size(), accounts.size());
  for (size_t i = 0; i < outcomes.size(); ++i) EXPECT_EQ(outcomes[i].origin().row(), static_cast<int>(i) + 1);
  return outcomes;
}

ledger::v1::Import ImportOf(ServedBank& bank, const std::string& import_id) {
  ledger::v1::GetImportRequest request;
  request.set_name(absl::StrCat("imports/", import_id));
  const absl::StatusOr<ledger::v1::Import> import = bank.CallJournal<ledger::v1::Import>(request);
  EXPECT_EQ(import.status(), absl::OkStatus());
  return import.value_or(ledger::v1::Import());
}

}  // namespace kechuang
