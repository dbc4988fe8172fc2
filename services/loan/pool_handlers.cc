#include <utility>

#include "absl/strings/str_cat.h"

#include "common/base/status_macros.h"
#include "common/domain/resource_name.h"
#include "common/register/update_mask.h"
#include "services/loan/handlers.h"
#include "services/loan/pool_rules.h"
#include "services/loan/totals.h"

namespace kechuang::loan {
namespace {

absl::StatusOr<Change<v1::Pool>> CreatePool(LoanDesk&, const rpc::Call&, const v1::CreatePoolRequest& request) {
  RETURN_IF_ERROR(CheckId("pool_id", request.pool_id()));
  v1::Pool pool = request.pool();
  ClearOutputOnly(pool);
  pool.set_name(absl::StrCat("pools/", request.pool_id()));
  Change<v1::Pool> change;
  change.new_names = {pool.name()};
  change.keys = KeysOf(pool);
  change.decide = [pool](ledger::Draft& draft) -> absl::StatusOr<v1::Pool> {
    ASSIGN_OR_RETURN(const v1::Pool checked, CheckPool(pool, Today(draft)));
    RETURN_IF_ERROR(CheckNameFree(draft, PoolNameKey(pool.pool_name()), pool.pool_name(), pool.name()));
    return draft.Create(checked);
  };
  return change;
}

absl::StatusOr<Change<v1::Pool>> UpdatePool(LoanDesk&, const rpc::Call&, const v1::UpdatePoolRequest& request) {
  Change<v1::Pool> change;
  change.names = {request.pool().name()};
  change.keys = KeysOf(request.pool());
  change.decide = [request](ledger::Draft& draft) -> absl::StatusOr<v1::Pool> {
    ASSIGN_OR_RETURN(v1::Pool pool, draft.Get<v1::Pool>(request.pool().name(), request.etag()));
    RETURN_IF_ERROR(ApplyMask(pool, request.pool(), request.update_mask(), "pool"));
    ASSIGN_OR_RETURN(pool, CheckPool(std::move(pool), Today(draft)));
    RETURN_IF_ERROR(CheckNameFree(draft, PoolNameKey(pool.pool_name()), pool.pool_name(), pool.name()));
    return draft.Put(pool);
  };
  return change;
}

// The movement that a request speaks of, with a new posting's name.
template <class Request>
absl::StatusOr<Movement> MovementOf(const Request& request) {
  Movement movement;
  movement.name = absl::StrCat(request.pool(), "/postings/", NewId());
  movement.pool = request.pool();
  movement.amount_fen = request.amount_fen();
  ASSIGN_OR_RETURN(movement.day, Day::FromProto(request.posting_date()));
  if constexpr (requires { request.contributor(); }) movement.contributor = request.contributor();
  movement.cause = request.cause();
  return movement;
}

absl::StatusOr<Change<v1::Posting>> ContributeToPool(LoanDesk&, const rpc::Call&,
                                                     const v1::ContributeToPoolRequest& request) {
  ASSIGN_OR_RETURN(const Movement movement, MovementOf(request));
  Change<v1::Posting> change;
  change.names = {movement.pool};
  change.new_names = {movement.name};
  change.decide = [movement](ledger::Draft& draft) -> absl::StatusOr<v1::Posting> {
    RETURN_IF_ERROR(draft.Get<v1::Pool>(movement.pool).status());
    ASSIGN_OR_RETURN(const v1::Posting posting, Contribute(movement, Today(draft)));
    return draft.Create(posting);
  };
  return change;
}

absl::StatusOr<Change<v1::Posting>> RecordPoolInterest(LoanDesk&, const rpc::Call&,
                                                       const v1::RecordPoolInterestRequest& request) {
  ASSIGN_OR_RETURN(const Movement movement, MovementOf(request));
  Change<v1::Posting> change;
  change.names = {movement.pool};
  change.new_names = {movement.name};
  change.decide = [movement](ledger::Draft& draft) -> absl::StatusOr<v1::Posting> {
    RETURN_IF_ERROR(draft.Get<v1::Pool>(movement.pool).status());
    ASSIGN_OR_RETURN(const v1::Posting posting, RecordInterest(movement, Today(draft)));
    return draft.Create(posting);
  };
  return change;
}

absl::StatusOr<Change<v1::Posting>> RefundFromPool(LoanDesk&, const rpc::Call&,
                                                   const v1::RefundFromPoolRequest& request) {
  ASSIGN_OR_RETURN(const Movement movement, MovementOf(request));
  Change<v1::Posting> change;
  change.names = {movement.pool};
  change.new_names = {movement.name};
  change.decide = [movement](ledger::Draft& draft) -> absl::StatusOr<v1::Posting> {
    RETURN_IF_ERROR(draft.Get<v1::Pool>(movement.pool).status());
    ASSIGN_OR_RETURN(const ledger::Amounts balance, draft.Total(PoolBalanceCell(movement.pool)));
    ASSIGN_OR_RETURN(const v1::Posting posting, Refund(movement, balance.amount_fen, Today(draft)));
    return draft.Create(posting);
  };
  return change;
}

absl::StatusOr<Change<v1::Posting>> ReversePosting(LoanDesk&, const rpc::Call&,
                                                   const v1::ReversePostingRequest& request) {
  ASSIGN_OR_RETURN(const Day day, Day::FromProto(request.posting_date()));
  Change<v1::Posting> change;
  change.names = {request.name()};
  change.decide = [request, day](ledger::Draft& draft) -> absl::StatusOr<v1::Posting> {
    ASSIGN_OR_RETURN(const v1::Posting posting, draft.Get<v1::Posting>(request.name()));
    ASSIGN_OR_RETURN(const std::optional<v1::Posting> earlier, draft.Find<v1::Posting>(ReversalName(posting)));
    if (earlier.has_value()) return PostingReversed(posting);
    ASSIGN_OR_RETURN(const ledger::Amounts balance, draft.Total(PoolBalanceCell(RootOf(posting.name()))));
    ASSIGN_OR_RETURN(const v1::Posting reversal,
                     Reverse(posting, request.cause(), balance.amount_fen, day, Today(draft)));
    return draft.Create(reversal);
  };
  return change;
}

}  // namespace

void AddPoolHandlers(RegisterService<LoanDesk>& service) {
  service.OnGet<v1::GetPoolRequest, v1::Pool>()
      .OnList<v1::ListPoolsRequest, v1::ListPoolsResponse>()
      .OnChange(&CreatePool)
      .OnChange(&UpdatePool)
      .OnChange(&ContributeToPool)
      .OnChange(&RefundFromPool)
      .OnChange(&RecordPoolInterest)
      .OnChange(&ReversePosting)
      .OnList<v1::ListPostingsRequest, v1::ListPostingsResponse>();
}

}  // namespace kechuang::loan
