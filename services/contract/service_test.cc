// Each RPC of the contract register through a real server, a real stub and a real database.
#include "services/contract/service.h"

#include <algorithm>
#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "gmock/gmock.h"
#include "grpcpp/channel.h"
#include "grpcpp/client_context.h"
#include "gtest/gtest.h"

#include "common/register/testing.h"
#include "kechuang/contract/v1/contract_journal_service.grpc.pb.h"
#include "kechuang/contract/v1/contract_service.grpc.pb.h"
#include "services/contract/test_contract.h"

namespace kechuang::contract {
namespace {

using ::kechuang::ledger::v1::RowOutcome;
using ::kechuang::testing::ServedRegister;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// The register in an empty schema of its own. It is 1 November 2022. Every test ends with proof that records, totals,
// keys and journal agree.
class ContractServiceTest : public ::testing::Test {
 protected:
  void TearDown() override { EXPECT_THAT(served_.Findings(), IsEmpty()); }

  template <class Response, class Request>
  absl::StatusOr<Response> Ask(const Request& request) {
    return served_.Ask<v1::ContractService, Response>(request);
  }
  // A request of this type about a contract.
  template <class Request>
  absl::StatusOr<v1::Contract> Do(const std::string& name) {
    Request request;
    request.set_name(name);
    return Ask<v1::Contract>(request);
  }
  absl::StatusOr<v1::Contract> Get(const std::string& name) { return Do<v1::GetContractRequest>(name); }

  absl::StatusOr<v1::Contract> Create(const v1::Contract& contract, const std::string& id = "") {
    v1::CreateContractRequest request;
    *request.mutable_contract() = contract;
    request.set_contract_id(id);
    return Ask<v1::Contract>(request);
  }
  // A contract of this title, ready to be registered.
  v1::Contract Accepted(const std::string& title) {
    v1::Contract draft = CompleteDraft();
    draft.set_contract_name(title);
    const std::string name = Create(draft).value().name();
    Do<v1::SubmitContractRequest>(name).value();
    return Do<v1::AcceptContractRequest>(name).value();
  }
  v1::Contract Registered(const std::string& title) {
    return Do<v1::RegisterContractRequest>(Accepted(title).name()).value();
  }

  std::vector<RowOutcome> Import(const std::vector<v1::Contract>& contracts, const std::string& import_id,
                                 bool validate_only = false, const std::vector<std::string>& cleared = {}) {
    grpc::ClientContext context;
    context.AddMetadata("authorization", ServedRegister::authorization());
    const auto stub = v1::ContractService::NewStub(served_.channel());
    const auto stream = stub->ImportContracts(&context);
    v1::ImportContractsRequest request;
    request.mutable_source()->set_import_id(import_id);
    request.mutable_source()->set_file_name("2022年技术合同.xlsx");
    request.mutable_source()->set_file_hash(std::string(64, 'a'));
    request.mutable_source()->set_validate_only(validate_only);
    for (size_t i = 0; i < contracts.size(); ++i) {
      v1::ImportContractRow& row = *request.add_rows();
      row.mutable_origin()->set_sheet("Sheet1");
      row.mutable_origin()->set_row(static_cast<int>(i) + 3);
      *row.mutable_contract() = contracts[i];
      for (const std::string& path : cleared) row.mutable_clear_mask()->add_paths(path);
    }
    stream->Write(request);
    stream->WritesDone();
    std::vector<RowOutcome> outcomes;
    v1::ImportContractsResponse response;
    while (stream->Read(&response)) {
      outcomes.insert(outcomes.end(), response.outcomes().begin(), response.outcomes().end());
    }
    const grpc::Status status = stream->Finish();
    EXPECT_TRUE(status.ok()) << status.error_message();
    return outcomes;
  }

  v1::GetContractTotalsResponse Totals(const std::vector<v1::TotalsDimension>& group_by = {}) {
    v1::GetContractTotalsRequest request;
    request.set_year(2022);
    request.set_division_code("640105");
    for (const v1::TotalsDimension dimension : group_by) request.add_group_by(dimension);
    return Ask<v1::GetContractTotalsResponse>(request).value();
  }
  int64_t JournalLength() { return served_.ledger().ReadHead(absl::Now() + absl::Seconds(10))->sequence; }

