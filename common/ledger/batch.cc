#include "common/ledger/batch.h"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"

#include "common/base/error.h"
#include "common/base/status_macros.h"
#include "common/ledger/record_json.h"
#include "common/ledger/working_set.h"
#include "kechuang/api/v1/reasons.pb.h"

namespace kechuang::ledger {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using mysql::Outcome;
using mysql::Transaction;
using Answers = std::vector<absl::StatusOr<Answer>>;

// Batches of so few commands do without the head's lock until they write: of more, the first are written while the
// others are decided.
constexpr size_t kFew = 16;

std::string DeterministicBytes(const Message& message) {
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    message.SerializeToCodedStream(&coded);
  }
  return bytes;
}

// The request without its request_id, the same bytes for the same content.
std::string PayloadOf(const Message& request) {
  if (const FieldDescriptor* field = request.GetDescriptor()->FindFieldByName("request_id"); field != nullptr) {
    std::unique_ptr<Message> copy(request.New());
    copy->MergeFrom(request);
    copy->GetReflection()->ClearField(copy.get(), field);
    return DeterministicBytes(*copy);
  }
  return DeterministicBytes(request);
}

absl::Status RequestIdReused(const std::string& request_id, const std::string& field, const std::string& before,
                             const std::string& now) {
  return Refuse(absl::StatusCode::kAlreadyExists, api::v1::REQUEST_ID_REUSED)
      .With("field", field)
      .With("request_id", request_id)
      .Says(absl::StrCat("request id ", request_id, " came before with another ", field, ": ", before, " then, ", now,
                         " now"),
            absl::StrCat("请求号 ", request_id, " 曾用于内容不同的请求，字段 ", field, " 当时为 ", before, "，现在为 ",
                         now));
}

// The first answer if the request is the same, else the error that names what differs.
absl::StatusOr<Answer> Replay(const Command& command, const StoredRequest& stored) {
  const std::string& id = command.author.request_id;
  if (stored.method != command.author.method) {
    return RequestIdReused(id, "method", stored.method, command.author.method);
  }
  const std::string payload = PayloadOf(*command.request);
  if (payload == stored.payload) return Answer{stored.answer, /*replayed=*/true};
  const std::unique_ptr<Message> before(command.request->New());
  const std::unique_ptr<Message> now(command.request->New());
  before->ParseFromString(stored.payload);
  now->ParseFromString(payload);
  const std::vector<FieldDifference> differences = DifferencesOf(*before, *now);
  if (differences.empty()) return Answer{stored.answer, /*replayed=*/true};
  const FieldDifference& first = differences.front();
  return RequestIdReused(id, first.path, first.before.empty() ? "(none)" : first.before,
                         first.after.empty() ? "(none)" : first.after);
}

// Who a request id belongs to: its caller, or of an import row the import's generation.
RequestKey KeyOf(const Command& command) {
  const Author& author = command.author;
  if (command.import_generation == 0) return {author.actor, author.request_id};
  return {absl::StrCat("imports/", author.import_id, "@", command.import_generation), author.request_id};
}

// A row that is validated only is known again, too: it says what the live row would.
bool IsLookedUp(const Command& command) {
  const bool may_be_known = command.import_generation > 0 && !command.import_untouched;
  return !command.author.request_id.empty() && command.request != nullptr && (!command.validate_only || may_be_known);
}

std::set<Overlay*> OverlaysOf(const std::vector<const Command*>& commands) {
  std::set<Overlay*> overlays;
  for (const Command* command : commands) {
    if (command->validate_only && command->overlay != nullptr) overlays.insert(command->overlay.get());
  }
  return overlays;
}

// One run of the transaction's body.
class BatchRun {
 public:
  BatchRun(const Store& store, const KindTable& kinds, absl::Time now, Transaction& transaction, WriteBehind& behind,
           std::vector<const Command*>& commands, BatchRunner::More more, const Guess& guess)
      : store_(store),
        set_(store, kinds, transaction, now, &behind),
        transaction_(transaction),
        commands_(commands),
        more_(more),
        guess_(guess) {}

  absl::StatusOr<Answers> Run(const RemovedAt& removed) {
    RETURN_IF_ERROR(set_.Begin(removed, guess_.head));
    if (!guess_.head.has_value()) TakeMore();
    BeginOverlays();
    RETURN_IF_ERROR(Prefetch());
    RETURN_IF_ERROR(set_.failure());
    Answers answers;
    answers.reserve(commands_.size());
    for (const Command* command : commands_) {
      answers.push_back(Decide(*command));
      RETURN_IF_ERROR(set_.failure());
    }
    RETURN_IF_ERROR(set_.Write());
    if (!new_requests_.empty() || !noted_imports_.empty()) RETURN_IF_ERROR(set_.Hold());
    RETURN_IF_ERROR(store_.StoreRequests(transaction_, new_requests_, set_.now()));
    for (const std::string& id : noted_imports_) {
      RETURN_IF_ERROR(StoreImport(transaction_, store_.book(), *imports_[id], set_.now()));
    }
    return answers;
  }

