#include "common/ledger/register.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <iterator>
#include <mutex>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"

#include "common/base/error.h"
#include "common/base/urgent_share.h"
#include "common/ledger/batch.h"
#include "common/ledger/bulk_share.h"
#include "common/ledger/changes.h"
#include "common/ledger/draft.h"
#include "common/ledger/export.h"
#include "common/ledger/list.h"
#include "common/ledger/point_reader.h"
#include "common/ledger/reads.h"
#include "common/ledger/revert.h"
#include "common/ledger/row_scope.h"
#include "common/ledger/store.h"
#include "common/ledger/totals_reader.h"
#include "common/ledger/verify.h"
#include "common/mysql/errors.h"
#include "kechuang/api/v1/reasons.pb.h"

namespace kechuang::ledger {
namespace {

absl::Status Overloaded(size_t waiting) {
  return Refuse(absl::StatusCode::kResourceExhausted, api::v1::OVERLOADED)
      .RetryAfter(absl::Milliseconds(200))
      .Says(absl::StrCat(waiting, " changes wait already; try again in a moment"),
            absl::StrCat("已有 ", waiting, " 项修改在等待，请稍后再试"));
}

absl::Status OutOfTime() {
  return Refuse(absl::StatusCode::kDeadlineExceeded, api::v1::DEADLINE)
      .Says("the time given ran out before the change was decided; nothing was changed",
            "在规定时间内未能处理，未作任何修改");
}

absl::Status ShuttingDown() {
  return Refuse(absl::StatusCode::kUnavailable, api::v1::SERVICE_UNAVAILABLE)
      .RetryAfter(absl::Seconds(1))
      .Says("the service is shutting down", "服务正在停止");
}

}  // namespace

// One thread runs batches, another answers callers meanwhile, so that a batch is whatever arrived while the last
// committed.
class Register::Impl {
 public:
  Impl(mysql::Database& database, KindTable kinds, const Clock& clock, RegisterOptions options)
      : database_(database),
        kinds_(std::move(kinds)),
        clock_(clock),
        options_(std::move(options)),
        store_(kinds_, options_.book),
        batch_runner_(database_, store_, kinds_, clock_),
        point_reader_(database_, store_, clock_, options_),
        totals_reader_(database_, store_, static_cast<size_t>(options_.queue_size_max), options_.read_cache_bytes > 0),
        bulk_share_(2 * static_cast<size_t>(options_.batch_size_max)),
        runner_([this] { RunBatches(); }),
        answerer_([this] { AnswerCallers(); }) {}

