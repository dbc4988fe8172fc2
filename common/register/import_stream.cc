#include "common/register/import_stream.h"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"

#include "common/base/error.h"
#include "common/base/fatal.h"
#include "common/base/status_macros.h"
#include "common/register/register_service.h"
#include "common/rpc/validate.h"
#include "common/rpc/wire_status.h"
#include "kechuang/api/v1/reasons.pb.h"

namespace kechuang {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using ledger::v1::ImportSource;
using ledger::v1::RowOrigin;
using ledger::v1::RowOutcome;

constexpr size_t kRowsWaitingMax = 2000;
constexpr size_t kOutcomesInMessage = 200;
// How long a stream waits for its import to be noted in the register.
constexpr absl::Duration kNoteTime = absl::Seconds(30);

const FieldDescriptor* FieldOf(const Message& message, const char* name) {
  const FieldDescriptor* field = message.GetDescriptor()->FindFieldByName(name);
  if (field == nullptr) Fatal(absl::StrCat(message.GetDescriptor()->full_name(), " has no field ", name));
  return field;
}

RowOutcome Rejected(const absl::Status& status) {
  RowOutcome outcome;
  outcome.set_kind(RowOutcome::KIND_REJECTED);
  *outcome.mutable_error() = rpc::ToRpcStatus(status);
  return outcome;
}

bool HasReason(const absl::Status& status, api::v1::Reason reason) {
  return ReasonOf(status) == api::v1::Reason_Name(reason);
}

absl::Status RowConflict(absl::string_view name, const ledger::LaterChange& later) {
  return Refuse(absl::StatusCode::kAborted, api::v1::ROW_CONFLICT)
      .About(name)
      .With("actor", later.actor)
      .With("sequence", later.sequence)
      .Says(absl::StrCat(later.actor, " changed ", name, " (journal entry ", later.sequence,
                         ") since an import last set it; import with overwrite to let the file win"),
            absl::StrCat(name, " 自上次导入后已由 ", later.actor, " 修改（日志第 ", later.sequence,
                         " 条）；如以文件为准，请选择覆盖后重新导入"));
}

ledger::RowEffect EffectOf(RowOutcome::Kind kind) {
  switch (kind) {
    case RowOutcome::KIND_INSERTED:
      return ledger::RowEffect::kInserted;
    case RowOutcome::KIND_CHANGED:
      return ledger::RowEffect::kChanged;
    case RowOutcome::KIND_UNCHANGED:
      return ledger::RowEffect::kUnchanged;
    default:
      return ledger::RowEffect::kNone;
  }
}

// Errors that say nothing of the row: the database is away, the queue is full, time ran out, the import is taken back.
// Whether such a row was written may not even be known, so it is not told as rejected.
bool IsPassing(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status) || HasReason(status, api::v1::OVERLOADED) ||
         HasReason(status, api::v1::CONFLICT) || HasReason(status, api::v1::IMPORT_REVERTED);
}

// "sha256:... 名单.xlsx [Sheet1] row 12"
std::string Describe(const ImportSource& source, const RowOrigin& origin) {
  const std::string sheet = origin.sheet().empty() ? "" : absl::StrCat(" [", origin.sheet(), "]");
  return absl::StrCat("sha256:", source.file_hash(), " ", source.file_name(), sheet, " row ", origin.row());
}

// The rows of one stream that were sent and whose outcomes have not gone back. Outcomes arrive from the register's
// thread in any order and leave in the order of the rows.
class Outcomes {
 public:
  using Place = std::shared_ptr<std::optional<RowOutcome>>;

  // Adds a row's place; blocks while too many rows wait; nullptr once the stream has stopped.
  Place Expect() {
    std::unique_lock<std::mutex> lock(mutex_);
    room_.wait(lock, [this] { return stopped_ || waiting_.size() < kRowsWaitingMax; });
    if (stopped_) return nullptr;
    return waiting_.emplace_back(std::make_shared<std::optional<RowOutcome>>());
  }
  void Arrive(const Place& place, RowOutcome outcome) {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (outcome.kind() == RowOutcome::KIND_REJECTED) ++rejected_;
    if (outcome.kind() == RowOutcome::KIND_CONFLICT) ++conflicts_;
    *place = std::move(outcome);
    // Those behind the front one wait for it, and so does who sends them.
    if (!waiting_.empty() && waiting_.front() == place) ready_.notify_one();
  }
  // Says that no more rows come.
  void Close() {
    const std::lock_guard<std::mutex> lock(mutex_);
    closed_ = true;
    ready_.notify_one();
  }
  // Says that the stream cannot go on: its caller is gone (OK), or a row was not decided, by no fault of its own.
  void Stop(const absl::Status& status) {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (stop_.ok()) stop_ = status;
    stopped_ = true;
    ready_.notify_one();
    room_.notify_one();
  }
  absl::Status stop() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return stop_;
  }
  bool stopped() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return stopped_;
  }
  // Rows refused so far.
  int64_t rejected() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return rejected_;
  }
  int64_t conflicts() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return conflicts_;
  }
  // Waits for outcomes that can go back and takes them; none if there are none to come.
  std::deque<RowOutcome> Take() {
    std::unique_lock<std::mutex> lock(mutex_);
    ready_.wait(lock, [this] { return stopped_ || (waiting_.empty() ? closed_ : waiting_.front()->has_value()); });
    std::deque<RowOutcome> ready;
    while (!waiting_.empty() && waiting_.front()->has_value() && ready.size() < kOutcomesInMessage) {
      ready.push_back(**waiting_.front());
      waiting_.pop_front();
    }
    room_.notify_one();
    return ready;
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable room_;   // fewer rows wait, or the stream has stopped
  std::condition_variable ready_;  // the front outcome is there, or the stream has closed or stopped
  std::deque<Place> waiting_;
  bool closed_ = false;
  bool stopped_ = false;
  absl::Status stop_;
  int64_t rejected_ = 0;
  int64_t conflicts_ = 0;
};

