#include "common/register/import_service.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

#include "common/base/error.h"
#include "common/base/status_macros.h"
#include "common/register/paging.h"
#include "kechuang/api/v1/reasons.pb.h"

namespace kechuang {
namespace {

using ledger::ImportEntry;
using ledger::ImportState;
using ledger::KeptEntry;
namespace v1 = ledger::v1;

constexpr size_t kKeptMax = 1000;

void SetTime(google::protobuf::Timestamp& stamp, absl::Time time) {
  const int64_t micros = absl::ToUnixMicros(time);
  stamp.set_seconds(micros / 1'000'000);
  stamp.set_nanos(static_cast<int32_t>(micros % 1'000'000) * 1000);
}

v1::Import::State ToProto(ImportState state) {
  switch (state) {
    case ImportState::kRunning:
      return v1::Import::STATE_RUNNING;
    case ImportState::kFinished:
      return v1::Import::STATE_FINISHED;
    case ImportState::kReverting:
      return v1::Import::STATE_REVERTING;
    case ImportState::kReverted:
      return v1::Import::STATE_REVERTED;
  }
  return v1::Import::STATE_UNSPECIFIED;
}

v1::Import ToProto(const ImportEntry& entry) {
  v1::Import import;
  import.set_name(absl::StrCat("imports/", entry.file.id));
  import.set_file_name(entry.file.file_name);
  import.set_file_hash(entry.file.file_hash);
  import.set_kind(entry.file.kind);
  import.set_actor(entry.actor);
  import.set_state(ToProto(entry.state));
  import.set_inserted_count(entry.inserted);
  import.set_changed_count(entry.changed);
  import.set_unchanged_count(entry.unchanged);
  import.set_rejected_count(entry.rejected);
  import.set_conflict_count(entry.conflicts);
  import.set_first_sequence(entry.first_sequence);
  import.set_last_sequence(entry.last_sequence);
  if (entry.finish_time.has_value()) SetTime(*import.mutable_finish_time(), *entry.finish_time);
  import.set_revert_actor(entry.revert_actor);
  import.set_revert_reason(entry.revert_reason);
  if (entry.revert_time.has_value()) SetTime(*import.mutable_revert_time(), *entry.revert_time);
  import.set_restored_count(entry.restored);
  import.set_removed_count(entry.removed);
  import.set_kept_count(entry.kept);
  import.set_etag(absl::StrCat("r", entry.revision));
  import.set_revision(entry.revision);
  SetTime(*import.mutable_create_time(), entry.create_time);
  SetTime(*import.mutable_update_time(), entry.update_time);
  return import;
}

v1::KeptChange ToProto(const KeptEntry& entry) {
  v1::KeptChange kept;
  kept.set_record(entry.name);
  kept.set_cause(entry.cause == KeptEntry::Cause::kChangedSince ? v1::KeptChange::CAUSE_CHANGED_SINCE
                 : entry.cause == KeptEntry::Cause::kInUse      ? v1::KeptChange::CAUSE_IN_USE
                                                                : v1::KeptChange::CAUSE_BOUND);
  kept.set_actor(entry.actor);
  kept.set_sequence(entry.sequence);
  kept.set_other_record(entry.other);
  kept.set_origin(entry.origin);
  return kept;
}

std::string IdOf(const std::string& name) { return std::string(absl::StripPrefix(name, "imports/")); }

// "<kind>|<microseconds>|<id>" of the last import of a page.
std::string TokenOf(const std::string& kind, const ImportEntry& last) {
  return absl::StrCat(kind, "|", absl::ToUnixMicros(last.create_time), "|", last.file.id);
}

absl::StatusOr<ledger::ImportPlace> PlaceOf(const v1::ListImportsRequest& request) {
  ledger::ImportPlace place;
  if (request.page_token().empty()) return place;
  const std::vector<std::string> parts = absl::StrSplit(request.page_token(), '|');
  int64_t micros = 0;
  if (parts.size() != 3 || parts[0] != request.kind() || !absl::SimpleAtoi(parts[1], &micros))
    return NotATokenOfThisList();
  return ledger::ImportPlace{absl::FromUnixMicros(micros), parts[2]};
}

}  // namespace

absl::StatusOr<v1::ListImportsResponse> ListImports(ledger::Register& ledger, const rpc::Call& call,
                                                    const v1::ListImportsRequest& request) {
  const int page_size = PageSizeOf(request.page_size());
  ASSIGN_OR_RETURN(const ledger::ImportPlace below, PlaceOf(request));
  ASSIGN_OR_RETURN(const std::vector<ImportEntry> entries,
                   ledger.ListImports(call.deadline, request.kind(), below, page_size + 1));
  v1::ListImportsResponse response;
  const size_t shown = std::min(entries.size(), static_cast<size_t>(page_size));
  for (size_t i = 0; i < shown; ++i) *response.add_imports() = ToProto(entries[i]);
  if (entries.size() > shown) response.set_next_page_token(TokenOf(request.kind(), entries[shown - 1]));
  return response;
}

absl::StatusOr<v1::Import> GetImport(ledger::Register& ledger, const rpc::Call& call,
                                     const v1::GetImportRequest& request) {
  ASSIGN_OR_RETURN(const ImportEntry entry, ledger.ReadImport(call.deadline, IdOf(request.name())));
  return ToProto(entry);
}

absl::StatusOr<v1::RevertImportResponse> RevertImport(ledger::Register& ledger, const rpc::Call& call,
                                                      const v1::RevertImportRequest& request) {
  ledger::Author author;
  author.actor = call.actor;
  author.method = call.method;
  author.request_id = request.request_id();
  author.reason = request.reason();
  ASSIGN_OR_RETURN(const ledger::Reverted reverted,
                   ledger.RevertImport(call.deadline, IdOf(request.name()), author, request.validate_only(), kKeptMax));
  v1::RevertImportResponse response;
  *response.mutable_import() = ToProto(reverted.entry);
  for (const KeptEntry& kept : reverted.kept) *response.add_kept() = ToProto(kept);
  return response;
}

}  // namespace kechuang