  ~Impl() {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      stopping_ = true;
    }
    work_.notify_all();
    runner_.join();
    {
      const std::lock_guard<std::mutex> lock(answers_mutex_);
      no_more_answers_ = true;
    }
    answers_ready_.notify_all();
    answerer_.join();
  }

  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  void Submit(Command command, absl::Time deadline, Done done) {
    auto waiting = std::make_unique<Waiting>(
        Waiting{std::move(command), std::min(deadline, absl::Now() + options_.command_wait_max), std::move(done)});
    absl::Status refused;
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      const size_t size = people_.size() + bulk_.size();
      if (stopping_) {
        refused = ShuttingDown();
      } else if (size >= RoomFor(waiting->command.urgent, static_cast<size_t>(options_.queue_size_max))) {
        refused = Overloaded(size);
      } else {
        if (!waiting->command.bulk) bulk_share_.PersonCame(std::chrono::steady_clock::now());
        (waiting->command.bulk ? bulk_ : people_).push_back(std::move(waiting));
        work_.notify_one();
        return;
      }
    }
    waiting->done(refused);
  }

  mysql::Database& database() { return database_; }
  const KindTable& kinds() const { return kinds_; }
  const Clock& clock() const { return clock_; }
  const Store& store() const { return store_; }
  PointReader& point_reader() { return point_reader_; }
  TotalsReader& totals_reader() { return totals_reader_; }
  CommitBell& commit_bell() { return commit_bell_; }

 private:
  struct Waiting {
    Command command;
    absl::Time deadline;
    Done done;
  };
  using Batch = std::vector<std::unique_ptr<Waiting>>;
  struct Answered {
    Done done;
    absl::StatusOr<Answer> answer;
  };

  Batch TakeBatch() {
    std::unique_lock<std::mutex> lock(mutex_);
    work_.wait(lock, [this] { return stopping_ || !people_.empty() || !bulk_.empty(); });
    Batch batch;
    const size_t most = static_cast<size_t>(options_.batch_size_max);
    const auto take = [&](std::deque<std::unique_ptr<Waiting>>& queue, size_t limit) {
      for (; !queue.empty() && limit > 0; --limit) {
        batch.push_back(std::move(queue.front()));
        queue.pop_front();
      }
    };
    take(people_, most);
    const size_t people = batch.size();
    take(bulk_, bulk_share_.Limit(people, std::chrono::steady_clock::now()));
    rows_alone_ = people == 0;
    return batch;
  }

  void RunBatches() {
    while (true) {
      Batch batch = TakeBatch();
      if (batch.empty()) return;  // stopping, and nothing waits any more
      Batch alive;
      std::vector<Answered> late;
      const absl::Time now = absl::Now();
      for (std::unique_ptr<Waiting>& waiting : batch) {
        if (waiting->deadline < now) {
          late.push_back({std::move(waiting->done), OutOfTime()});
        } else {
          alive.push_back(std::move(waiting));
        }
      }
      if (!late.empty()) Deliver(std::move(late));
      if (!alive.empty()) DecideAndLearn(std::move(alive));
    }
  }

  void DecideAndLearn(Batch batch) {
    const auto began = std::chrono::steady_clock::now();
    const size_t rows = batch.size();
    Decide(std::move(batch), /*open=*/true);
    const std::lock_guard<std::mutex> lock(mutex_);
    if (rows_alone_) bulk_share_.Took(rows, std::chrono::steady_clock::now() - began);
  }

  // Whoever came since the batch was taken: when replicas take turns at the head, as much as during a whole batch. Its
  // time ends with the batch's, so none joins that has much longer.
  std::vector<const Command*> Join(Batch& batch, absl::Time deadline) {
    constexpr absl::Duration kLongerMax = absl::Seconds(1);
    std::vector<const Command*> joined;
    const std::lock_guard<std::mutex> lock(mutex_);
    while (!people_.empty() && batch.size() < static_cast<size_t>(options_.batch_size_max) &&
           people_.front()->deadline <= deadline + kLongerMax) {
      batch.push_back(std::move(people_.front()));
      people_.pop_front();
      joined.push_back(&batch.back()->command);
    }
    rows_alone_ = rows_alone_ && joined.empty();
    return joined;
  }

  // Runs the commands as one batch; an open one is joined by others. If the batch fails for good, one of them holds
  // what the database will not take: each then runs alone, so that the others do not suffer for it.
  void Decide(Batch batch, bool open) {
    std::vector<const Command*> commands;
    absl::Time deadline = absl::InfinitePast();
    for (const std::unique_ptr<Waiting>& waiting : batch) {
      commands.push_back(&waiting->command);
      deadline = std::max(deadline, waiting->deadline);
    }
    const auto more = [&] { return open ? Join(batch, deadline) : std::vector<const Command*>(); };
    auto answers = batch_runner_.Run(deadline, std::move(commands), more);
    if (!answers.ok() && batch.size() > 1 && !mysql::IsPassing(answers.status())) {
      for (std::unique_ptr<Waiting>& waiting : batch) {
        Batch alone;
        alone.push_back(std::move(waiting));
        Decide(std::move(alone), /*open=*/false);
      }
      return;
    }
    if (answers.ok()) commit_bell_.Ring();
    std::vector<Answered> answered;
    answered.reserve(batch.size());
    for (size_t i = 0; i < batch.size(); ++i) {
      answered.push_back({std::move(batch[i]->done), answers.ok() ? std::move((*answers)[i]) : answers.status()});
    }
    Deliver(std::move(answered));
  }

  void Deliver(std::vector<Answered> answered) {
    // To wake the thread that answers would take longer than to answer.
    if (answered.size() == 1) return answered.front().done(std::move(answered.front().answer));
    {
      const std::lock_guard<std::mutex> lock(answers_mutex_);
      std::move(answered.begin(), answered.end(), std::back_inserter(answers_));
    }
    answers_ready_.notify_one();
  }

  void AnswerCallers() {
    while (true) {
      std::deque<Answered> ready;
      {
        std::unique_lock<std::mutex> lock(answers_mutex_);
        answers_ready_.wait(lock, [this] { return no_more_answers_ || !answers_.empty(); });
        if (answers_.empty()) return;
        ready.swap(answers_);
      }
      for (Answered& answered : ready) answered.done(std::move(answered.answer));
    }
  }

  mysql::Database& database_;
  const KindTable kinds_;
  const Clock& clock_;
  const RegisterOptions options_;
  const Store store_;
  BatchRunner batch_runner_;
  PointReader point_reader_;
  TotalsReader totals_reader_;
  CommitBell commit_bell_;

  std::mutex mutex_;
  std::condition_variable work_;
  std::deque<std::unique_ptr<Waiting>> people_;
  std::deque<std::unique_ptr<Waiting>> bulk_;
  bool stopping_ = false;
  BulkShare bulk_share_;
  bool rows_alone_ = false;  // the newest batch has import rows only

  std::mutex answers_mutex_;
  std::condition_variable answers_ready_;
  std::deque<Answered> answers_;
  bool no_more_answers_ = false;

  std::thread runner_;
  std::thread answerer_;
};