  std::unique_ptr<ContractService> service_;
  ServedRegister served_{ContractProgram(service_, [] { return Policy(); })};
};

TEST_F(ContractServiceTest, CarriesAContractFromDraftToRevocation) {
  const v1::Contract draft = Create(CompleteDraft(), "d-2022-1").value();
  EXPECT_EQ(draft.name(), "contracts/d-2022-1");
  EXPECT_EQ(draft.state(), v1::CONTRACT_STATE_DRAFT);
  EXPECT_EQ(Do<v1::SubmitContractRequest>(draft.name())->state(), v1::CONTRACT_STATE_SUBMITTED);
  const v1::Contract accepted = Do<v1::AcceptContractRequest>(draft.name()).value();
  EXPECT_EQ(accepted.rule_set(), v1::RULE_SET_RS2000);

  v1::RequestSupplementRequest supplement;
  supplement.set_name(draft.name());
  supplement.set_supplement_wanted("缺少价款构成说明");
  *supplement.mutable_due_date() = DayOf(2022, 11, 20).ToProto();
  EXPECT_EQ(Ask<v1::Contract>(supplement)->state(), v1::CONTRACT_STATE_SUPPLEMENTING);
  EXPECT_EQ(ReasonOf(Do<v1::TimeoutSupplementRequest>(draft.name()).status()), "SUPPLEMENT_NOT_DUE");
  v1::UpdateContractRequest update;
  update.mutable_contract()->set_name(draft.name());
  update.mutable_contract()->set_remark("已补价款构成");
  update.mutable_update_mask()->add_paths("remark");
  EXPECT_EQ(Ask<v1::Contract>(update)->remark(), "已补价款构成");
  served_.clock().Advance(absl::Hours(48));
  EXPECT_EQ(Do<v1::SupplementContractRequest>(draft.name())->clock_stopped_days(), 2);
  EXPECT_EQ(ReasonOf(Ask<v1::Contract>(update).status()), "CONTRACT_WRONG_STATE");

  EXPECT_EQ(Do<v1::SendToExpertReviewRequest>(draft.name())->state(), v1::CONTRACT_STATE_EXPERT_REVIEW);
  const v1::Contract registered = Do<v1::RegisterContractRequest>(draft.name()).value();
  EXPECT_EQ(registered.registration_number(), "2022640105000001");
  EXPECT_EQ(*Day::FromProto(registered.registration_date()), DayOf(2022, 11, 3));
  EXPECT_EQ(Totals().sum().count(), 1);
  EXPECT_EQ(Get(draft.name())->SerializeAsString(), registered.SerializeAsString());

  v1::RecordIncomeRequest income;
  income.set_name(draft.name());
  income.set_amount_fen(10'000'000);
  *income.mutable_receive_date() = DayOf(2022, 11, 3).ToProto();
  EXPECT_EQ(Ask<v1::Contract>(income)->technical_income_fen(), 10'000'000);
  EXPECT_EQ(Get(draft.name())->incomes_size(), 1);

  v1::RevokeContractRequest revoke;
  revoke.set_name(draft.name());
  EXPECT_THAT(FaultsOf(Ask<v1::Contract>(revoke).status()), ElementsAre("reason: FIELD_REQUIRED"));
  revoke.set_reason("材料虚假");
  EXPECT_EQ(Ask<v1::Contract>(revoke)->state(), v1::CONTRACT_STATE_REVOKED);
  EXPECT_EQ(Totals().sum().count(), 0);
  EXPECT_EQ(Registered("另一合同").registration_number(), "2022640105000002");
}

TEST_F(ContractServiceTest, TurnsDownAndHearsTheObjectionOnce) {
  const std::string name = Accepted("普通货物买卖").name();
  v1::NotRegisterContractRequest refusal;
  refusal.set_name(name);
  EXPECT_THAT(FaultsOf(Ask<v1::Contract>(refusal).status()), ElementsAre("non_registration_reason: FIELD_REQUIRED"));
  refusal.set_non_registration_reason(v1::NON_REGISTRATION_REASON_NOT_TECHNOLOGY);
  EXPECT_EQ(Ask<v1::Contract>(refusal)->state(), v1::CONTRACT_STATE_NOT_REGISTERED);
  v1::ObjectContractRequest objection;
  objection.set_name(name);
  objection.set_reason("含技术开发内容");
  EXPECT_EQ(Ask<v1::Contract>(objection)->state(), v1::CONTRACT_STATE_ACCEPTED);
  Ask<v1::Contract>(refusal).value();
  EXPECT_EQ(ReasonOf(Ask<v1::Contract>(objection).status()), "OBJECTION_MADE");

  v1::Contract submitted = CompleteDraft();
  submitted = Create(submitted).value();
  Do<v1::SubmitContractRequest>(submitted.name()).value();
  v1::RefuseContractRequest refuse;
  refuse.set_name(submitted.name());
  refuse.set_refusal_reason(v1::REFUSAL_REASON_WRONG_REGISTRY);
  EXPECT_EQ(Ask<v1::Contract>(refuse)->state(), v1::CONTRACT_STATE_REFUSED);
}

TEST_F(ContractServiceTest, EndsAFilingWhoseSupplementDidNotCome) {
  const std::string name = Accepted("无人补正").name();
  v1::RequestSupplementRequest supplement;
  supplement.set_name(name);
  supplement.set_supplement_wanted("缺少合同附件");
  *supplement.mutable_due_date() = DayOf(2022, 11, 2).ToProto();
  Ask<v1::Contract>(supplement).value();
  served_.clock().Advance(absl::Hours(48));
  EXPECT_EQ(Do<v1::TimeoutSupplementRequest>(name)->state(), v1::CONTRACT_STATE_WITHDRAWN);
}

TEST_F(ContractServiceTest, RefusedCallsLeaveNoTrace) {
  const v1::Contract draft = Create(CompleteDraft()).value();
  const int64_t length = JournalLength();
  EXPECT_EQ(ReasonOf(Do<v1::RegisterContractRequest>(draft.name()).status()), "CONTRACT_WRONG_STATE");
  EXPECT_EQ(ReasonOf(Do<v1::SubmitContractRequest>("contracts/none").status()), "RECORD_NOT_FOUND");
  v1::SubmitContractRequest stale;
  stale.set_name(draft.name());
  stale.set_etag("\"no such etag\"");
  EXPECT_EQ(ReasonOf(Ask<v1::Contract>(stale).status()), "ETAG_MISMATCH");
  v1::CreateContractRequest empty;
  EXPECT_THAT(FaultsOf(Ask<v1::Contract>(empty).status()), ElementsAre("contract: FIELD_REQUIRED"));
  v1::SubmitContractRequest trial;
  trial.set_name(draft.name());
  trial.set_validate_only(true);
  EXPECT_EQ(Ask<v1::Contract>(trial)->state(), v1::CONTRACT_STATE_SUBMITTED);
  EXPECT_EQ(Get(draft.name())->SerializeAsString(), draft.SerializeAsString());
  EXPECT_EQ(JournalLength(), length);
}

TEST_F(ContractServiceTest, RepeatGivesFirstAnswer) {
  v1::RegisterContractRequest request;
  request.set_name(Accepted("重复请求").name());
  request.set_request_id("register-1");
  const v1::Contract first = Ask<v1::Contract>(request).value();
  EXPECT_EQ(Ask<v1::Contract>(request)->SerializeAsString(), first.SerializeAsString());
  request.set_name(Accepted("另一请求").name());
  EXPECT_EQ(ReasonOf(Ask<v1::Contract>(request).status()), "REQUEST_ID_REUSED");
}

TEST_F(ContractServiceTest, AmendmentsCountInTheMonthOfRegistration) {
  const v1::Contract registered = Registered("提成合同");
  served_.clock().Advance(absl::Hours(24 * 90));
  v1::AmendContractRequest amend;
  amend.mutable_contract()->set_name(registered.name());
  amend.mutable_contract()->set_total_amount_fen(70'000'000);
  amend.mutable_update_mask()->add_paths("total_amount_fen");
  amend.set_reason("按实际提成调整");
  amend.set_etag(registered.etag());
  EXPECT_EQ(Ask<v1::Contract>(amend)->version(), 2);
  EXPECT_EQ(Totals().sum().total_amount_fen(), 70'000'000);
  v1::CancelContractRequest cancel;
  cancel.set_name(registered.name());
  *cancel.mutable_cancel_date() = DayOf(2023, 1, 15).ToProto();
  EXPECT_EQ(Ask<v1::Contract>(cancel)->state(), v1::CONTRACT_STATE_CANCELLED);
  const v1::GetContractTotalsResponse totals = Totals({v1::TOTALS_DIMENSION_MONTH, v1::TOTALS_DIMENSION_DIRECTION});
  ASSERT_EQ(totals.rows_size(), 1);
  EXPECT_THAT(totals.rows(0).group_values(), ElementsAre("2022-11", "OUTPUT"));
  EXPECT_EQ(totals.sum().count(), 1);
  EXPECT_EQ(totals.sum().cancelled_count(), 1);
}

TEST_F(ContractServiceTest, SuspectsALookAlike) {
  const v1::Contract first = Registered("同名合同");
  const v1::Contract second = Accepted("同名 合同");
  const auto refused = Do<v1::RegisterContractRequest>(second.name());
  EXPECT_EQ(ReasonOf(refused.status()), "SUSPECTED_DUPLICATE");
  EXPECT_THAT(refused.status().message(), HasSubstr(first.name()));
  v1::FindDuplicatesRequest find;
  find.set_name(second.name());
  const auto found = Ask<v1::FindDuplicatesResponse>(find).value();
  ASSERT_EQ(found.candidates_size(), 1);
  EXPECT_EQ(found.candidates(0).contract().name(), first.name());
  EXPECT_EQ(found.candidates(0).likeness(), v1::DuplicateCandidate::LIKENESS_TWIN);
  v1::RegisterContractRequest confirmed;
  confirmed.set_name(second.name());
  confirmed.set_confirm_distinct(true);
  confirmed.set_reason("二期合同");
  EXPECT_EQ(Ask<v1::Contract>(confirmed)->registration_number(), "2022640105000002");
}

TEST_F(ContractServiceTest, NumbersHaveNoGapUnderSixtyFourCallers) {
  constexpr int kCallers = 64;
  constexpr int kEach = 3;
  std::vector<std::string> names;
  for (int i = 0; i < kCallers * kEach; ++i) names.push_back(Accepted(absl::StrCat("并发合同", i)).name());
  std::vector<std::string> numbers(names.size());
  std::atomic<size_t> next = 0;
  std::vector<std::thread> callers;
  for (int i = 0; i < kCallers; ++i) {
    callers.emplace_back([&] {
      for (size_t mine = next++; mine < names.size(); mine = next++) {
        const auto registered = Do<v1::RegisterContractRequest>(names[mine]);
        if (registered.ok()) numbers[mine] = registered->registration_number();
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
  std::sort(numbers.begin(), numbers.end());
  for (size_t i = 0; i < numbers.size(); ++i) EXPECT_EQ(numbers[i], absl::StrFormat("2022640105%06d", i + 1));
  EXPECT_EQ(Totals().sum().count(), kCallers * kEach);
}

TEST_F(ContractServiceTest, ImportsHistoryAsFactAndOnlyOnce) {
  v1::Contract full = CompleteDraft();
  full.set_registration_number("2022640105000007");
  *full.mutable_registration_date() = DayOf(2022, 5, 6).ToProto();
  v1::Contract unnumbered = LeastRow();
  unnumbered.clear_registration_number();
  v1::Contract malformed = LeastRow();
  malformed.set_registration_number("2022-64");
  const std::vector<v1::Contract> rows = {LeastRow(), full, unnumbered, malformed};

  for (const RowOutcome& outcome : Import(rows, "trial", true)) EXPECT_NE(outcome.kind(), RowOutcome::KIND_CHANGED);
  EXPECT_EQ(JournalLength(), 0);
  std::vector<RowOutcome> outcomes = Import(rows, "import-1");
  ASSERT_EQ(outcomes.size(), 4u);
  EXPECT_EQ(outcomes[0].kind(), RowOutcome::KIND_INSERTED);
  EXPECT_EQ(outcomes[0].name(), "contracts/2022640105000001");
  EXPECT_EQ(outcomes[1].kind(), RowOutcome::KIND_INSERTED);
  EXPECT_EQ(outcomes[2].kind(), RowOutcome::KIND_REJECTED);
  EXPECT_THAT(outcomes[2].error().message(), HasSubstr("registration number"));
  EXPECT_EQ(outcomes[3].kind(), RowOutcome::KIND_REJECTED);
  EXPECT_EQ(Get("contracts/2022640105000007")->state(), v1::CONTRACT_STATE_REGISTERED);
  EXPECT_EQ(Totals().sum().count(), 2);
  EXPECT_EQ(Totals().sum().technical_amount_fen(), 40'000'000);

  const int64_t length = JournalLength();
  for (const char* const import_id : {"import-1", "import-2"}) {
    outcomes = Import(rows, import_id);
    EXPECT_EQ(outcomes[0].kind(), RowOutcome::KIND_UNCHANGED) << import_id;
    EXPECT_EQ(outcomes[1].kind(), RowOutcome::KIND_UNCHANGED) << import_id;
  }
  EXPECT_EQ(JournalLength(), length);
  // The next number follows the imported ones.
  EXPECT_EQ(Registered("新合同").registration_number(), "2022640105000008");
}

TEST_F(ContractServiceTest, ImportMeetsAContractRegisteredHereByItsNumber) {
  const v1::Contract registered = Registered("本地登记");
  v1::Contract row;
  row.set_registration_number(registered.registration_number());
  row.set_technical_amount_fen(1'000'000);
  const std::vector<RowOutcome> outcomes = Import({row}, "correction");
  ASSERT_EQ(outcomes.size(), 1u);
  EXPECT_EQ(outcomes[0].kind(), RowOutcome::KIND_CHANGED);
  EXPECT_EQ(outcomes[0].name(), registered.name());
  EXPECT_EQ(Get(registered.name())->technical_amount_fen(), 1'000'000);
}

TEST_F(ContractServiceTest, ImportClearsWhatTheRowSaysToClear) {
  v1::Contract full = LeastRow();
  full.mutable_buyer()->set_division_code("640104");
  full.set_technical_amount_fen(1'000'000);
  Import({full}, "one");
  v1::Contract row;
  row.set_registration_number(full.registration_number());
  std::vector<RowOutcome> outcomes = Import({row}, "sparse");
  EXPECT_EQ(outcomes[0].kind(), RowOutcome::KIND_UNCHANGED) << "what is absent or empty stays";
  for (const bool validate_only : {true, false}) {
    outcomes = Import({row}, "clearing", validate_only, {"buyer.division_code", "technical_amount_fen"});
    ASSERT_EQ(outcomes[0].kind(), RowOutcome::KIND_CHANGED) << outcomes[0].DebugString();
    ASSERT_EQ(outcomes[0].changes_size(), 2);
    EXPECT_EQ(outcomes[0].changes(0).field(), "buyer.division_code");
    EXPECT_EQ(outcomes[0].changes(0).before(), "\"640104\"");
    EXPECT_EQ(outcomes[0].changes(0).after(), "");
  }
  const v1::Contract cleared = Get(outcomes[0].name()).value();
  EXPECT_EQ(cleared.buyer().division_code(), "");
  EXPECT_EQ(cleared.technical_amount_fen(), 0);
  EXPECT_EQ(cleared.buyer().party_name(), "示***") << "a party without a credit code may be a person";
  for (const char* const path : {"contract_name", "registration_date", "state", "nonsense", "registration_number"}) {
    outcomes = Import({row}, absl::StrCat("bad-", path), false, {path});
    EXPECT_EQ(outcomes[0].kind(), RowOutcome::KIND_REJECTED) << path;
  }
  EXPECT_EQ(Get(outcomes[0].name().empty() ? cleared.name() : "")->revision(), cleared.revision());
}

TEST_F(ContractServiceTest, RevertsAnImportAndItsTotals) {
  Import({LeastRow()}, "one");
  v1::Contract changed = LeastRow();
  changed.set_total_amount_fen(40'000'000);
  v1::Contract other = LeastRow();
  other.set_registration_number("2022640105000002");
  v1::Contract income = LeastRow();
  income.set_registration_number("2022640105000003");
  Import({changed, other, income}, "two");
  EXPECT_EQ(Totals().sum().count(), 3);
  v1::CancelContractRequest cancel;
  cancel.set_name("contracts/2022640105000003");
  *cancel.mutable_cancel_date() = DayOf(2022, 10, 15).ToProto();
  const auto cancelled = Ask<v1::Contract>(cancel);
  ASSERT_TRUE(cancelled.ok()) << cancelled.status();

  ledger::v1::RevertImportRequest request;
  request.set_name("imports/two");
  request.set_reason("文件选错了");
  const auto reverted = served_.Ask<v1::ContractJournal, ledger::v1::RevertImportResponse>(request);
  ASSERT_TRUE(reverted.ok()) << reverted.status();
  EXPECT_EQ(reverted->import().restored_count(), 1);
  EXPECT_EQ(reverted->import().removed_count(), 1);
  ASSERT_EQ(reverted->kept_size(), 1);
  EXPECT_EQ(reverted->kept(0).record(), "contracts/2022640105000003");
  EXPECT_EQ(Get("contracts/2022640105000001")->total_amount_fen(), 30'000'000);
  EXPECT_EQ(ReasonOf(Get("contracts/2022640105000002").status()), "RECORD_NOT_FOUND");
  EXPECT_EQ(Import({other}, "three")[0].kind(), RowOutcome::KIND_INSERTED);
}

TEST_F(ContractServiceTest, ExportsWhatItHolds) {
  Import({LeastRow()}, "one");
  Create(CompleteDraft()).value();
  grpc::ClientContext context;
  context.AddMetadata("authorization", ServedRegister::authorization());
  v1::ExportContractsRequest request;
  request.set_filter("state = REGISTERED");
  const auto stub = v1::ContractService::NewStub(served_.channel());
  const auto stream = stub->ExportContracts(&context, request);
  v1::ExportContractsResponse response;
  std::vector<v1::Contract> contracts;
  while (stream->Read(&response)) {
    EXPECT_EQ(response.sequence(), 2);
    contracts.insert(contracts.end(), response.contracts().begin(), response.contracts().end());
  }
  EXPECT_TRUE(stream->Finish().ok());
  ASSERT_EQ(contracts.size(), 1u);
  EXPECT_EQ(contracts[0].SerializeAsString(), Get("contracts/2022640105000001")->SerializeAsString());
}

TEST_F(ContractServiceTest, ListsByIndexedFields) {
  Import({LeastRow()}, "one");
  const v1::Contract draft = Create(CompleteDraft()).value();
  v1::ListContractsRequest request;
  request.set_filter("state = REGISTERED AND registration_number = \"2022640105000001\"");
  const auto page = Ask<v1::ListContractsResponse>(request);
  ASSERT_TRUE(page.ok()) << page.status();
  ASSERT_EQ(page->contracts_size(), 1);
  EXPECT_EQ(page->contracts(0).name(), "contracts/2022640105000001");
  request.set_filter("seller.credit_code = \"11640103010094039Q\"");
  EXPECT_EQ(Ask<v1::ListContractsResponse>(request)->contracts(0).name(), draft.name());
  request.set_filter("remark = \"x\"");
  EXPECT_EQ(ReasonOf(Ask<v1::ListContractsResponse>(request).status()), "LIST_ARGUMENT");
  v1::BatchGetContractsRequest batch;
  batch.add_names(draft.name());
  batch.add_names("contracts/2022640105000001");
  EXPECT_EQ(Ask<v1::BatchGetContractsResponse>(batch)->contracts(1).contract_name(), "节水灌溉技术服务");
}

TEST_F(ContractServiceTest, NamesAFieldChangedPastTheEngine) {
  Import({LeastRow()}, "one");
  served_.Tamper("UPDATE contract SET total_amount_fen = 1 WHERE registration_number = '2022640105000001'");
  EXPECT_THAT(served_.Findings(), ::testing::Contains(HasSubstr("total_amount_fen")));
  served_.Tamper("UPDATE contract SET total_amount_fen = 30000000 WHERE registration_number = '2022640105000001'");
}

}  // namespace
}  // namespace kechuang::contract
