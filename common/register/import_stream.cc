#include "common/register/import_stream.h"

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"

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

// Errors that say nothing of the row: the database is away, the queue is full, time ran out. Whether such a row was
// written may not even be known, so it is not told as rejected.
bool IsPassing(const absl::Status& status) {
  const std::string reason = ReasonOf(status);
  return absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status) ||
         reason == api::v1::Reason_Name(api::v1::OVERLOADED) || reason == api::v1::Reason_Name(api::v1::CONFLICT);
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
    changed_.wait(lock, [this] { return stopped_ || waiting_.size() < kRowsWaitingMax; });
    if (stopped_) return nullptr;
    return waiting_.emplace_back(std::make_shared<std::optional<RowOutcome>>());
  }
  void Arrive(const Place& place, RowOutcome outcome) {
    const std::lock_guard<std::mutex> lock(mutex_);
    *place = std::move(outcome);
    changed_.notify_all();
  }
  // Says that no more rows come.
  void Close() {
    const std::lock_guard<std::mutex> lock(mutex_);
    closed_ = true;
    changed_.notify_all();
  }
  // Says that the stream cannot go on: its caller is gone (OK), or a row was not decided, by no fault of its own.
  void Stop(const absl::Status& status) {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (stop_.ok()) stop_ = status;
    stopped_ = true;
    changed_.notify_all();
  }
  absl::Status stop() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return stop_;
  }
  // Waits for outcomes that can go back and takes them; none if there are none to come.
  std::deque<RowOutcome> Take() {
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait(lock, [this] { return stopped_ || (waiting_.empty() ? closed_ : waiting_.front()->has_value()); });
    std::deque<RowOutcome> ready;
    while (!waiting_.empty() && waiting_.front()->has_value() && ready.size() < kOutcomesInMessage) {
      ready.push_back(**waiting_.front());
      waiting_.pop_front();
    }
    changed_.notify_all();
    return ready;
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Place> waiting_;
  bool closed_ = false;
  bool stopped_ = false;
  absl::Status stop_;
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
    outcomes_->Close();
    sender.join();
    return status.ok() ? outcomes_->stop() : status;
  }

 private:
  absl::Status ReadRows(Message& request) {
    while (bytes_.Read(request)) {
      RETURN_IF_ERROR(ReadSource(request));
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
    ledger_.Submit(CommandOf(*std::move(change), row, origin), absl::InfiniteFuture(),
                   [answer, outcomes = outcomes_](absl::StatusOr<ledger::Answer> result) {
                     if (IsPassing(result.status())) return outcomes->Stop(result.status());
                     answer(OutcomeOf(result));
                   });
    return true;
  }

  absl::StatusOr<Change<RowOutcome>> Decide(const Message& row) const {
    Faults faults;
    rpc::CheckMessage(row, "", faults);
    RETURN_IF_ERROR(faults.status());
    return on_row_(*source_, row);
  }

  ledger::Command CommandOf(Change<RowOutcome> change, const Message& row, const RowOrigin& origin) const {
    ledger::Command command;
    command.author = {
        call_.actor, call_.method,         absl::StrCat(source_->import_id(), "#", origin.sheet(), "#", origin.row()),
        "",          source_->import_id(), Describe(*source_, origin)};
    command.validate_only = source_->validate_only();
    command.bulk = true;
    command.names = std::move(change.names);
    command.keys = std::move(change.keys);
    std::unique_ptr<Message> copy(row.New());
    copy->CopyFrom(row);
    command.request = std::move(copy);
    command.decide = [decide = std::move(change.decide)](ledger::Draft& draft) -> absl::StatusOr<std::string> {
      ASSIGN_OR_RETURN(const RowOutcome outcome, decide(draft));
      return outcome.SerializeAsString();
    };
    return command;
  }

  static RowOutcome OutcomeOf(const absl::StatusOr<ledger::Answer>& answer) {
    if (!answer.ok()) return Rejected(answer.status());
    RowOutcome outcome;
    outcome.ParseFromString(answer->bytes);
    if (answer->replayed) outcome.set_kind(RowOutcome::KIND_UNCHANGED);
    return outcome;
  }

  void SendOutcomes() {
    while (true) {
      const std::deque<RowOutcome> ready = outcomes_->Take();
      if (ready.empty()) break;
      response_.Clear();
      const FieldDescriptor* field = FieldOf(response_, "outcomes");
      for (const RowOutcome& outcome : ready) {
        response_.GetReflection()->AddMessage(&response_, field)->CopyFrom(outcome);
      }
      if (!bytes_.Write(response_)) {
        outcomes_->Stop(absl::OkStatus());
        break;
      }
    }
    bytes_.StopReading();  // nobody would hear what became of more rows
  }

  ledger::Register& ledger_;
  const rpc::Call& call_;
  rpc::ByteStream& bytes_;
  Message& response_;
  const RowHandler& on_row_;
  std::optional<ImportSource> source_;
  // Shared with the answers under way: they may outlive a stream whose caller went away.
  const std::shared_ptr<Outcomes> outcomes_ = std::make_shared<Outcomes>();
};

}  // namespace

absl::Status ImportRows(ledger::Register& ledger, const rpc::Call& call, rpc::ByteStream& bytes, Message& request,
                        Message& response, const RowHandler& on_row) {
  return ImportRun(ledger, call, bytes, response, on_row).Run(request);
}

}  // namespace kechuang
