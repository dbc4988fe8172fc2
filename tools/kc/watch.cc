#include "tools/kc/watch.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"

#include "common/base/status_macros.h"
#include "kechuang/ledger/v1/journal.pb.h"
#include "tools/kc/call.h"
#include "tools/kc/catalogue.h"
#include "tools/kc/errors.h"
#include "tools/kc/json_text.h"
#include "tools/kc/revision_text.h"
#include "tools/kc/table.h"

namespace kechuang::kc {
namespace {

using google::protobuf::MethodDescriptor;
using google::protobuf::ServiceDescriptor;
using ledger::v1::FieldChange;
using ledger::v1::Revision;
using ledger::v1::WatchRequest;
using ledger::v1::WatchResponse;

constexpr absl::Duration kWaitToGoOn = absl::Seconds(1);

// The journal that keeps what a person named: "loans/2022-0007", "loans" or "loan". Says in request what of it is
// meant.
absl::StatusOr<const ServiceDescriptor*> JournalFor(const std::string& what, WatchRequest& request) {
  if (what.find('/') != std::string::npos) {
    request.set_record(what);
    return JournalOf(what);
  }
  std::vector<std::string> areas;
  for (const ServiceDescriptor* service : ServicesWith("Watch")) {
    if (AreaOf(*service) == what) return service;
    areas.push_back(AreaOf(*service));
  }
  const absl::StatusOr<const ServiceDescriptor*> journal = JournalOf(absl::StrCat(what, "/any"));
  if (journal.ok()) {
    request.set_collection(what);
    return journal;
  }
  return WrongUsage(absl::StrCat("nothing to watch is called ", what, ": name a register (", absl::StrJoin(areas, ", "),
                                 "), a collection such as loans, or a record such as loans/2022-0007"),
                    absl::StrCat("没有可跟踪的 ", what, "：请给出登记簿（", absl::StrJoin(areas, "、"),
                                 "）、一类记录（如 loans）或一条记录（如 loans/2022-0007）"));
}

absl::StatusOr<WatchRequest> ReadPlace(const CommandLine& command) {
  WatchRequest request;
  request.set_catch_up_only(command.Has("catch-up-only"));
  if (!command.Has("after")) {
    request.set_from_now(!request.catch_up_only());
    return request;
  }
  int64_t after = 0;
  if (!absl::SimpleAtoi(command.Value("after"), &after) || after < 0) {
    return WrongUsage("--after takes the number of a journal entry, 0 for all", "--after 须为流水号，0 表示全部");
  }
  request.set_after(after);
  return request;
}

// One watch over as many streams as it takes.
class Following {
 public:
  Following(const Session& session, const MethodDescriptor& method, WatchRequest request)
      : session_(session), method_(method), request_(std::move(request)) {}

  absl::Status Run() {
    if (session_.output == OutputFormat::kCsv) session_.out() << CsvLine(RevisionColumns());
    int64_t told = -1;
    while (true) {
      const absl::Status status = RunStream();
      if (!absl::IsUnavailable(status) || !begun_) return status;
      if (std::exchange(told, request_.after()) == request_.after()) {
        absl::SleepFor(kWaitToGoOn);  // nothing came since the last loss
        continue;
      }
      session_.Note({absl::StrCat("The connection was lost; going on after journal entry ", request_.after(), " ..."),
                     absl::StrCat("连接中断，将从流水号 ", request_.after(), " 之后继续……")});
    }
  }

 private:
  absl::Status RunStream() {
    Exchange exchange(*session_.connection, method_);
    exchange.Write(request_);
    exchange.EndWriting();
    WatchResponse message;
    while (exchange.Read(message)) {
      Print(message);
      request_.set_after(message.sequence());
      request_.set_from_now(false);
      begun_ = true;
    }
    return exchange.Finish();
  }

  void Print(const WatchResponse& message) const {
    const Revision& change = message.change();
    if (session_.output == OutputFormat::kJson) {
      session_.out() << MessageToJson(message, false) << std::endl;
    } else if (!message.has_change()) {
      return;
    } else if (session_.output == OutputFormat::kCsv) {
      for (const FieldChange& field : change.changes()) session_.out() << CsvLine(RevisionCells(change, field));
      if (change.changes().empty()) session_.out() << CsvLine(RevisionCells(change, FieldChange()));
      session_.out().flush();
    } else {
      session_.out() << Printable(change.record()) << "  " << RevisionText(change, session_.language) << std::flush;
    }
  }

  const Session& session_;
  const MethodDescriptor& method_;
  WatchRequest request_;
  bool begun_ = false;  // a message came, so the request is sound and only the way was lost
};

absl::Status Watch(const Session& session, const CommandLine& command) {
  ASSIGN_OR_RETURN(WatchRequest request, ReadPlace(command));
  ASSIGN_OR_RETURN(const ServiceDescriptor* journal, JournalFor(command.arguments[0], request));
  return Following(session, *journal->FindMethodByName("Watch"), std::move(request)).Run();
}

}  // namespace

int RunWatch(Session& session, const CommandLine& command) {
  const absl::Status status = Watch(session, command);
  return status.ok() ? kDone : session.Fail(status);
}

}  // namespace kechuang::kc
