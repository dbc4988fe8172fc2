#include "common/ledger/point_reader.h"

#include <map>
#include <set>
#include <utility>

#include "common/ledger/draft.h"
#include "common/ledger/stamps.h"
#include "common/mysql/errors.h"

namespace kechuang::ledger {
namespace {

using google::protobuf::Message;

// As many names as fit in one statement of Store's.
constexpr size_t kBatchMax = 256;

}  // namespace

PointReader::PointReader(mysql::Database& database, const Store& store, const Clock& clock, size_t queue_size_max)
    : database_(database),
      store_(store),
      clock_(clock),
      queue_(
          queue_size_max, kBatchMax,
          [](const Waiting& first, const Waiting& waiting) { return first.kind == waiting.kind; },
          [this](absl::Span<Waiting> batch) { AnswerTogether(batch); }) {}

void PointReader::Read(const Kind& kind, std::string name, absl::Time deadline, OnRead done) {
  queue_.Add({&kind, std::move(name), deadline, std::move(done)});
}

// Reads with one statement. If that fails for good, one record among them cannot be read: each is then read alone, so
// that the others' callers do not suffer for it.
void PointReader::AnswerTogether(absl::Span<Waiting> batch) {
  const Kind& kind = *batch.front().kind;
  std::set<std::string> names;
  absl::Time deadline = absl::InfinitePast();
  for (const Waiting& waiting : batch) {
    names.insert(waiting.name);
    deadline = std::max(deadline, waiting.deadline);
  }
  std::map<std::string, std::unique_ptr<Message>> found;
  const absl::Time now = clock_.Now();
  const absl::Status status = database_.Read(deadline, [&](mysql::Session& session) {
    found.clear();
    return store_.LoadRecords(session, kind, {names.begin(), names.end()}, [&](std::unique_ptr<Message> record) {
      FillDerived(kind, *record, now);
      std::string name = NameOf(*record);
      found[std::move(name)] = std::move(record);
    });
  });
  if (!status.ok() && batch.size() > 1 && !mysql::IsPassing(status)) {
    for (size_t i = 0; i < batch.size(); ++i) AnswerTogether(batch.subspan(i, 1));
    return;
  }
  for (Waiting& waiting : batch) {
    if (!status.ok()) {
      waiting.done(status);
    } else if (const auto record = found.find(waiting.name); record != found.end()) {
      waiting.done(record->second.get());
    } else {
      waiting.done(RecordNotFound(waiting.name));
    }
  }
}

}  // namespace kechuang::ledger
