#include "services/contract/service.h"

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "common/base/status_macros.h"
#include "common/domain/day.h"
#include "common/domain/hands.h"
#include "common/register/clear_mask.h"
#include "common/register/looks.h"
#include "common/register/update_mask.h"
#include "kechuang/contract/v1/contract_service.pb.h"
#include "services/contract/import_rules.h"
#include "services/contract/keys.h"
#include "services/contract/schema.h"
#include "services/contract/totals.h"

namespace kechuang::contract {
namespace {

using ContractChange = absl::StatusOr<Change<v1::Contract>>;
using Step = std::function<absl::StatusOr<v1::Contract>(const v1::Contract& held, Day today)>;

constexpr int kDuplicatesMax = 100;

// One step of one contract: reads it under the caller's etag, looks whose hand it is, lets the rule decide, stores what
// came out.
Change<v1::Contract> ChangeOf(const std::string& name, const std::string& etag, Hand hand, Step step) {
  Change<v1::Contract> change;
  change.names = {name};
  change.decide = [name, etag, hand, step = std::move(step)](ledger::Draft& draft) -> absl::StatusOr<v1::Contract> {
    ASSIGN_OR_RETURN(const v1::Contract held, draft.Get<v1::Contract>(name, etag));
    ASSIGN_OR_RETURN(const v1::Contract next,
                     ByHand(hand, draft.author().actor, held, [&] { return step(held, Day::FromTime(draft.now())); }));
    return draft.Put(next);
  };
  return change;
}

ContractChange CreateContract(ContractDependencies& dependencies, const rpc::Call&,
                              const v1::CreateContractRequest& request) {
  ASSIGN_OR_RETURN(std::string name, rules::NewName(request.contract_id()));
  v1::Contract contract = request.contract();
  ClearOutputOnly(contract);
  ASSIGN_OR_RETURN(contract, rules::Create(std::move(contract), dependencies.policy));
  contract.set_name(name);
  Change<v1::Contract> change;
  change.new_names = {std::move(name)};
  change.decide = [contract = std::move(contract)](ledger::Draft& draft) {
    v1::Contract made = contract;
    NoteHand(Hand::kMaking, draft.author().actor, *made.mutable_makers(), *made.mutable_checkers());
    return draft.Create(std::move(made));
  };
  return change;
}

ContractChange UpdateContract(ContractDependencies&, const rpc::Call&, const v1::UpdateContractRequest& request) {
  return ChangeOf(request.contract().name(), request.etag(), Hand::kMaking,
                  [request](const v1::Contract& held, Day) -> absl::StatusOr<v1::Contract> {
                    v1::Contract edited = held;
                    RETURN_IF_ERROR(ApplyMask(edited, request.contract(), request.update_mask(), "contract"));
                    return rules::Edit(held, std::move(edited));
                  });
}

ContractChange SubmitContract(ContractDependencies&, const rpc::Call&, const v1::SubmitContractRequest& request) {
  return ChangeOf(request.name(), request.etag(), Hand::kMaking,
                  [](const v1::Contract& held, Day today) { return rules::Submit(held, today); });
}

ContractChange AcceptContract(ContractDependencies& dependencies, const rpc::Call&,
                              const v1::AcceptContractRequest& request) {
  return ChangeOf(request.name(), request.etag(), Hand::kChecking,
                  [policy = dependencies.policy](const v1::Contract& held, Day today) {
                    return rules::Accept(held, policy, today);
                  });
}

ContractChange RefuseContract(ContractDependencies&, const rpc::Call&, const v1::RefuseContractRequest& request) {
  return ChangeOf(request.name(), request.etag(), Hand::kChecking,
                  [request](const v1::Contract& held, Day today) { return rules::Refuse(held, request, today); });
}

ContractChange RequestSupplement(ContractDependencies&, const rpc::Call&, const v1::RequestSupplementRequest& request) {
  return ChangeOf(request.name(), request.etag(), Hand::kChecking, [request](const v1::Contract& held, Day today) {
    return rules::RequestSupplement(held, request, today);
  });
}

ContractChange SupplementContract(ContractDependencies&, const rpc::Call&,
                                  const v1::SupplementContractRequest& request) {
  return ChangeOf(request.name(), request.etag(), Hand::kMaking,
                  [](const v1::Contract& held, Day today) { return rules::Supplement(held, today); });
}

ContractChange TimeoutSupplement(ContractDependencies&, const rpc::Call&, const v1::TimeoutSupplementRequest& request) {
  return ChangeOf(request.name(), request.etag(), Hand::kNobodys,
                  [](const v1::Contract& held, Day today) { return rules::TimeoutSupplement(held, today); });
}

ContractChange SendToExpertReview(ContractDependencies&, const rpc::Call&,
                                  const v1::SendToExpertReviewRequest& request) {
  return ChangeOf(request.name(), request.etag(), Hand::kChecking,
                  [](const v1::Contract& held, Day) { return rules::SendToExpertReview(held); });
}

// The name of another contract with a number that looks the same; empty if there is none.
absl::StatusOr<std::string> NumberedLookAlike(ledger::Draft& draft, const v1::Contract& contract) {
  for (const std::string& key : {TwinKey(contract), AlikeKey(contract)}) {
    if (key.empty()) continue;
    ASSIGN_OR_RETURN(const std::vector<std::string> names, draft.FindByKey(key));
    for (const std::string& name : names) {
      if (name == contract.name()) continue;
      ASSIGN_OR_RETURN(const v1::Contract other, draft.Get<v1::Contract>(name));
      if (!other.registration_number().empty()) return name;
    }
  }
  return std::string();
}

ContractChange RegisterContract(ContractDependencies& dependencies, const rpc::Call&,
                                const v1::RegisterContractRequest& request) {
  Change<v1::Contract> change;
  change.names = {request.name()};
  change.decide = [request, policy = dependencies.policy](ledger::Draft& draft) -> absl::StatusOr<v1::Contract> {
    const Day today = Day::FromTime(draft.now());
    ASSIGN_OR_RETURN(const v1::Contract held, draft.Get<v1::Contract>(request.name(), request.etag()));
    ASSIGN_OR_RETURN(const v1::Contract reviewed, rules::Review(held, request, policy));
    ASSIGN_OR_RETURN(const std::string look_alike, NumberedLookAlike(draft, reviewed));
    const std::string& registry = reviewed.registry_division_code();
    ASSIGN_OR_RETURN(const std::string greatest, draft.MaxKey(NumberPrefix(today.Year(), registry)));
    ASSIGN_OR_RETURN(const std::string number, rules::NextNumber(today.Year(), registry, greatest));
    ASSIGN_OR_RETURN(const v1::Contract registered, ByHand(Hand::kDeciding, draft.author().actor, held, [&] {
                       return rules::Register(reviewed, request, number, look_alike, today);
                     }));
    return draft.Put(registered);
  };
  return change;
}

ContractChange NotRegisterContract(ContractDependencies&, const rpc::Call&,
                                   const v1::NotRegisterContractRequest& request) {
  return ChangeOf(request.name(), request.etag(), Hand::kDeciding,
                  [request](const v1::Contract& held, Day today) { return rules::NotRegister(held, request, today); });
}

ContractChange ObjectContract(ContractDependencies& dependencies, const rpc::Call&,
                              const v1::ObjectContractRequest& request) {
  return ChangeOf(request.name(), request.etag(), Hand::kMaking,
                  [request, policy = dependencies.policy](const v1::Contract& held, Day today) {
                    return rules::Object(held, request, policy, today);
                  });
}

ContractChange AmendContract(ContractDependencies& dependencies, const rpc::Call&,
                             const v1::AmendContractRequest& request) {
  return ChangeOf(
      request.contract().name(), request.etag(), Hand::kNobodys,
      [request, policy = dependencies.policy](const v1::Contract& held, Day today) -> absl::StatusOr<v1::Contract> {
        v1::Contract amended = held;
        RETURN_IF_ERROR(ApplyMask(amended, request.contract(), request.update_mask(), "contract"));
        return rules::Amend(held, std::move(amended), request, policy, today);
      });
}

ContractChange CancelContract(ContractDependencies& dependencies, const rpc::Call&,
                              const v1::CancelContractRequest& request) {
  return ChangeOf(request.name(), request.etag(), Hand::kNobodys,
                  [request, policy = dependencies.policy](const v1::Contract& held, Day today) {
                    return rules::Cancel(held, request, policy, today);
                  });
}

ContractChange RevokeContract(ContractDependencies& dependencies, const rpc::Call&,
                              const v1::RevokeContractRequest& request) {
  return ChangeOf(request.name(), request.etag(), Hand::kNobodys,
                  [request, policy = dependencies.policy](const v1::Contract& held, Day today) {
                    return rules::Revoke(held, request, policy, today);
                  });
}

ContractChange RecordIncome(ContractDependencies&, const rpc::Call&, const v1::RecordIncomeRequest& request) {
  return ChangeOf(request.name(), request.etag(), Hand::kNobodys,
                  [request](const v1::Contract& held, Day today) { return rules::RecordIncome(held, request, today); });
}

absl::StatusOr<v1::FindDuplicatesResponse> FindDuplicates(ContractDependencies& dependencies, const rpc::Call& call,
                                                          const v1::FindDuplicatesRequest& request) {
  ledger::Register& ledger = dependencies.ledger;
  ASSIGN_OR_RETURN(const v1::Contract contract, ledger.Read<v1::Contract>(call.deadline, request.name()));
  v1::FindDuplicatesResponse response;
  std::set<std::string> seen = {contract.name()};
  const std::pair<std::string, v1::DuplicateCandidate::Likeness> keys[] = {
      {TwinKey(contract), v1::DuplicateCandidate::LIKENESS_TWIN},
      {AlikeKey(contract), v1::DuplicateCandidate::LIKENESS_ALIKE}};
  for (const auto& [key, likeness] : keys) {
    if (key.empty()) continue;
    // One more than the limit, because the contract itself may be among them.
    ASSIGN_OR_RETURN(const std::vector<std::string> found,
                     ledger.FindByKeyPrefix(call.deadline, key, kDuplicatesMax + 1));
    std::vector<std::string> others;
    for (const std::string& name : found) {
      if (seen.insert(name).second && others.size() < kDuplicatesMax) others.push_back(name);
    }
    ASSIGN_OR_RETURN(const std::vector<v1::Contract> contracts, ledger.BatchRead<v1::Contract>(call.deadline, others));
    for (const v1::Contract& other : contracts) {
      v1::DuplicateCandidate& candidate = *response.add_candidates();
      *candidate.mutable_contract() = other;
      candidate.set_likeness(likeness);
    }
  }
  return response;
}

// Stores what a row states, as a new contract or in the one that has its number.
absl::StatusOr<ledger::v1::RowOutcome> DecideRow(ledger::Draft& draft, const v1::Contract& row,
                                                 const google::protobuf::FieldMask& clear_mask, const Policy& policy) {
  const Day today = Day::FromTime(draft.now());
  ledger::v1::RowOutcome outcome;
  ASSIGN_OR_RETURN(const std::vector<std::string> names, draft.FindByKey(NumberKey(row.registration_number())));
  if (names.empty()) {
    ASSIGN_OR_RETURN(const v1::Contract contract, rules::ImportNew(row, policy, today));
    ASSIGN_OR_RETURN(const v1::Contract stored, draft.Create(contract));
    outcome.set_kind(ledger::v1::RowOutcome::KIND_INSERTED);
    outcome.set_name(stored.name());
    return outcome;
  }
  ASSIGN_OR_RETURN(const v1::Contract held, draft.Get<v1::Contract>(names.front()));
  v1::Contract cleared = held;
  ClearFields(clear_mask, cleared);
  ASSIGN_OR_RETURN(const v1::Contract merged, rules::ImportAgain(held, cleared, row, policy, today));
  ASSIGN_OR_RETURN(const v1::Contract stored, draft.Put(merged));
  outcome.set_kind(stored.revision() == held.revision() ? ledger::v1::RowOutcome::KIND_UNCHANGED
                                                        : ledger::v1::RowOutcome::KIND_CHANGED);
  outcome.set_name(stored.name());
  return outcome;
}

absl::StatusOr<Change<ledger::v1::RowOutcome>> ImportContract(ContractDependencies& dependencies, const rpc::Call&,
                                                              const ledger::v1::ImportSource&,
                                                              const v1::ImportContractRow& row) {
  v1::Contract contract = row.contract();
  ClearOutputOnly(contract);
  RETURN_IF_ERROR(rules::CheckRowNumber(contract));
  RETURN_IF_ERROR(CheckClearMask(contract, row.clear_mask(), "contract"));
  Change<ledger::v1::RowOutcome> change;
  change.new_names = {"contracts/" + contract.registration_number()};
  change.keys = {NumberKey(contract.registration_number())};
  change.decide = [contract, clear_mask = row.clear_mask(), policy = dependencies.policy](ledger::Draft& draft) {
    return DecideRow(draft, contract, clear_mask, policy);
  };
  return change;
}

}  // namespace

std::vector<ledger::Kind> ContractKinds() {
  return {ledger::MakeKind<v1::Contract>(&ContractContribution, &ContractKeys), LookKind()};
}

ContractService::ContractService(ledger::Register& ledger, Policy policy)
    : dependencies_{ledger, std::move(policy)}, service_("kechuang.contract.v1.ContractService", dependencies_) {
  service_.OnGet<v1::GetContractRequest, v1::Contract>()
      .OnList<v1::ListContractsRequest, v1::ListContractsResponse>()
      .OnBatchGet<v1::BatchGetContractsRequest, v1::BatchGetContractsResponse>()
      .OnChange(&CreateContract)
      .OnChange(&UpdateContract)
      .OnChange(&SubmitContract)
      .OnChange(&AcceptContract)
      .OnChange(&RefuseContract)
      .OnChange(&RequestSupplement)
      .OnChange(&SupplementContract)
      .OnChange(&TimeoutSupplement)
      .OnChange(&SendToExpertReview)
      .OnChange(&RegisterContract)
      .OnChange(&NotRegisterContract)
      .OnChange(&ObjectContract)
      .OnChange(&AmendContract)
      .OnChange(&CancelContract)
      .OnChange(&RevokeContract)
      .OnChange(&RecordIncome)
      .OnImport<v1::ImportContractsRequest, v1::ImportContractsResponse, v1::ImportContractRow>(&ImportContract)
      .OnExport<v1::ExportContractsRequest, v1::ExportContractsResponse>()
      .OnTotals(&PlanTotals, &FoldTotals)
      .On(&FindDuplicates);
}

RegisterProgram ContractProgram(std::unique_ptr<ContractService>& service, std::function<Policy()> policy) {
  RegisterProgram program;
  program.area = "contract";
  program.journal_service = "kechuang.contract.v1.ContractJournal";
  program.migrations = ContractMigrations();
  program.versions = {5, 5};
  program.kinds = ContractKinds();
  program.make_services = [&service, policy = std::move(policy)](ledger::Register& ledger, rpc::Channels&) {
    service = std::make_unique<ContractService>(ledger, policy());
    return std::vector<rpc::MethodTable*>{&service->methods()};
  };
  return program;
}

}  // namespace kechuang::contract