Register::Register(mysql::Database& database, KindTable kinds, const Clock& clock, RegisterOptions options)
    : impl_(std::make_unique<Impl>(database, std::move(kinds), clock, std::move(options))) {}
Register::~Register() = default;

absl::Status Register::Start(absl::Time deadline) {
  return impl_->database().Transact(
      deadline, [&](mysql::Transaction& transaction) { return impl_->store().Prepare(transaction); });
}

void Register::Submit(Command command, absl::Time deadline, Done done) {
  impl_->Submit(std::move(command), deadline, std::move(done));
}

absl::StatusOr<Answer> Register::Run(Command command, absl::Time deadline) {
  std::mutex mutex;
  std::condition_variable answered;
  std::optional<absl::StatusOr<Answer>> result;
  Submit(std::move(command), deadline, [&](absl::StatusOr<Answer> answer) {
    const std::lock_guard<std::mutex> lock(mutex);
    result = std::move(answer);
    answered.notify_one();
  });
  std::unique_lock<std::mutex> lock(mutex);
  answered.wait(lock, [&] { return result.has_value(); });
  return *std::move(result);
}

const KindTable& Register::kinds() const { return impl_->kinds(); }
const Clock& Register::clock() const { return impl_->clock(); }

namespace {

// Hands on what was read if it is one of the scope's rows, and says that it is absent if it is not.
OnRead OnlyOf(absl::string_view scope, const google::protobuf::Descriptor* type, absl::string_view name, OnRead done) {
  return [scope = std::string(scope), type, name = std::string(name),
          done = std::move(done)](absl::StatusOr<absl::string_view> bytes) {
    if (!bytes.ok()) return done(bytes.status());
    const std::unique_ptr<google::protobuf::Message> record(
        google::protobuf::MessageFactory::generated_factory()->GetPrototype(type)->New());
    if (!record->ParseFromArray(bytes->data(), static_cast<int>(bytes->size())) || !Covers(scope, *record)) {
      return done(RecordNotFound(name));
    }
    done(bytes);
  };
}

}  // namespace

void Register::ReadThen(absl::Time deadline, const google::protobuf::Descriptor* type, absl::string_view name,
                        absl::string_view scope, OnRead done) {
  if (!scope.empty()) done = OnlyOf(scope, type, name, std::move(done));
  impl_->point_reader().Read(impl_->kinds().Of(type), std::string(name), deadline, std::move(done));
}

