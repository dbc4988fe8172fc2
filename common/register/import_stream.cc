#include "common/register/import_stream.h"

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
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

// "sha256:... 名单.xlsx [Sheet1] row 12"
std::string Describe(const ImportSource& source, const RowOrigin& origin) {
  const std::string sheet = origin.sheet().empty() ? "" : absl::StrCat(" [", origin.sheet(), "]");
  return absl::StrCat("sha256:", source.file_hash(), " ", source.file_name(), sheet, " row ", origin.row());
}

// The rows of one stream that were sent and whose outcomes have not gone back. Outcomes arrive from the register's
// thread in any order and leave in the order of the rows.
class Outcomes {
 public:
  // Adds a row's place; blocks while too many rows wait.
  std::shared_ptr<std::optional<RowOutcome>> Expect() {
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait(lock, [this] { return waiting_.size() < kRowsWaitingMax || waiting_.front()->has_value(); });
    return waiting_.emplace_back(std::make_shared<std::optional<RowOutcome>>());
  }
  void Arrive(const std::shared_ptr<std::optional<RowOutcome>>& place, RowOutcome outcome) {
    const std::lock_guard<std::mutex> lock(mutex_);
    *place = std::move(outcome);
    changed_.notify_all();
  }
  // Takes the outcomes that can go back now; waits for the first if wait, and for all if there is nothing more to come.
  std::deque<RowOutcome> Take(bool wait) {
    std::unique_lock<std::mutex> lock(mutex_);
    if (wait) changed_.wait(lock, [this] { return waiting_.empty() || waiting_.front()->has_value(); });
    std::deque<RowOutcome> ready;
    while (!waiting_.empty() && waiting_.front()->has_value() && ready.size() < kOutcomesInMessage) {
      ready.push_back(**waiting_.front());
      waiting_.pop_front();
    }
    return ready;
  }
  bool empty() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return waiting_.empty();
  }
  bool full() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return waiting_.size() >= kRowsWaitingMax;
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::shared_ptr<std::optional<RowOutcome>>> waiting_;
};

class ImportRun {
 public:
  ImportRun(ledger::Register& ledger, const rpc::Call& call, rpc::ByteStream& bytes, Message& response,
            const RowHandler& on_row)
      : ledger_(ledger), call_(call), bytes_(bytes), response_(response), on_row_(on_row) {}

  absl::Status Run(Message& request) {
    while (bytes_.Read(request)) {
      RETURN_IF_ERROR(ReadSource(request));
      const FieldDescriptor* rows = FieldOf(request, "rows");
      const int size = request.GetReflection()->FieldSize(request, rows);
      for (int i = 0; i < size; ++i) {
        if (!SubmitRow(request.GetReflection()->GetRepeatedMessage(request, rows, i))) return Finish();
      }
      if (!SendReady(/*wait=*/false)) return Finish();
    }
    return Finish();
  }

 private:
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

  // False if the caller is gone.
  bool SubmitRow(const Message& row) {
    while (outcomes_->full()) {
      if (!SendReady(/*wait=*/true)) return false;
    }
    const auto& origin = static_cast<const RowOrigin&>(row.GetReflection()->GetMessage(row, FieldOf(row, "origin")));
    const auto place = outcomes_->Expect();
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
                   [answer](absl::StatusOr<ledger::Answer> result) { answer(OutcomeOf(result)); });
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

  // Sends what can be sent; false if the caller is gone.
  bool SendReady(bool wait) {
    while (true) {
      const std::deque<RowOutcome> ready = outcomes_->Take(wait);
      if (ready.empty()) return true;
      response_.Clear();
      const FieldDescriptor* field = FieldOf(response_, "outcomes");
      for (const RowOutcome& outcome : ready) {
        response_.GetReflection()->AddMessage(&response_, field)->CopyFrom(outcome);
      }
      if (!bytes_.Write(response_)) return false;
      wait = false;
    }
  }

  // Waits for the rows under way, so that the stream's end means that all of it is decided.
  absl::Status Finish() {
    bool there = true;
    while (there && !outcomes_->empty()) there = SendReady(/*wait=*/true);
    return absl::OkStatus();
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
