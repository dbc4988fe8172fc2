#include "tools/kc/revision_text.h"

#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/time.h"
#include "google/protobuf/message.h"

#include "common/api/json.h"
#include "common/base/error.h"
#include "tools/kc/catalogue.h"
#include "tools/kc/fields.h"
#include "tools/kc/json_text.h"
#include "tools/kc/table.h"

namespace kechuang::kc {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using ledger::v1::FieldChange;
using ledger::v1::Revision;

// What the head of a revision says already.
bool SaidByHead(const FieldChange& change) {
  return change.field() == "revision" || change.field() == "create_time" || change.field() == "update_time";
}

// The way to a field such as "seller.party_name"; empty if records of this type have none.
FieldPath PathTo(const Descriptor* type, const std::string& field) {
  FieldPath path;
  for (const absl::string_view name : absl::StrSplit(field, '.')) {
    const FieldDescriptor* step = type == nullptr ? nullptr : type->FindFieldByName(std::string(name));
    if (step == nullptr) return {};
    path.steps.push_back(step);
    type = step->is_repeated() ? nullptr : step->message_type();
  }
  return path;
}

// A value of a change, which is JSON, as the tables show such values; as it is if this program does not know its field.
std::string ValueText(const Descriptor* type, const FieldPath& path, const std::string& json, Reader reader) {
  if (path.steps.empty()) return Printable(json);
  const std::unique_ptr<Message> record = NewMessage(type);
  Message* holder = record.get();
  for (size_t i = 0; i + 1 < path.steps.size(); ++i) {
    holder = holder->GetReflection()->MutableMessage(holder, path.steps[i]);
  }
  Faults faults;
  api::ReadJsonField(json, "", &path.leaf(), *holder, faults);
  return Printable(faults.any() ? json : TextOf(*record, path, reader));
}

// A field that changed, as one line without its end.
std::string ChangeText(const Descriptor* type, const FieldChange& change, Language language) {
  const Reader reader = PersonOf(language);
  const FieldPath path = PathTo(type, change.field());
  const auto text = [&](const std::string& json) -> std::string {
    if (json.empty()) return language == Language::kChinese ? "（未填）" : "(not set)";
    return ValueText(type, path, json, reader);
  };
  return absl::StrCat(path.steps.empty() ? Printable(change.field()) : TitleOf(path, reader), ": ",
                      text(change.before()), " -> ", text(change.after()));
}

}  // namespace

std::string RevisionText(const Revision& revision, Language language) {
  const auto say = [&](const char* english, const char* chinese) {
    return language == Language::kChinese ? chinese : english;
  };
  std::string text =
      absl::StrCat(say("revision ", "修订 "), revision.revision(), "  ", ChinaTime(revision.time().seconds()), "  ",
                   Printable(revision.actor()), "  ", Printable(revision.method()), "  (",
                   say("journal entry ", "流水号 "), revision.sequence(), ")\n");
  if (!revision.reason().empty()) {
    absl::StrAppend(&text, "    ", say("reason: ", "原因："), Printable(revision.reason()), "\n");
  }
  if (!revision.origin().empty()) {
    absl::StrAppend(&text, "    ", say("imported from: ", "导入来源："), Printable(revision.origin()), "\n");
  }
  const Descriptor* type = TypeNamed(revision.record());
  for (const FieldChange& change : revision.changes()) {
    if (!SaidByHead(change)) absl::StrAppend(&text, "    ", ChangeText(type, change, language), "\n");
  }
  return text;
}

const std::vector<std::string>& RevisionColumns() {
  static const auto& columns = *new std::vector<std::string>{
      "record", "revision", "sequence", "time", "actor", "method", "reason", "origin", "field", "before", "after"};
  return columns;
}

std::vector<std::string> RevisionCells(const Revision& revision, const FieldChange& change) {
  return {
      revision.record(),
      absl::StrCat(revision.revision()),
      absl::StrCat(revision.sequence()),
      absl::FormatTime("%Y-%m-%dT%H:%M:%E6SZ",
                       absl::FromUnixSeconds(revision.time().seconds()) + absl::Nanoseconds(revision.time().nanos()),
                       absl::UTCTimeZone()),
      revision.actor(),
      revision.method(),
      revision.reason(),
      revision.origin(),
      change.field(),
      change.before(),
      change.after()};
}

}  // namespace kechuang::kc
