#include "common/ledger/point_reader.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <set>
#include <utility>

#include "common/base/status_macros.h"
#include "common/ledger/draft.h"
#include "common/ledger/stamps.h"
#include "common/mysql/errors.h"

namespace kechuang::ledger {
namespace {

using google::protobuf::Message;

// As many names as fit in one statement of Store's.
constexpr size_t kBatchMax = 256;
// Beyond so many changes reading their names costs more than reading some records again.
constexpr int64_t kChangesMax = 4096;

}  // namespace

PointReader::PointReader(mysql::Database& database, const Store& store, const Clock& clock,
                         const RegisterOptions& options)
    : database_(database),
      store_(store),
      clock_(clock),
      cache_(options.read_cache_bytes),
      queue_(
          static_cast<size_t>(options.queue_size_max), kBatchMax,
          [](const Waiting& first, const Waiting& waiting) { return first.kind == waiting.kind; },
          [this](absl::Span<Waiting> batch) { AnswerTogether(batch); }) {}

void PointReader::Read(const Kind& kind, std::string name, absl::Time deadline, OnRead done) {
  queue_.Add({&kind, std::move(name), deadline, std::move(done)});
}

std::unique_ptr<Message> PointReader::Show(const Kind& kind, const std::string& stored, absl::Time now) {
  std::unique_ptr<Message> record(
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(kind.type)->New());
  record->ParseFromString(stored);
  FillDerived(kind, *record, now);
  return record;
}

// If reading together fails for good, one record among them cannot be read: each is then read alone, so that the
// others' callers do not suffer for it.
void PointReader::AnswerTogether(absl::Span<Waiting> batch) {
  const Kind& kind = *batch.front().kind;
  absl::Time deadline = absl::InfinitePast();
  std::vector<std::string> names;
  for (const Waiting& waiting : batch) {
    deadline = std::max(deadline, waiting.deadline);
    names.push_back(waiting.name);
  }
  const absl::Time now = clock_.Now();
  std::vector<RecordCache::Record> found;
  const absl::Status status = database_.Read(deadline, [&](mysql::Session& session) -> absl::Status {
    ASSIGN_OR_RETURN(found, Find(session, kind, names));
    return absl::OkStatus();
  });
  if (!status.ok() && batch.size() > 1 && !mysql::IsPassing(status)) {
    for (size_t i = 0; i < batch.size(); ++i) AnswerTogether(batch.subspan(i, 1));
    return;
  }
  for (size_t i = 0; i < batch.size(); ++i) {
    const Waiting& waiting = batch[i];
    if (!status.ok()) {
      waiting.done(status);
    } else if (found[i] == nullptr) {
      waiting.done(RecordNotFound(waiting.name));
    } else if (kind.derive) {
      const std::string shown = Show(kind, *found[i], now)->SerializeAsString();
      waiting.done(shown);
    } else {
      waiting.done(*found[i]);
    }
  }
}

// The order is what makes the answers right: the head is read after all of the callers asked, and the records after the
// head. So they are as new as it at least, and may be kept as current there: whatever changed them later
// stands on the journal behind it, and is met on the way to the next head.
absl::StatusOr<std::vector<RecordCache::Record>> PointReader::Find(mysql::Session& session, const Kind& kind,
                                                                   absl::Span<const std::string> names) {
  std::vector<RecordCache::Record> found(names.size());
  std::optional<Head> head;
  if (cache_.enabled()) {
    ASSIGN_OR_RETURN(head, CatchUp(session));
    for (size_t i = 0; i < names.size(); ++i) found[i] = cache_.Find(*head, kind.type, names[i]);
  }
  std::set<std::string> others;
  for (size_t i = 0; i < names.size(); ++i) {
    if (found[i] == nullptr) others.insert(names[i]);
  }
  if (others.empty()) return found;
  ASSIGN_OR_RETURN(const Loaded loaded, Load(session, kind, {others.begin(), others.end()}));
  if (head.has_value()) {
    for (const auto& [name, record] : loaded) cache_.Insert(*head, kind.type, name, record);
  }
  for (size_t i = 0; i < names.size(); ++i) {
    if (const auto record = loaded.find(names[i]); record != loaded.end()) found[i] = record->second;
  }
  return found;
}

// A head behind the place at which the cache was before it was read, or a journal without that place, is of a database
// that was set back: nothing that is kept counts there.
absl::StatusOr<Head> PointReader::CatchUp(mysql::Session& session) {
  const std::optional<Head> place = cache_.place();
  ASSIGN_OR_RETURN(Head head, store_.ReadHead(session));
  if (place.has_value() && place->sequence == head.sequence && place->hash == head.hash) return head;
  const int64_t changes = place.has_value() ? head.sequence - place->sequence : 0;
  if (changes <= 0 || changes > kChangesMax) {
    cache_.Restart(head);
    return head;
  }
  ASSIGN_OR_RETURN(const auto changed, store_.LoadChanged(session, *place, head.sequence));
  if (changed.has_value()) {
    cache_.Advance(*place, head, *changed);
  } else {
    cache_.Restart(head);
  }
  return head;
}

// A record of a kind without derived fields is kept as callers get it; of others these are filled for each answer,
// because they depend on the time.
absl::StatusOr<PointReader::Loaded> PointReader::Load(mysql::Session& session, const Kind& kind,
                                                      const std::vector<std::string>& names) {
  Loaded loaded;
  RETURN_IF_ERROR(store_.LoadRecords(session, kind, names, [&](const std::unique_ptr<Message>& record) {
    if (!kind.derive) FillDerived(kind, *record, absl::InfinitePast());
    loaded[NameOf(*record)] = std::make_shared<const std::string>(record->SerializeAsString());
  }));
  return loaded;
}

}  // namespace kechuang::ledger
