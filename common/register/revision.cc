#include "common/register/revision.h"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "google/protobuf/message.h"

#include "common/access/masking.h"
#include "common/base/error.h"
#include "common/base/status_macros.h"
#include "common/ledger/record_json.h"
#include "common/rpc/revealed_answers.h"
#include "kechuang/api/v1/reasons.pb.h"

namespace kechuang {
namespace {

using google::protobuf::Message;
using ledger::JournalEntry;
namespace v1 = ledger::v1;

absl::StatusOr<std::unique_ptr<Message>> RecordOf(const ledger::Register& ledger, const std::string& name,
                                                  const std::string& json) {
  const ledger::Kind* kind = ledger.kinds().OfName(name);
  if (kind == nullptr) {
    return Refuse(absl::StatusCode::kNotFound, api::v1::RECORD_NOT_FOUND)
        .About(name)
        .Says(absl::StrCat("this register keeps no records named like ", name),
              absl::StrCat("本登记簿没有 ", name, " 这类记录"));
  }
  std::unique_ptr<Message> record(
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(kind->type)->New());
  if (!json.empty()) RETURN_IF_ERROR(ledger::RecordFromJson(json, *record));
  return record;
}

using Texts = std::map<std::string, std::string>;

// Every field that is set, by its path, as JSON.
Texts TextsOf(const Message& record) {
  const std::unique_ptr<Message> nothing(record.New());
  Texts texts;
  for (ledger::FieldDifference& set : ledger::DifferencesOf(*nothing, record)) {
    texts[set.path] = std::move(set.after);
  }
  return texts;
}

std::unique_ptr<Message> MaskedCopy(const Message& record) {
  std::unique_ptr<Message> copy(record.New());
  copy->CopyFrom(record);
  access::MaskPersonalData(*copy);
  return copy;
}

// Shows the record and its changes with personal data masked. That a masked field changed is told, too.
void ShowMasked(const Message& before, const Message& after, v1::Revision& revision) {
  const std::unique_ptr<Message> masked = MaskedCopy(after);
  Texts earlier = TextsOf(*MaskedCopy(before));
  Texts later = TextsOf(*masked);
  if (!revision.record_json().empty()) revision.set_record_json(ledger::RecordToJson(*masked));
  for (v1::FieldChange& change : *revision.mutable_changes()) {
    change.set_before(earlier[change.field()]);
    change.set_after(later[change.field()]);
  }
}

}  // namespace

absl::StatusOr<v1::Revision> ToRevision(const ledger::Register& ledger, const rpc::Call& call,
                                        const JournalEntry& entry, const std::string& before) {
  v1::Revision revision;
  revision.set_sequence(entry.sequence);
  revision.set_record(entry.name);
  revision.set_revision(entry.revision);
  revision.set_actor(entry.author.actor);
  revision.set_method(entry.author.method);
  revision.set_request_id(entry.author.request_id);
  revision.set_reason(entry.author.reason);
  revision.set_import_id(entry.author.import_id);
  revision.set_origin(entry.author.origin);
  const int64_t micros = absl::ToUnixMicros(entry.time);
  revision.mutable_time()->set_seconds(micros / 1'000'000);
  revision.mutable_time()->set_nanos(static_cast<int32_t>(micros % 1'000'000) * 1000);
  revision.set_record_json(entry.record);
  revision.set_hash(entry.hash);
  ASSIGN_OR_RETURN(const std::unique_ptr<Message> after, RecordOf(ledger, entry.name, entry.record));
  ASSIGN_OR_RETURN(const std::unique_ptr<Message> earlier, RecordOf(ledger, entry.name, before));
  for (ledger::FieldDifference& difference : ledger::DifferencesOf(*earlier, *after)) {
    v1::FieldChange* change = revision.add_changes();
    change->set_field(std::move(difference.path));
    change->set_before(std::move(difference.before));
    change->set_after(std::move(difference.after));
  }
  if (call.caller != nullptr && !rpc::Reveals(call, after->GetDescriptor())) {
    ShowMasked(*earlier, *after, revision);
  }
  return revision;
}

absl::Status CheckRecordName(const ledger::Register& ledger, const std::string& name) {
  return RecordOf(ledger, name, "").status();
}

}  // namespace kechuang
