#include "tools/kc/verify.h"

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

#include "kechuang/ledger/v1/journal.pb.h"
#include "tools/kc/call.h"
#include "tools/kc/catalogue.h"
#include "tools/kc/errors.h"
#include "tools/kc/json_text.h"

namespace kechuang::kc {
namespace {

using google::protobuf::ServiceDescriptor;
using ledger::v1::Finding;
using ledger::v1::VerifyProgress;

// What became of one register.
struct Verified {
  std::string area;
  VerifyProgress last;
  int64_t findings = 0;
};

void Quoted(std::string* out, const std::string& text) { absl::StrAppend(out, JsonQuoted(text)); }

class Verification {
 public:
  Verification(const Session& session, std::string method) : session_(session), method_(std::move(method)) {}

  int Run() {
    if (session_.output == OutputFormat::kJson) session_.out() << "{\"findings\":[";
    if (session_.output == OutputFormat::kCsv) {
      session_.out() << CsvLine({"register", "kind", "record", "field", "expected", "found"});
    }
    for (const ServiceDescriptor* service : ServicesWith(method_)) VerifyRegister(*service);
    PrintEnd();
    return failed_ || done_.empty() || findings_ > 0 ? kFailed : kDone;
  }

 private:
  void VerifyRegister(const ServiceDescriptor& service) {
    Verified verified;
    verified.area = AreaOf(service);
    if (session_.around.err_is_terminal) {
      session_.Note(
          {absl::StrCat("Verifying ", verified.area, " ..."), absl::StrCat("正在核对 ", verified.area, " ……")});
    }
    const auto& method = *service.FindMethodByName(method_);
    const std::unique_ptr<google::protobuf::Message> request = NewMessage(method.input_type());
    Exchange exchange(*session_.connection, method);
    exchange.Write(*request);
    exchange.EndWriting();
    VerifyProgress progress;
    while (exchange.Read(progress)) {
      if (progress.has_finding()) {
        PrintFinding(verified.area, progress.finding());
        ++verified.findings;
      }
      verified.last = progress;
    }
    absl::Status status = exchange.Finish();
    if (absl::IsPermissionDenied(status)) return LeaveOut(verified.area);
    if (status.ok() && !verified.last.complete()) {
      status = Failure(absl::StatusCode::kDataLoss,
                       absl::StrCat("the verification of ", verified.area, " ended before everything was read"),
                       absl::StrCat(verified.area, " 的核对未进行到底"));
    }
    findings_ += verified.findings;
    failed_ = failed_ || !status.ok();
    if (status.ok()) {
      done_.push_back(verified);
    } else {
      session_.Note(
          {absl::StrCat(verified.area, " could not be verified:"), absl::StrCat(verified.area, " 无法核对：")});
      session_.Fail(status);
    }
  }

  // Who may not read a register's journal cannot verify it; that is said, and the others are verified.
  void LeaveOut(const std::string& area) {
    session_.Note({absl::StrCat(area, " is left out: this key may not read its journal."),
                   absl::StrCat(area, " 未核对：该密钥无权读取其流水。")});
    left_out_.push_back(area);
  }

  void PrintFinding(const std::string& area, const Finding& finding) {
    const std::vector<std::string> cells = {
        area, finding.kind(), finding.subject(), finding.field(), finding.expected(), finding.found()};
    switch (session_.output) {
      case OutputFormat::kTable:
        session_.out() << FindingLine(area, finding);
        return;
      case OutputFormat::kCsv:
        session_.out() << CsvLine(cells);
        return;
      case OutputFormat::kJson:
        session_.out() << (first_ ? "\n" : ",\n") << "{\"register\":" << JsonQuoted(area)
                       << ",\"kind\":" << JsonQuoted(finding.kind()) << ",\"record\":" << JsonQuoted(finding.subject())
                       << ",\"field\":" << JsonQuoted(finding.field())
                       << ",\"expected\":" << JsonQuoted(finding.expected())
                       << ",\"found\":" << JsonQuoted(finding.found()) << "}";
        first_ = false;
        return;
    }
  }

  std::string FindingLine(const std::string& area, const Finding& finding) const {
    const bool chinese = session_.language == Language::kChinese;
    const std::string field = finding.field().empty() ? "" : absl::StrCat("  ", finding.field());
    return absl::StrCat(Printable(absl::StrCat(area, "  ", finding.kind(), "  ", finding.subject(), field,
                                               chinese ? "：应为 " : ": expected ", finding.expected(),
                                               chinese ? "，实为 " : ", found ", finding.found())),
                        "\n");
  }

  void PrintEnd() const {
    if (session_.output == OutputFormat::kJson) return PrintJsonEnd();
    if (session_.output == OutputFormat::kTable) PrintCounts();
    if (session_.output == OutputFormat::kCsv && findings_ == 0) return;
    if (findings_ > 0) {
      return session_.Note({absl::StrCat(findings_, " found wrong."), absl::StrCat("共发现 ", findings_, " 处不符。")});
    }
    if (!failed_ && !done_.empty())
      session_.out() << Words{"Everything agrees.", "全部相符。"}.In(session_.language) << "\n";
  }

  void PrintCounts() const {
    const bool records = method_ == "VerifyRecords";
    const auto title = [&](const char* english, const char* chinese) {
      return session_.language == Language::kChinese ? chinese : english;
    };
    std::vector<TableColumn> columns = {{title("register", "登记簿"), false}};
    if (records) {
      columns.push_back({title("records", "记录"), true});
      columns.push_back({title("totals", "汇总"), true});
      columns.push_back({title("keys", "键"), true});
    } else {
      columns.push_back({title("journal entries", "流水"), true});
    }
    columns.push_back({title("findings", "不符"), true});
    std::vector<std::vector<std::string>> rows;
    for (const Verified& verified : done_) {
      const VerifyProgress& last = verified.last;
      rows.push_back({verified.area});
      const auto add = [&](int64_t count) { rows.back().push_back(absl::StrCat(count)); };
      if (records) {
        add(last.records());
        add(last.totals());
        add(last.keys());
      } else {
        add(last.journal_entries());
      }
      add(verified.findings);
    }
    session_.out() << TableText(columns, rows, session_.style());
  }

  void PrintJsonEnd() const {
    std::vector<std::string> registers;
    for (const Verified& verified : done_) {
      const VerifyProgress& last = verified.last;
      registers.push_back(absl::StrCat("{\"register\":", JsonQuoted(verified.area), ",\"records\":", last.records(),
                                       ",\"totals\":", last.totals(), ",\"keys\":", last.keys(),
                                       ",\"journal_entries\":", last.journal_entries(),
                                       ",\"findings\":", verified.findings, "}"));
    }
    session_.out() << "],\"registers\":[" << absl::StrJoin(registers, ",") << "],\"left_out\":["
                   << absl::StrJoin(left_out_, ",", Quoted) << "],\"complete\":" << (failed_ ? "false" : "true")
                   << "}\n";
  }

  const Session& session_;
  const std::string method_;
  std::vector<Verified> done_;
  std::vector<std::string> left_out_;
  int64_t findings_ = 0;
  bool failed_ = false;
  bool first_ = true;
};

}  // namespace

int RunVerify(Session& session, const CommandLine&) { return Verification(session, "VerifyRecords").Run(); }

int RunAuditVerify(Session& session, const CommandLine&) { return Verification(session, "VerifyJournal").Run(); }

}  // namespace kechuang::kc