// One thread reads rows, another sends outcomes as they come, so that a caller who waits for them before it sends on
// is served, too.
class ImportRun {
 public:
  ImportRun(ledger::Register& ledger, const rpc::Call& call, rpc::ByteStream& bytes, Message& response,
            const RowHandler& on_row)
      : ledger_(ledger), call_(call), bytes_(bytes), response_(response), on_row_(on_row) {}

  // The stream's end means that all of it is decided.
  absl::Status Run(Message& request) {
    std::thread sender([this] { SendOutcomes(); });
    absl::Status status = ReadRows(request);
    read_whole_ = status.ok();
    outcomes_->Close();
    sender.join();
    if (status.ok()) status = outcomes_->stop();
    if (!status.ok() || !ended_ || !run_.has_value() || source_->validate_only()) return status;
    return ledger_.EndImport(absl::Now() + kNoteTime, *run_, outcomes_->rejected(), outcomes_->conflicts());
  }

 private:
  absl::Status ReadRows(Message& request) {
    while (bytes_.Read(request)) {
      RETURN_IF_ERROR(ReadSource(request));
      RETURN_IF_ERROR(Begin(request));
      const FieldDescriptor* rows = FieldOf(request, "rows");
      const int size = request.GetReflection()->FieldSize(request, rows);
      for (int i = 0; i < size; ++i) {
        if (!SubmitRow(request.GetReflection()->GetRepeatedMessage(request, rows, i))) return absl::OkStatus();
      }
    }
    return absl::OkStatus();
  }

  absl::Status ReadSource(const Message& request) {
    const FieldDescriptor* field = FieldOf(request, "source");
    if (!source_.has_value()) {
      source_ = static_cast<const ImportSource&>(request.GetReflection()->GetMessage(request, field));
      Faults faults;
      rpc::CheckMessage(*source_, "source", faults);
      return faults.status();
    }
    if (!request.GetReflection()->HasField(request, field)) return absl::OkStatus();
    Faults faults;
    faults.Add("source", api::v1::FIELD_NOT_WRITABLE, "only the first message of the stream names the source",
               "只有第一条消息可以说明来源");
    return faults.status();
  }

  // Notes the import in the register with its first rows.
  absl::Status Begin(const Message& request) {
    if (run_.has_value() || request.GetReflection()->FieldSize(request, FieldOf(request, "rows")) == 0) {
      return absl::OkStatus();
    }
    const ledger::ImportFile file = {source_->import_id(), source_->kind(), source_->file_name(), source_->file_hash()};
    ASSIGN_OR_RETURN(run_, ledger_.BeginImport(std::min(call_.deadline, absl::Now() + kNoteTime), file, call_.actor,
                                               source_->validate_only()));
    return absl::OkStatus();
  }

  // False if the stream has stopped.
  bool SubmitRow(const Message& row) {
    const auto& origin = static_cast<const RowOrigin&>(row.GetReflection()->GetMessage(row, FieldOf(row, "origin")));
    const Outcomes::Place place = outcomes_->Expect();
    if (place == nullptr) return false;
    const auto answer = [outcomes = outcomes_, place, origin](RowOutcome outcome) {
      *outcome.mutable_origin() = origin;
      outcomes->Arrive(place, std::move(outcome));
    };
    absl::StatusOr<Change<RowOutcome>> change = Decide(row);
    if (!change.ok()) {
      answer(Rejected(change.status()));
      return true;
    }
    // What a row that conflicts would have changed: its answer is an error, which cannot carry it.
    const auto conflict = std::make_shared<RowOutcome>();
    ledger_.Submit(CommandOf(*std::move(change), row, origin, conflict), absl::InfiniteFuture(),
                   [answer, conflict, outcomes = outcomes_](const absl::StatusOr<ledger::Answer>& result) {
                     if (IsPassing(result.status())) return outcomes->Stop(result.status());
                     answer(OutcomeOf(result, *conflict));
                   });
    return true;
  }