  Written written() const { return {set_.head(), set_.wrote_journal()}; }
  std::optional<RemovedAt> removed_at() const { return set_.removed_at(); }
  bool head_moved() const { return set_.head_moved(); }
  // Whether a name or a request id that was to be new was found by a look-up.
  bool found_taken() const {
    return requests_found_ || std::any_of(commands_.begin(), commands_.end(), [this](const Command* command) {
             return std::any_of(command->new_names.begin(), command->new_names.end(),
                                [this](const std::string& name) { return set_.Found(name); });
           });
  }

 private:
  void TakeMore() {
    const std::vector<const Command*> came = more_();
    commands_.insert(commands_.end(), came.begin(), came.end());
  }

  void BeginOverlays() {
    for (Overlay* overlay : OverlaysOf(commands_)) overlay->Begin();
  }

  // What is validated only writes nothing that could show a guess to be wrong.
  bool Guesses(const Command& command) const { return guess_.names_free && !command.validate_only; }

  absl::Status Prefetch() {
    std::set<std::string> names;
    std::set<std::string> free;
    std::set<std::string> imported;
    std::set<std::string> keys;
    std::set<RequestKey> requests;
    for (const Command* command : commands_) {
      names.insert(command->names.begin(), command->names.end());
      (Guesses(*command) ? free : names).insert(command->new_names.begin(), command->new_names.end());
      keys.insert(command->keys.begin(), command->keys.end());
      if (IsLookedUp(*command) && !Guesses(*command)) requests.insert(KeyOf(*command));
      if (command->import_generation == 0) continue;
      imported.insert(command->names.begin(), command->names.end());
      imported.insert(command->new_names.begin(), command->new_names.end());
      const std::string& id = command->author.import_id;
      if (command->validate_only || imports_.contains(id)) continue;
      RETURN_IF_ERROR(set_.Hold());
      ASSIGN_OR_RETURN(imports_[id], LoadImport(transaction_, store_.book(), id));
    }
    RETURN_IF_ERROR(LoadRequests({requests.begin(), requests.end()}));
    set_.ExpectImported(imported);
    RETURN_IF_ERROR(set_.Prefetch(names, keys));
    return set_.Presume(free);
  }

  absl::Status LoadRequests(const std::vector<RequestKey>& keys) {
    if (keys.empty()) return absl::OkStatus();
    RETURN_IF_ERROR(set_.Hold());
    RETURN_IF_ERROR(store_.LoadRequests(transaction_, keys, known_requests_));
    requests_found_ = requests_found_ || !known_requests_.empty();
    return absl::OkStatus();
  }

  absl::StatusOr<Answer> Decide(const Command& command) {
    RETURN_IF_ERROR(CheckImport(command));
    if (!IsLookedUp(command)) return Apply(command);
    const RequestKey key = KeyOf(command);
    if (const auto known = known_requests_.find(key); known != known_requests_.end()) {
      return Replay(command, known->second);
    }
    absl::StatusOr<Answer> answer = Apply(command);
    RETURN_IF_ERROR(set_.failure());
    if (!answer.ok() && Guesses(command)) return RefuseOrReplay(command, key, answer.status());
    if (!answer.ok() || command.validate_only) return answer;
    const auto kept =
        known_requests_.emplace(key, StoredRequest{command.author.method, PayloadOf(*command.request), answer->bytes});
    new_requests_.push_back(&*kept.first);
    return answer;
  }

  // Of a command whose request id was taken for new: it is refused now, but may have been answered before.
  absl::StatusOr<Answer> RefuseOrReplay(const Command& command, const RequestKey& key, const absl::Status& refusal) {
    std::map<RequestKey, StoredRequest> before;
    RETURN_IF_ERROR(set_.Hold());
    RETURN_IF_ERROR(store_.LoadRequests(transaction_, {key}, before));
    if (before.empty()) return refusal;
    requests_found_ = true;
    return Replay(command, before.begin()->second);
  }

  absl::StatusOr<Answer> Apply(const Command& command) {
    const int64_t before = set_.head().sequence;
    RowEffect effect = RowEffect::kNone;
    ASSIGN_OR_RETURN(std::string bytes, set_.Apply(command, effect));
    if (command.import_generation > 0 && !command.validate_only) {
      const std::string& id = command.author.import_id;
      NoteRow(*imports_[id], effect, before, set_.head().sequence);
      noted_imports_.insert(id);
    }
    return Answer{std::move(bytes)};
  }

