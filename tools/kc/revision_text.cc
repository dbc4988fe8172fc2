#include "tools/kc/revision_text.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/time.h"

#include "nlohmann/json.hpp"
#include "tools/kc/fields.h"
#include "tools/kc/json_text.h"
#include "tools/kc/table.h"

namespace kechuang::kc {
namespace {

using ledger::v1::FieldChange;
using ledger::v1::Revision;

// What the head of a revision says already.
bool SaidByHead(const FieldChange& change) {
  return change.field() == "revision" || change.field() == "create_time" || change.field() == "update_time";
}

// A value of a change, which is JSON, as a person reads it: a date as 2022-03-05, the rest as it is.
std::string ValueText(const std::string& json, const std::string& nothing) {
  if (json.empty()) return nothing;
  const auto value = nlohmann::json::parse(json, nullptr, false);
  const auto number = [&](const char* key) {
    const auto found = value.find(key);
    return found != value.end() && found->is_number_integer() ? found->get<int>() : 0;
  };
  if (!value.is_object() || value.size() != 3 || number("year") == 0 || number("month") == 0 || number("day") == 0) {
    return Printable(json);
  }
  return absl::StrFormat("%04d-%02d-%02d", number("year"), number("month"), number("day"));
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
  const std::string nothing = say("(not set)", "（未填）");
  for (const FieldChange& change : revision.changes()) {
    if (SaidByHead(change)) continue;
    absl::StrAppend(&text, "    ", Printable(change.field()), ": ", ValueText(change.before(), nothing), " -> ",
                    ValueText(change.after(), nothing), "\n");
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
