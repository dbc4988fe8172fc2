#include "common/ledger/totals_reader.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "common/base/status_macros.h"
#include "common/ledger/reads.h"

namespace kechuang::ledger {
namespace {

constexpr size_t kBatchMax = 1024;
// Rows kept in all, some 20 MiB; when there are more, all are forgotten.
constexpr size_t kRowsKeptMax = 100'000;

}  // namespace

TotalsReader::TotalsReader(mysql::Database& database, const Store& store, size_t queue_size_max, bool keeps)
    : database_(database),
      store_(store),
      keeps_(keeps),
      queue_(
          queue_size_max, kBatchMax,
          [](const Waiting& first, const Waiting& waiting) { return first.query == waiting.query; },
          [this](absl::Span<Waiting> batch) { AnswerTogether(batch); }) {}

void TotalsReader::Read(TotalsQuery query, absl::Time deadline, OnTotals done) {
  queue_.Add({std::move(query), deadline, std::move(done)});
}

void TotalsReader::AnswerTogether(absl::Span<Waiting> batch) {
  absl::Time deadline = absl::InfinitePast();
  for (const Waiting& waiting : batch) deadline = std::max(deadline, waiting.deadline);
  const absl::StatusOr<std::shared_ptr<Kept>> kept = Find(batch.front().query, deadline);
  if (!kept.ok()) {
    for (Waiting& waiting : batch) waiting.done(kept.status());
    return;
  }
  const std::lock_guard<std::mutex> lock((*kept)->mutex);
  for (Waiting& waiting : batch) waiting.done(&(*kept)->found);
}

// The head is read before the rows. Whoever finds the same head later knows that the rows were, and are, those of that
// place: every change of a total moves the head.
absl::StatusOr<std::shared_ptr<TotalsReader::Kept>> TotalsReader::Find(const TotalsQuery& query, absl::Time deadline) {
  std::shared_ptr<Kept> kept = Known(query);
  RETURN_IF_ERROR(database_.Read(deadline, [&](mysql::Session& session) -> absl::Status {
    Head head;
    if (keeps_) {
      ASSIGN_OR_RETURN(head, store_.ReadHead(session));
    }
    if (kept != nullptr && kept->head.sequence == head.sequence && kept->head.hash == head.hash) {
      return absl::OkStatus();
    }
    ASSIGN_OR_RETURN(std::vector<TotalRow> rows, SelectTotals(session, store_, query));
    kept = std::make_shared<Kept>(std::move(head), std::move(rows));
    return absl::OkStatus();
  }));
  if (keeps_) Keep(query, kept);
  return kept;
}

std::shared_ptr<TotalsReader::Kept> TotalsReader::Known(const TotalsQuery& query) {
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto found = kept_.find(query);
  return found == kept_.end() ? nullptr : found->second;
}

void TotalsReader::Keep(const TotalsQuery& query, const std::shared_ptr<Kept>& kept) {
  const auto cost = [](const Kept& each) { return each.found.rows().size() + 1; };
  const std::lock_guard<std::mutex> lock(mutex_);
  std::shared_ptr<Kept>& place = kept_[query];
  if (place == kept) return;
  if (place != nullptr) kept_rows_ -= cost(*place);
  kept_rows_ += cost(*kept);
  place = kept;
  if (kept_rows_ <= kRowsKeptMax) return;
  kept_.clear();
  kept_rows_ = 0;
}

}  // namespace kechuang::ledger