  absl::StatusOr<Change<RowOutcome>> Decide(const Message& row) const {
    Faults faults;
    rpc::CheckMessage(row, "", faults);
    RETURN_IF_ERROR(faults.status());
    return on_row_(*source_, row);
  }

  ledger::Command CommandOf(Change<RowOutcome> change, const Message& row, const RowOrigin& origin,
                            const std::shared_ptr<RowOutcome>& conflict) const {
    ledger::Command command;
    command.author = {
        call_.actor, call_.method,         absl::StrCat(source_->import_id(), "#", origin.sheet(), "#", origin.row()),
        "",          source_->import_id(), Describe(*source_, origin)};
    command.validate_only = source_->validate_only();
    command.bulk = true;
    command.import_generation = run_->generation;
    command.import_untouched = run_->inserted + run_->changed + run_->unchanged == 0;
    command.overlay = overlay_;
    command.names = std::move(change.names);
    command.new_names = std::move(change.new_names);
    command.keys = std::move(change.keys);
    std::unique_ptr<Message> copy(row.New());
    copy->MergeFrom(row);
    command.request = std::move(copy);
    command.decide = [decide = std::move(change.decide), conflict,
                      overwrite = source_->overwrite()](ledger::Draft& draft) -> absl::StatusOr<std::string> {
      ASSIGN_OR_RETURN(RowOutcome outcome, decide(draft));
      RETURN_IF_ERROR(NoteChanges(draft, overwrite, outcome, *conflict));
      draft.Note(EffectOf(outcome.kind()));
      return outcome.SerializeAsString();
    };
    return command;
  }

  // Adds what a row changed; refuses it if somebody changed the record meanwhile.
  static absl::Status NoteChanges(ledger::Draft& draft, bool overwrite, RowOutcome& outcome, RowOutcome& conflict) {
    if (outcome.kind() != RowOutcome::KIND_CHANGED) return absl::OkStatus();
    ASSIGN_OR_RETURN(std::vector<ledger::FieldDifference> differences, draft.Differences(outcome.name()));
    for (ledger::FieldDifference& difference : differences) {
      ledger::v1::FieldChange* change = outcome.add_changes();
      change->set_field(std::move(difference.path));
      change->set_before(std::move(difference.before));
      change->set_after(std::move(difference.after));
    }
    if (overwrite) return absl::OkStatus();
    ASSIGN_OR_RETURN(const std::optional<ledger::LaterChange> later, draft.ChangedSinceImport(outcome.name()));
    if (!later.has_value()) return absl::OkStatus();
    conflict = outcome;
    return RowConflict(outcome.name(), *later);
  }

  static RowOutcome OutcomeOf(const absl::StatusOr<ledger::Answer>& answer, const RowOutcome& conflict) {
    RowOutcome outcome;
    if (HasReason(answer.status(), api::v1::ROW_CONFLICT)) {
      outcome = conflict;
      outcome.set_kind(RowOutcome::KIND_CONFLICT);
      *outcome.mutable_error() = rpc::ToRpcStatus(answer.status());
      return outcome;
    }
    if (!answer.ok()) return Rejected(answer.status());
    outcome.ParseFromString(answer->bytes);
    if (!answer->replayed) return outcome;
    outcome.set_kind(RowOutcome::KIND_UNCHANGED);
    outcome.clear_changes();
    return outcome;
  }

  void SendOutcomes() {
    while (true) {
      std::deque<RowOutcome> ready = outcomes_->Take();
      if (ready.empty()) break;
      response_.Clear();
      const FieldDescriptor* field = FieldOf(response_, "outcomes");
      for (RowOutcome& outcome : ready) {
        static_cast<RowOutcome&>(*response_.GetReflection()->AddMessage(&response_, field)).Swap(&outcome);
      }
      if (!bytes_.Write(response_)) {
        outcomes_->Stop(absl::OkStatus());
        break;
      }
    }
    // A last message without outcomes: that it goes out tells a caller who has said all from one who was killed.
    response_.Clear();
    ended_ = !outcomes_->stopped() && read_whole_ && bytes_.Write(response_);
    bytes_.StopReading();  // nobody would hear what became of more rows
  }

  ledger::Register& ledger_;
  const rpc::Call& call_;
  rpc::ByteStream& bytes_;
  Message& response_;
  const RowHandler& on_row_;
  std::optional<ImportSource> source_;
  std::optional<ledger::ImportEntry> run_;
  const std::shared_ptr<ledger::Overlay> overlay_ = std::make_shared<ledger::Overlay>();
  bool read_whole_ = false;  // set before the outcomes are closed, read after
  bool ended_ = false;
  // Shared with the answers under way: they may outlive a stream whose caller went away.
  const std::shared_ptr<Outcomes> outcomes_ = std::make_shared<Outcomes>();
};

}  // namespace

absl::Status ImportRows(ledger::Register& ledger, const rpc::Call& call, rpc::ByteStream& bytes, Message& request,
                        Message& response, const RowHandler& on_row) {
  return ImportRun(ledger, call, bytes, response, on_row).Run(request);
}

}  // namespace kechuang
