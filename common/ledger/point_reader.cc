#include "common/ledger/point_reader.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"

#include "common/base/error.h"
#include "common/ledger/draft.h"
#include "common/ledger/stamps.h"
#include "common/mysql/errors.h"
#include "kechuang/api/v1/reasons.pb.h"

namespace kechuang::ledger {
namespace {

using google::protobuf::Message;

// As many names as fit in one statement of Store's.
constexpr size_t kBatchMax = 256;

absl::Status Overloaded(size_t waiting) {
  return Refuse(absl::StatusCode::kResourceExhausted, api::v1::OVERLOADED)
      .RetryAfter(absl::Milliseconds(200))
      .Says(absl::StrCat(waiting, " reads wait already; try again in a moment"),
            absl::StrCat("已有 ", waiting, " 项查询在等待，请稍后再试"));
}

absl::Status OutOfTime() {
  return Refuse(absl::StatusCode::kDeadlineExceeded, api::v1::DEADLINE)
      .Says("the time given ran out while the read waited", "查询在排队时超出了规定时间");
}

}  // namespace

PointReader::PointReader(mysql::Database& database, const Store& store, const Clock& clock, size_t queue_size_max)
    : database_(database), store_(store), clock_(clock), queue_size_max_(queue_size_max) {
  for (std::thread& thread : threads_) thread = std::thread([this] { AnswerBatches(); });
}

PointReader::~PointReader() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
  }
  work_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void PointReader::Read(const Kind& kind, std::string name, absl::Time deadline, OnRead done) {
  size_t waiting = 0;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    waiting = queue_.size();
    if (waiting < queue_size_max_) {
      queue_.push_back({&kind, std::move(name), deadline, std::move(done)});
      work_.notify_one();
      return;
    }
  }
  done(Overloaded(waiting));
}

// The reads of one kind among those that wait longest; empty when there will be none any more.
std::vector<PointReader::Waiting> PointReader::TakeBatch() {
  std::unique_lock<std::mutex> lock(mutex_);
  work_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
  std::vector<Waiting> batch;
  while (!queue_.empty() && batch.size() < kBatchMax && (batch.empty() || queue_.front().kind == batch.front().kind)) {
    batch.push_back(std::move(queue_.front()));
    queue_.pop_front();
  }
  return batch;
}

void PointReader::AnswerBatches() {
  while (true) {
    std::vector<Waiting> batch = TakeBatch();
    if (batch.empty()) return;
    const auto late = std::stable_partition(
        batch.begin(), batch.end(), [now = absl::Now()](const Waiting& waiting) { return waiting.deadline >= now; });
    for (auto waiting = late; waiting != batch.end(); ++waiting) waiting->done(OutOfTime());
    batch.erase(late, batch.end());
    if (!batch.empty()) AnswerTogether(absl::MakeSpan(batch));
  }
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
