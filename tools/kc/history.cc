#include "tools/kc/history.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

#include "common/base/status_macros.h"
#include "kechuang/ledger/v1/journal.pb.h"
#include "nlohmann/json.hpp"
#include "tools/kc/call.h"
#include "tools/kc/catalogue.h"
#include "tools/kc/errors.h"
#include "tools/kc/fields.h"
#include "tools/kc/json_text.h"

namespace kechuang::kc {
namespace {

using google::protobuf::MethodDescriptor;
using google::protobuf::ServiceDescriptor;
using ledger::v1::FieldChange;
using ledger::v1::ListRevisionsRequest;
using ledger::v1::ListRevisionsResponse;
using ledger::v1::Revision;

constexpr int kPageSize = 200;

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

std::string ForPerson(const Revision& revision, Language language) {
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

std::vector<std::string> CsvCells(const Revision& revision, const FieldChange& change) {
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

void Print(const Session& session, const Revision& revision, bool first) {
  switch (session.output) {
    case OutputFormat::kTable:
      session.out() << ForPerson(revision, session.language);
      return;
    case OutputFormat::kJson:
      session.out() << (first ? "\n" : ",\n") << MessageToJson(revision, false);
      return;
    case OutputFormat::kCsv:
      for (const FieldChange& change : revision.changes()) session.out() << CsvLine(CsvCells(revision, change));
      // A revision that changed no field is a line, too.
      if (revision.changes().empty()) session.out() << CsvLine(CsvCells(revision, FieldChange()));
      return;
  }
}

absl::Status History(const Session& session, const std::string& record) {
  ASSIGN_OR_RETURN(const ServiceDescriptor* journal, JournalOf(record));
  const MethodDescriptor& method = *journal->FindMethodByName("ListRevisions");
  ListRevisionsRequest request;
  request.set_record(record);
  request.set_page_size(kPageSize);
  bool first = true;
  do {
    ListRevisionsResponse page;
    RETURN_IF_ERROR(Ask(*session.connection, method, request, page));
    if (first && session.output == OutputFormat::kJson) session.out() << "{\"revisions\":[";
    if (first && session.output == OutputFormat::kCsv) {
      session.out() << CsvLine({"record", "revision", "sequence", "time", "actor", "method", "reason", "origin",
                                "field", "before", "after"});
    }
    for (const Revision& revision : page.revisions()) Print(session, revision, std::exchange(first, false));
    first = false;
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  if (session.output == OutputFormat::kJson) session.out() << "]}\n";
  return absl::OkStatus();
}

}  // namespace

int RunHistory(Session& session, const CommandLine& command) {
  const absl::Status status = History(session, command.arguments[0]);
  return status.ok() ? kDone : session.Fail(status);
}

}  // namespace kechuang::kc
