#include "common/register/journal_service.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"

#include "common/base/error.h"
#include "common/base/status_macros.h"
#include "common/register/import_service.h"
#include "common/register/journal_search.h"
#include "common/register/looks.h"
#include "common/register/paging.h"
#include "common/register/revision.h"
#include "common/register/watch_stream.h"
#include "kechuang/api/v1/reasons.pb.h"
#include "kechuang/ledger/v1/journal.pb.h"

namespace kechuang {
namespace {

using ledger::JournalEntry;
using ledger::Register;
using rpc::Call;
namespace v1 = ledger::v1;

constexpr absl::Duration kVerifyTimeMax = absl::Hours(2);

// Where a change stands on the journal tells a caller who is bound to some rows how often the others were changed.
void HidePlace(const Call& call, v1::Revision& revision) {
  if (call.scope().empty()) return;
  revision.clear_sequence();
  revision.clear_hash();
}

absl::StatusOr<v1::ListRevisionsResponse> ListRevisions(Register& ledger, const Call& call,
                                                        const v1::ListRevisionsRequest& request) {
  const int page_size = PageSizeOf(request.page_size());
  ASSIGN_OR_RETURN(const int64_t before_revision, NumberOfToken(request.page_token()));
  RETURN_IF_ERROR(CheckRecordName(ledger, request.record()));
  ASSIGN_OR_RETURN(const std::vector<JournalEntry> entries,
                   ledger.History(call.deadline, request.record(), before_revision, page_size + 1, call.scope()));
  if (entries.empty() && before_revision == 0) {
    return Refuse(absl::StatusCode::kNotFound, api::v1::RECORD_NOT_FOUND)
        .About(request.record())
        .Says(absl::StrCat("there is no ", request.record()), absl::StrCat("没有 ", request.record(), " 这条记录"));
  }
  RETURN_IF_ERROR(NoteLookAt(ledger, call, request.record()));
  v1::ListRevisionsResponse response;
  const size_t shown = std::min(entries.size(), static_cast<size_t>(page_size));
  for (size_t i = 0; i < shown; ++i) {
    ASSIGN_OR_RETURN(*response.add_revisions(),
                     ToRevision(ledger, call, entries[i], i + 1 < entries.size() ? entries[i + 1].record : ""));
    HidePlace(call, *response.mutable_revisions(static_cast<int>(i)));
  }
  if (entries.size() > shown) response.set_next_page_token(absl::StrCat(entries[shown - 1].revision));
  return response;
}

absl::StatusOr<v1::Revision> ReadRecordAt(Register& ledger, const Call& call, const v1::ReadRecordAtRequest& request) {
  if (request.revision() == 0 && !request.has_read_time()) {
    Faults faults;
    faults.Add("revision", api::v1::FIELD_REQUIRED, "revision or read_time is required",
               "revision 和 read_time 须填其一");
    return faults.status();
  }
  RETURN_IF_ERROR(CheckRecordName(ledger, request.record()));
  const absl::Time time =
      absl::FromUnixSeconds(request.read_time().seconds()) + absl::Nanoseconds(request.read_time().nanos());
  ASSIGN_OR_RETURN(const JournalEntry entry,
                   request.revision() > 0
                       ? ledger.AtRevision(call.deadline, request.record(), request.revision(), call.scope())
                       : ledger.AtTime(call.deadline, request.record(), time, call.scope()));
  ASSIGN_OR_RETURN(const std::vector<JournalEntry> before,
                   ledger.History(call.deadline, request.record(), entry.revision, 1, call.scope()));
  RETURN_IF_ERROR(NoteLookAt(ledger, call, request.record()));
  ASSIGN_OR_RETURN(v1::Revision revision,
                   ToRevision(ledger, call, entry, before.empty() || entry.revision == 1 ? "" : before.front().record));
  HidePlace(call, revision);
  return revision;
}

absl::StatusOr<v1::JournalHead> GetJournalHead(Register& ledger, const Call& call, const v1::GetJournalHeadRequest&) {
  ASSIGN_OR_RETURN(const ledger::Head head, ledger.ReadHead(call.deadline));
  v1::JournalHead answer;
  answer.set_sequence(head.sequence);
  answer.set_hash(head.hash);
  return answer;
}

// Runs a verification, sending findings as they come and the counts at the end.
template <class Request, class Verification>
absl::Status Report(const Call& call, rpc::Stream<Request, v1::VerifyProgress>& stream, Verification verify) {
  Request request;
  stream.Read(request);
  const absl::Time deadline = std::min(call.deadline, absl::Now() + kVerifyTimeMax);
  ASSIGN_OR_RETURN(const ledger::VerifyCounts counts, verify(deadline, [&](const ledger::Finding& finding) {
                     v1::VerifyProgress progress;
                     progress.mutable_finding()->set_kind(finding.kind);
                     progress.mutable_finding()->set_subject(finding.subject);
                     progress.mutable_finding()->set_field(finding.field);
                     progress.mutable_finding()->set_expected(finding.expected);
                     progress.mutable_finding()->set_found(finding.found);
                     stream.Write(progress);
                   }));
  v1::VerifyProgress last;
  last.set_complete(true);
  last.set_records(counts.records);
  last.set_totals(counts.totals);
  last.set_keys(counts.keys);
  last.set_journal_entries(counts.journal_entries);
  stream.Write(last);
  return absl::OkStatus();
}

absl::Status VerifyRecords(Register& ledger, const Call& call,
                           rpc::Stream<v1::VerifyRecordsRequest, v1::VerifyProgress>& stream) {
  return Report(call, stream, [&](absl::Time deadline, absl::FunctionRef<void(const ledger::Finding&)> report) {
    return ledger.Verify(deadline, report);
  });
}

absl::Status VerifyJournal(Register& ledger, const Call& call,
                           rpc::Stream<v1::VerifyJournalRequest, v1::VerifyProgress>& stream) {
  return Report(call, stream, [&](absl::Time deadline, absl::FunctionRef<void(const ledger::Finding&)> report) {
    return ledger.VerifyJournal(deadline, report);
  });
}

}  // namespace

rpc::Service<Register> MakeJournalService(absl::string_view full_name, Register& ledger) {
  rpc::Service<Register> service(full_name, ledger);
  service.On(&ListRevisions).On(&ReadRecordAt).On(&GetJournalHead).OnStream(&VerifyRecords).OnStream(&VerifyJournal);
  service.OnStream(&Watch).On(&SearchJournal);
  const bool takes_imports = service.table().descriptor().FindMethodByName("ListImports") != nullptr;
  if (takes_imports) service.On(&ListImports).On(&GetImport).On(&RevertImport);
  const bool has_personal_data = service.table().descriptor().FindMethodByName("ListLooks") != nullptr;
  if (has_personal_data) service.On(&ListLooks);
  return service;
}

}  // namespace kechuang
