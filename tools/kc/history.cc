#include "tools/kc/history.h"

#include <string>
#include <utility>

#include "common/base/status_macros.h"
#include "kechuang/ledger/v1/journal.pb.h"
#include "tools/kc/call.h"
#include "tools/kc/catalogue.h"
#include "tools/kc/errors.h"
#include "tools/kc/fields.h"
#include "tools/kc/json_text.h"
#include "tools/kc/revision_text.h"

namespace kechuang::kc {
namespace {

using google::protobuf::MethodDescriptor;
using google::protobuf::ServiceDescriptor;
using ledger::v1::FieldChange;
using ledger::v1::ListRevisionsRequest;
using ledger::v1::ListRevisionsResponse;
using ledger::v1::Revision;

constexpr int kPageSize = 200;

void Print(const Session& session, const Revision& revision, bool first) {
  switch (session.output) {
    case OutputFormat::kTable:
      session.out() << RevisionText(revision, session.language);
      return;
    case OutputFormat::kJson:
      session.out() << (first ? "\n" : ",\n") << MessageToJson(revision, false);
      return;
    case OutputFormat::kCsv:
      for (const FieldChange& change : revision.changes()) session.out() << CsvLine(RevisionCells(revision, change));
      // A revision that changed no field is a line, too.
      if (revision.changes().empty()) session.out() << CsvLine(RevisionCells(revision, FieldChange()));
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
      session.out() << CsvLine(RevisionColumns());
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
