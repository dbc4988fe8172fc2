#include "common/ledger/totals_reader.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "common/ledger/reads.h"

namespace kechuang::ledger {
namespace {

constexpr size_t kBatchMax = 1024;

}  // namespace

TotalsReader::TotalsReader(mysql::Database& database, const Store& store, size_t queue_size_max)
    : database_(database),
      store_(store),
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
  const absl::StatusOr<std::vector<TotalRow>> rows = ReadTotals(database_, store_, deadline, batch.front().query);
  for (Waiting& waiting : batch) {
    if (rows.ok()) {
      waiting.done(&*rows);
    } else {
      waiting.done(rows.status());
    }
  }
}

}  // namespace kechuang::ledger
