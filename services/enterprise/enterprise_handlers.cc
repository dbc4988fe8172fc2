#include <functional>
#include <optional>
#include <utility>

#include "common/base/status_macros.h"
#include "common/domain/credit_code.h"
#include "common/domain/resource_name.h"
#include "common/register/update_mask.h"
#include "services/enterprise/handlers.h"
#include "services/enterprise/rules.h"

namespace kechuang::enterprise {
namespace {

// The change of the one enterprise that a request names, by a rule.
template <class Request>
Change<v1::Enterprise> ChangeEnterprise(
    const Request& request, std::function<absl::StatusOr<v1::Enterprise>(v1::Enterprise, ledger::Draft&)> rule) {
  return {{request.name()},
          [name = request.name(), etag = request.etag(),
           rule = std::move(rule)](ledger::Draft& draft) -> absl::StatusOr<v1::Enterprise> {
            ASSIGN_OR_RETURN(v1::Enterprise held, draft.Get<v1::Enterprise>(name, etag));
            ASSIGN_OR_RETURN(const v1::Enterprise changed, rule(std::move(held), draft));
            return draft.Put(changed);
          }};
}

}  // namespace

absl::StatusOr<Change<v1::Enterprise>> CreateEnterprise(EnterpriseDependencies&, const rpc::Call&,
                                                        const v1::CreateEnterpriseRequest& request) {
  v1::Enterprise asked = request.enterprise();
  ClearOutputOnly(asked);
  const std::string name = EnterpriseNameOf(NormaliseCode(asked.credit_code()));
  Change<v1::Enterprise> change;
  change.new_names = {name};
  change.decide = [asked, id = request.enterprise_id()](ledger::Draft& draft) -> absl::StatusOr<v1::Enterprise> {
    ASSIGN_OR_RETURN(const v1::Enterprise made, Register(asked, id, Today(draft)));
    return draft.Create(made);
  };
  return change;
}

absl::StatusOr<Change<v1::Enterprise>> UpdateEnterprise(EnterpriseDependencies&, const rpc::Call&,
                                                        const v1::UpdateEnterpriseRequest& request) {
  std::optional<Day> renamed;
  if (request.has_name_change_date()) {
    ASSIGN_OR_RETURN(renamed, Day::FromProto(request.name_change_date()));
  }
  return Change<v1::Enterprise>{
      {request.enterprise().name()}, [request, renamed](ledger::Draft& draft) -> absl::StatusOr<v1::Enterprise> {
        const v1::Enterprise& update = request.enterprise();
        ASSIGN_OR_RETURN(const v1::Enterprise held, draft.Get<v1::Enterprise>(update.name(), update.etag()));
        v1::Enterprise changed = held;
        RETURN_IF_ERROR(ApplyMask(changed, update, request.update_mask(), "enterprise"));
        const Day today = Today(draft);
        ASSIGN_OR_RETURN(changed, Revise(held, std::move(changed), renamed.value_or(today), today));
        return draft.Put(changed);
      }};
}

absl::StatusOr<Change<v1::Enterprise>> DeleteEnterprise(EnterpriseDependencies&, const rpc::Call&,
                                                        const v1::DeleteEnterpriseRequest& request) {
  return ChangeEnterprise(
      request, [](v1::Enterprise held, ledger::Draft& draft) { return Delete(std::move(held), draft.now()); });
}

absl::StatusOr<Change<v1::Enterprise>> UndeleteEnterprise(EnterpriseDependencies&, const rpc::Call&,
                                                          const v1::UndeleteEnterpriseRequest& request) {
  return ChangeEnterprise(request, [](v1::Enterprise held, ledger::Draft&) { return Undelete(std::move(held)); });
}

absl::StatusOr<Change<v1::Enterprise>> MoveOutEnterprise(EnterpriseDependencies&, const rpc::Call&,
                                                         const v1::MoveOutEnterpriseRequest& request) {
  ASSIGN_OR_RETURN(const Day day, Day::FromProto(request.move_out_date()));
  return ChangeEnterprise(request, [day, note = request.status_note()](v1::Enterprise held, ledger::Draft& draft) {
    return MoveOut(std::move(held), day, note, Today(draft));
  });
}

absl::StatusOr<Change<v1::Enterprise>> DeregisterEnterprise(EnterpriseDependencies&, const rpc::Call&,
                                                            const v1::DeregisterEnterpriseRequest& request) {
  ASSIGN_OR_RETURN(const Day day, Day::FromProto(request.deregister_date()));
  return ChangeEnterprise(request, [day, status = request.status(), note = request.status_note()](
                                       v1::Enterprise held, ledger::Draft& draft) {
    return Deregister(std::move(held), status, day, note, Today(draft));
  });
}

absl::StatusOr<Change<v1::Enterprise>> ReinstateEnterprise(EnterpriseDependencies&, const rpc::Call&,
                                                           const v1::ReinstateEnterpriseRequest& request) {
  return ChangeEnterprise(request, [](v1::Enterprise held, ledger::Draft&) { return Reinstate(std::move(held)); });
}

absl::StatusOr<Change<v1::AnnualStatement>> PutAnnualStatement(EnterpriseDependencies&, const rpc::Call&,
                                                               const v1::PutAnnualStatementRequest& request) {
  v1::AnnualStatement asked = request.annual_statement();
  const std::string etag = std::exchange(*asked.mutable_etag(), "");
  ClearOutputOnly(asked);
  const std::string parent = ParentOf(asked.name());
  return Change<v1::AnnualStatement>{
      {parent, asked.name()}, [asked, etag, parent](ledger::Draft& draft) -> absl::StatusOr<v1::AnnualStatement> {
        ASSIGN_OR_RETURN(const v1::Enterprise enterprise, draft.Get<v1::Enterprise>(parent));
        if (!etag.empty()) RETURN_IF_ERROR(draft.Get<v1::AnnualStatement>(asked.name(), etag).status());
        ASSIGN_OR_RETURN(const v1::AnnualStatement statement, PutStatement(enterprise, asked, Today(draft)));
        return draft.Put(statement);
      }};
}

}  // namespace kechuang::enterprise
