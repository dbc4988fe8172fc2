#include "common/register/journal_search.h"

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"

#include "common/base/error.h"
#include "common/base/status_macros.h"
#include "common/register/looks.h"
#include "common/register/paging.h"
#include "common/register/revision.h"
#include "kechuang/api/v1/reasons.pb.h"

namespace kechuang {
namespace {

using ledger::v1::SearchJournalRequest;
using ledger::v1::SearchJournalResponse;

absl::Time TimeOf(const google::protobuf::Timestamp& stamp) {
  return absl::FromUnixSeconds(stamp.seconds()) + absl::Nanoseconds(stamp.nanos());
}

absl::StatusOr<ledger::JournalSearch> ReadSearch(const SearchJournalRequest& request) {
  ledger::JournalSearch search;
  search.actor = request.actor();
  search.method = request.method();
  search.record = request.record();
  if (request.has_since()) search.since = TimeOf(request.since());
  if (request.has_until()) search.until = TimeOf(request.until());
  search.limit = PageSizeOf(request.page_size());
  ASSIGN_OR_RETURN(search.below, NumberOfToken(request.page_token()));
  return search;
}

}  // namespace

absl::StatusOr<SearchJournalResponse> SearchJournal(ledger::Register& ledger, const rpc::Call& call,
                                                    const SearchJournalRequest& request) {
  ASSIGN_OR_RETURN(const ledger::JournalSearch search, ReadSearch(request));
  if (!search.record.empty()) RETURN_IF_ERROR(CheckRecordName(ledger, search.record));
  RETURN_IF_ERROR(NoteLookAt(ledger, call, search.record));
  ASSIGN_OR_RETURN(const ledger::JournalFound found, ledger.SearchJournal(call.deadline, search));
  SearchJournalResponse response;
  for (const ledger::Change& change : found.changes) {
    ASSIGN_OR_RETURN(*response.add_revisions(), ToRevision(ledger, call, change.entry, change.before));
  }
  if (found.below > 0) response.set_next_page_token(absl::StrCat(found.below));
  return response;
}

}  // namespace kechuang