void Register::TotalsThen(absl::Time deadline, TotalsQuery query, OnTotals done) {
  impl_->totals_reader().Read(std::move(query), deadline, std::move(done));
}

absl::StatusOr<std::unique_ptr<google::protobuf::Message>> Register::ReadMessage(
    absl::Time deadline, const google::protobuf::Descriptor* type, absl::string_view name, absl::string_view scope) {
  std::unique_ptr<google::protobuf::Message> result;
  RETURN_IF_ERROR(
      BatchReadMessages(deadline, type, {std::string(name)}, scope,
                        [&](std::unique_ptr<google::protobuf::Message> found) { result = std::move(found); }));
  return result;
}

absl::Status Register::BatchReadMessages(absl::Time deadline, const google::protobuf::Descriptor* type,
                                         const std::vector<std::string>& names, absl::string_view scope,
                                         TakeRecord on_record) {
  return ReadRecords(impl_->database(), impl_->store(), impl_->kinds().Of(type), impl_->clock().Now(), deadline, names,
                     scope, on_record);
}

absl::StatusOr<std::string> Register::ListMessages(absl::Time deadline, const google::protobuf::Descriptor* type,
                                                   const ListQuery& query, TakeRecord on_record) {
  return ListRecordsOf(impl_->database(), impl_->store(), impl_->kinds().Of(type), impl_->clock().Now(), deadline,
                       query, on_record);
}

absl::Status Register::Export(absl::Time deadline, const google::protobuf::Descriptor* type, const ListQuery& query,
                              OnExportPage on_page) {
  return ExportRecordsOf(impl_->database(), impl_->store(), impl_->kinds().Of(type), impl_->clock().Now(), deadline,
                         query, on_page);
}

absl::StatusOr<std::vector<std::string>> Register::FindByKeyPrefix(absl::Time deadline, absl::string_view prefix,
                                                                   int limit) {
  return NamesByKeyPrefix(impl_->database(), impl_->store(), deadline, prefix, limit);
}

absl::Status Register::ReadMessagesByKeyPrefix(absl::Time deadline, const google::protobuf::Descriptor* type,
                                               absl::string_view prefix, int limit, TakeRecord on_record) {
  return RecordsByKeyPrefix(impl_->database(), impl_->store(), impl_->point_reader(), impl_->kinds().Of(type),
                            impl_->clock().Now(), deadline, prefix, limit, on_record);
}

absl::StatusOr<std::vector<TotalRow>> Register::Totals(absl::Time deadline, const TotalsQuery& query) {
  return ReadTotals(impl_->database(), impl_->store(), deadline, query);
}

absl::StatusOr<std::vector<JournalEntry>> Register::History(absl::Time deadline, absl::string_view name,
                                                            int64_t before_revision, int limit,
                                                            absl::string_view scope) {
  return ReadHistory(impl_->database(), impl_->store(), deadline, name, before_revision, limit, scope);
}

absl::StatusOr<JournalEntry> Register::AtRevision(absl::Time deadline, absl::string_view name, int64_t revision,
                                                  absl::string_view scope) {
  return ReadAtRevision(impl_->database(), impl_->store(), deadline, name, revision, scope);
}

absl::StatusOr<JournalEntry> Register::AtTime(absl::Time deadline, absl::string_view name, absl::Time time,
                                              absl::string_view scope) {
  return ReadAtTime(impl_->database(), impl_->store(), deadline, name, time, scope);
}

absl::StatusOr<Head> Register::ReadHead(absl::Time deadline) {
  Head head;
  RETURN_IF_ERROR(impl_->database().Read(deadline, [&](mysql::Session& session) -> absl::Status {
    ASSIGN_OR_RETURN(head, impl_->store().ReadHead(session));
    return absl::OkStatus();
  }));
  return head;
}

absl::StatusOr<ChangesPage> Register::ReadChanges(absl::Time deadline, const ChangesQuery& query) {
  return ReadChangesAfter(impl_->database(), impl_->store(), deadline, query);
}

absl::StatusOr<JournalFound> Register::SearchJournal(absl::Time deadline, const JournalSearch& search) {
  return SearchJournalBelow(impl_->database(), impl_->store(), deadline, search);
}

