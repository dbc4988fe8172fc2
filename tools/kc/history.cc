#include "tools/kc/history.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"

#include "common/base/status_macros.h"
#include "kechuang/ledger/v1/journal.pb.h"
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
    absl::StrAppend(&text, "    ", Printable(change.field()), ": ",
                    change.before().empty() ? nothing : Printable(change.before()), " -> ",
                    change.after().empty() ? nothing : Printable(change.after()), "\n");
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