  // Rows of a run that began before a revert are not taken after it.
  absl::Status CheckImport(const Command& command) {
    if (command.import_generation == 0 || command.validate_only) return absl::OkStatus();
    const std::string& id = command.author.import_id;
    const std::optional<ImportEntry>& entry = imports_[id];
    const bool taken = entry.has_value() && entry->generation == command.import_generation &&
                       entry->state != ImportState::kReverting && entry->state != ImportState::kReverted;
    return taken ? absl::OkStatus() : ImportReverted(id);
  }

  const Store& store_;
  WorkingSet set_;
  Transaction& transaction_;
  std::vector<const Command*>& commands_;  // also of the next run
  const BatchRunner::More more_;
  const Guess& guess_;
  bool requests_found_ = false;
  std::map<RequestKey, StoredRequest> known_requests_;
  std::vector<const AnsweredRequest*> new_requests_;  // among the known ones
  std::map<std::string, std::optional<ImportEntry>> imports_;
  std::set<std::string> noted_imports_;
};

}  // namespace

absl::Time ColumnNow(const Clock& clock) { return absl::FromUnixMicros(absl::ToUnixMicros(clock.Now())); }

absl::Status CommitUnderHead(mysql::Database& database, const Store& store, absl::Time deadline,
                             absl::FunctionRef<absl::StatusOr<Written>(Transaction&)> body) {
  Written written;
  // The entry with our sequence carries our hash only if our transaction committed; the head's lock keeps the look-up
  // from overtaking it. On another node of a cluster the head's change does: of it and a COMMIT still on its way, the
  // cluster takes the first and refuses the other.
  const auto settle = [&](Transaction& transaction) -> absl::StatusOr<Outcome> {
    ASSIGN_OR_RETURN(const Head head, store.LockHead(transaction));
    bool ours = false;
    if (written.journal) {
      RETURN_IF_ERROR(store.LoadJournal(transaction, "book=? AND sequence=?", {store.book(), written.head.sequence},
                                        [&](const JournalEntry& entry) {
                                          ours = entry.hash == written.head.hash;
                                          return absl::OkStatus();
                                        }));
    }
    if (ours) return Outcome::kCommitted;
    RETURN_IF_ERROR(store.FenceHead(transaction, head));
    return Outcome::kNotCommitted;
  };
  return database.Transact(
      deadline,
      [&](Transaction& transaction) -> absl::Status {
        ASSIGN_OR_RETURN(written, body(transaction));
        return absl::OkStatus();
      },
      settle);
}

Guess BatchRunner::GuessFor(const std::vector<const Command*>& commands) const {
  const bool few = commands.size() <= kFew;
  return {names_free_.holds(), few && head_unmoved_.holds() ? head_ : std::nullopt};
}

absl::StatusOr<Answers> BatchRunner::Run(absl::Time deadline, std::vector<const Command*> commands, More more) {
  bool wrong = false;
  absl::StatusOr<Answers> answers = RunOnce(deadline, commands, more, GuessFor(commands), wrong);
  if (wrong) answers = RunOnce(deadline, commands, more, Guess(), wrong);
  return answers;
}

absl::StatusOr<Answers> BatchRunner::RunOnce(absl::Time deadline, std::vector<const Command*>& commands, More more,
                                             const Guess& guess, bool& wrong) {
  Answers answers;
  std::optional<RemovedAt> removed;
  Head head;
  bool head_moved = false;
  bool found_taken = false;
  const auto body = [&](Transaction& transaction) -> absl::StatusOr<Written> {
    BatchRun run(store_, kinds_, ColumnNow(clock_), transaction, behind_, commands, more, guess);
    absl::StatusOr<Answers> ran = run.Run(removed_);
    head_moved = run.head_moved();
    found_taken = run.found_taken() || (guess.names_free && absl::IsAlreadyExists(ran.status()));
    RETURN_IF_ERROR(ran.status());
    answers = *std::move(ran);
    removed = run.removed_at();
    head = run.written().head;
    return run.written();
  };
  const absl::Status status = CommitUnderHead(database_, store_, deadline, body);
  if (found_taken) names_free_.WasWrong();
  if (head_moved) head_unmoved_.WasWrong();
  wrong = head_moved || (guess.names_free && absl::IsAlreadyExists(status));
  if (!status.ok()) return status;
  if (!found_taken) names_free_.WasRight();
  head_unmoved_.WasRight();
  if (removed.has_value()) removed_ = *std::move(removed);
  head_ = std::move(head);
  for (Overlay* overlay : OverlaysOf(commands)) overlay->Commit();
  return answers;
}

}  // namespace kechuang::ledger