CommitBell& Register::commit_bell() { return impl_->commit_bell(); }

absl::StatusOr<ImportEntry> Register::BeginImport(absl::Time deadline, const ImportFile& file, const std::string& actor,
                                                  bool validate_only) {
  ImportEntry entry;
  const Store& store = impl_->store();
  const absl::Time now = ColumnNow(impl_->clock());
  RETURN_IF_ERROR(CommitUnderHead(
      impl_->database(), store, deadline, [&](mysql::Transaction& transaction) -> absl::StatusOr<Written> {
        ASSIGN_OR_RETURN(const Head head, store.LockHead(transaction));
        ASSIGN_OR_RETURN(const std::optional<ImportEntry> held, LoadImport(transaction, store.book(), file.id));
        ASSIGN_OR_RETURN(entry, EnterImport(held, file, actor, now));
        if (!validate_only) RETURN_IF_ERROR(StoreImport(transaction, store.book(), entry, now));
        return Written{head};
      }));
  return entry;
}

absl::Status Register::EndImport(absl::Time deadline, const ImportEntry& run, int64_t rejected, int64_t conflicts) {
  const Store& store = impl_->store();
  const absl::Time now = ColumnNow(impl_->clock());
  return CommitUnderHead(
      impl_->database(), store, deadline, [&](mysql::Transaction& transaction) -> absl::StatusOr<Written> {
        ASSIGN_OR_RETURN(const Head head, store.LockHead(transaction));
        ASSIGN_OR_RETURN(std::optional<ImportEntry> held, LoadImport(transaction, store.book(), run.file.id));
        if (!held.has_value() || held->generation != run.generation || held->state == ImportState::kReverting ||
            held->state == ImportState::kReverted) {
          return ImportReverted(run.file.id);
        }
        held->state = ImportState::kFinished;
        held->rejected = rejected;
        held->conflicts = conflicts;
        held->finish_time = now;
        RETURN_IF_ERROR(StoreImport(transaction, store.book(), *held, now));
        return Written{head};
      });
}

absl::StatusOr<ImportEntry> Register::ReadImport(absl::Time deadline, const std::string& id) {
  std::optional<ImportEntry> found;
  RETURN_IF_ERROR(impl_->database().Read(deadline, [&](mysql::Session& session) -> absl::Status {
    ASSIGN_OR_RETURN(found, LoadImport(session, impl_->store().book(), id));
    return absl::OkStatus();
  }));
  if (!found.has_value()) return RecordNotFound(absl::StrCat("imports/", id));
  return *std::move(found);
}

absl::StatusOr<std::vector<ImportEntry>> Register::ListImports(absl::Time deadline, const std::string& kind,
                                                               const ImportPlace& below, int limit) {
  std::vector<ImportEntry> entries;
  RETURN_IF_ERROR(impl_->database().Read(deadline, [&](mysql::Session& session) -> absl::Status {
    ASSIGN_OR_RETURN(entries, LoadImports(session, impl_->store().book(), kind, below, limit));
    return absl::OkStatus();
  }));
  return entries;
}

absl::StatusOr<Reverted> Register::RevertImport(absl::Time deadline, const std::string& id, const Author& author,
                                                bool validate_only, size_t kept_max) {
  auto reverted = Revert(impl_->database(), impl_->store(), impl_->kinds(), impl_->clock(), deadline,
                         {id, author, validate_only, kept_max});
  impl_->commit_bell().Ring();  // also a revert that failed may have committed a part
  return reverted;
}

absl::StatusOr<VerifyCounts> Register::Verify(absl::Time deadline, absl::FunctionRef<void(const Finding&)> report) {
  return VerifyRecords(impl_->database(), impl_->store(), impl_->kinds(), deadline, report);
}

absl::StatusOr<VerifyCounts> Register::VerifyJournal(absl::Time deadline,
                                                     absl::FunctionRef<void(const Finding&)> report) {
  return VerifyChain(impl_->database(), impl_->store(), deadline, report);
}

}  // namespace kechuang::ledger
