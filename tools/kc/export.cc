#include "tools/kc/export.h"

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"

#include "common/base/clock.h"
#include "common/base/status_macros.h"
#include "tools/kc/call.h"
#include "tools/kc/catalogue.h"
#include "tools/kc/errors.h"
#include "tools/kc/export_columns.h"
#include "tools/kc/export_file.h"
#include "tools/kc/export_rows.h"
#include "tools/kc/fields.h"
#include "tools/kc/json_text.h"

namespace kechuang::kc {
namespace {

using google::protobuf::Message;
using google::protobuf::MethodDescriptor;
using OnRecord = std::function<absl::Status(Message& record)>;

// A kind of records, and the method that exports it.
struct Source {
  const RecordKind* kind = nullptr;
  const MethodDescriptor* method = nullptr;
};

const MethodDescriptor* ExporterOf(const RecordKind& kind) {
  const std::string plural(absl::StripPrefix(kind.list->name(), "List"));
  return kind.list->service()->FindMethodByName(absl::StrCat("Export", plural));
}

std::vector<std::string> ExportableWords() {
  std::vector<std::string> words;
  for (const RecordKind& kind : RecordKinds()) {
    if (ExporterOf(kind) != nullptr) words.push_back(kind.words);
  }
  return words;
}

absl::StatusOr<Source> SourceOf(absl::string_view words) {
  for (const RecordKind& kind : RecordKinds()) {
    if (kind.words == words && ExporterOf(kind) != nullptr) return Source{&kind, ExporterOf(kind)};
  }
  std::string known;
  for (const std::string& word : ExportableWords()) absl::StrAppend(&known, known.empty() ? "" : ", ", word);
  return WrongUsage(absl::StrCat("there is no kind \"", words, "\" to export; expected one of ", known),
                    absl::StrCat("没有可导出的种类“", words, "”；应为 ", known));
}

// What the command line asks for.
struct Asked {
  std::string kind;
  std::string filter;
  std::string path;  // empty for standard output
  ExportFormat format = ExportFormat::kCsv;
  bool show_deleted = false;
};

absl::StatusOr<Asked> ReadAsked(const CommandLine& command) {
  Asked asked;
  asked.kind = command.arguments[0];
  asked.filter = command.Value("filter");
  asked.show_deleted = command.Has("show-deleted");
  const std::string output = command.Value("output");
  if (output != "-") asked.path = output;
  const size_t point = asked.path.rfind('.');
  std::string word = point == std::string::npos ? "csv" : asked.path.substr(point + 1);
  if (command.Has("format")) word = command.Value("format");
  const std::optional<ExportFormat> format = ExportFormatOf(word);
  if (!format.has_value()) {
    return WrongUsage("--output takes a file that ends in .xlsx, .csv or .jsonl, or - with --format csv or jsonl",
                      "--output 应为 .xlsx、.csv 或 .jsonl 文件，或为 -（配合 --format csv 或 jsonl）");
  }
  if (*format == ExportFormat::kXlsx && asked.path.empty()) {
    return WrongUsage("a workbook needs a file: --output FILE.xlsx", "工作簿须写入文件：--output 文件.xlsx");
  }
  asked.format = *format;
  return asked;
}

// Reads all records of a stream of exports. sequence is where the journal stood.
absl::Status ReadAll(const Connection& connection, const Source& source, const std::string& filter, bool show_deleted,
                     int64_t& sequence, const OnRecord& on_record) {
  const std::unique_ptr<Message> request = NewMessage(source.method->input_type());
  if (!filter.empty()) SetText(*request, "filter", filter);
  if (show_deleted && !SetTruth(*request, "show_deleted", true)) {
    return WrongUsage(absl::StrCat(source.kind->words, " are never deleted, so --show-deleted says nothing"),
                      absl::StrCat(source.kind->words, " 不会被删除，--show-deleted 不适用"));
  }
  Exchange exchange(connection, *source.method);
  exchange.Write(*request);
  exchange.EndWriting();
  const std::unique_ptr<Message> response = NewMessage(source.method->output_type());
  const auto* records = source.method->output_type()->FindFieldByName(source.kind->records->name());
  const auto* at = source.method->output_type()->FindFieldByName("sequence");
  while (exchange.Read(*response)) {
    sequence = response->GetReflection()->GetInt64(*response, at);
    for (int i = 0; i < response->GetReflection()->FieldSize(*response, records); ++i) {
      RETURN_IF_ERROR(on_record(*response->GetReflection()->MutableRepeatedMessage(response.get(), records, i)));
    }
    response->Clear();
  }
  return exchange.Finish();
}

// One run of kc export.
class Export {
 public:
  Export(Session& session, Asked asked, Source source, std::unique_ptr<ExportFile> file)
      : session_(session),
        connection_(*session.connection),
        asked_(std::move(asked)),
        source_(source),
        file_(std::move(file)) {
    if (const auto kind = ImportKindOf(asked_.kind); kind.has_value()) cells_.emplace(*kind);
  }

  absl::Status Run() {
    RETURN_IF_ERROR(ReadKind());
    RETURN_IF_ERROR(file_->Close());
    const std::string where = asked_.path.empty() ? "" : absl::StrCat(" -> ", asked_.path);
    session_.Note({absl::StrCat(records_, " ", asked_.kind, " as of journal sequence ", sequence_, where),
                   absl::StrCat("已导出 ", asked_.kind, " ", records_, " 条，截至日志 ", sequence_, where)});
    if (staying_ == 0) return absl::OkStatus();
    session_.Note({absl::StrCat(staying_, " of them are in a state that kc import does not take"),
                   absl::StrCat("其中 ", staying_, " 条所处状态不能用 kc import 导入")});
    return absl::OkStatus();
  }

 private:
  absl::Status ReadKind() {
    if (asked_.format == ExportFormat::kJsonl) {
      return ReadAll(connection_, source_, asked_.filter, asked_.show_deleted, sequence_, [&](Message& record) {
        file_->AddJson(MessageToJson(record, /*indented=*/false));
        return CountRecord();
      });
    }
    if (asked_.kind == "pools") return WritePools();
    if (asked_.kind == "loans") RETURN_IF_ERROR(ReadNames());
    return ReadAll(connection_, source_, asked_.filter, asked_.show_deleted, sequence_,
                   [&](Message& record) { return Write(record); });
  }

  absl::Status Write(Message& record) {
    if (asked_.kind == "enterprises") {
      enterprise::v1::ImportEnterprisesRow row;
      *row.mutable_enterprise() = EnterpriseRowOf(std::move(static_cast<enterprise::v1::Enterprise&>(record)));
      return WriteRow(row);
    }
    if (asked_.kind == "certifications") {
      enterprise::v1::ImportEnterprisesRow row;
      *row.mutable_certification() = CertificationRowOf(static_cast<enterprise::v1::Certification&>(record));
      return WriteRow(row);
    }
    if (asked_.kind == "banks") {
      loan::v1::ImportLoanRow row;
      *row.mutable_bank() = BankRowOf(static_cast<loan::v1::Bank&>(record));
      return WriteRow(row);
    }
    if (asked_.kind == "contracts") {
      contract::v1::ImportContractRow row;
      row.mutable_contract()->Swap(&static_cast<contract::v1::Contract&>(record));
      if (!Travels(row.contract())) ++staying_;
      return WriteRow(row);
    }
    if (asked_.kind == "loans") return WriteLoan(static_cast<loan::v1::Loan&>(record));
    std::vector<book::Value> values;
    for (const FieldPath& path : ValuesOf(*source_.kind->type)) {
      values.push_back(book::Value(TextOf(record, path, Reader::kProgram)));
    }
    file_->AddRow(values);
    return CountRecord();
  }

  absl::Status WriteRow(const Message& row) {
    file_->AddRow(cells_->ValuesOf(row));
    return CountRecord();
  }

  absl::Status WriteLoan(const loan::v1::Loan& record) {
    if (!Travels(record)) ++staying_;
    loan::v1::Disbursement reversed;
    const bool undone = record.disbursement_count() > 0 && record.disbursed_fen() == 0;
    if (undone) RETURN_IF_ERROR(ReadLastDisbursement(record.name(), reversed));
    loan::v1::ImportLoanRow row;
    *row.mutable_loan() = LoanRowOf(record, names_, undone ? &reversed : nullptr);
    return WriteRow(row);
  }

  // Pay-outs that were all undone are rare, so each such loan is asked for on its own.
  absl::Status ReadLastDisbursement(const std::string& loan, loan::v1::Disbursement& disbursement) const {
    loan::v1::ListDisbursementsRequest request;
    request.set_parent(loan);
    loan::v1::ListDisbursementsResponse response;
    ASSIGN_OR_RETURN(const MethodDescriptor* method, FindMethod("kechuang.loan.v1.LoanService/ListDisbursements"));
    RETURN_IF_ERROR(Ask(connection_, *method, request, response));
    for (const loan::v1::Disbursement& each : response.disbursements()) disbursement = each;
    return absl::OkStatus();
  }

  // What people call the banks and pools that loans name.
  absl::Status ReadNames() {
    int64_t ignored = 0;
    ASSIGN_OR_RETURN(const Source banks, SourceOf("banks"));
    RETURN_IF_ERROR(ReadAll(connection_, banks, "", false, ignored, [&](Message& record) {
      const auto& bank = static_cast<const loan::v1::Bank&>(record);
      names_[bank.name()] = bank.bank_name();
      return absl::OkStatus();
    }));
    ASSIGN_OR_RETURN(const Source pools, SourceOf("pools"));
    return ReadAll(connection_, pools, "", false, ignored, [&](Message& record) {
      const auto& pool = static_cast<const loan::v1::Pool&>(record);
      names_[pool.name()] = pool.pool_name();
      return absl::OkStatus();
    });
  }

  // A pool's table lists its contributions; one that was undone is none.
  absl::Status WritePools() {
    std::map<std::string, loan::v1::Pool> pools;
    RETURN_IF_ERROR(ReadAll(connection_, source_, asked_.filter, asked_.show_deleted, sequence_, [&](Message& record) {
      const auto& pool = static_cast<const loan::v1::Pool&>(record);
      pools[pool.name()] = pool;
      return absl::OkStatus();
    }));
    ASSIGN_OR_RETURN(const Source postings, SourceOf("postings"));
    std::set<std::string> undone;
    RETURN_IF_ERROR(ReadAll(connection_, postings, "kind = REVERSAL", false, sequence_, [&](Message& record) {
      undone.insert(static_cast<const loan::v1::Posting&>(record).reverses());
      return absl::OkStatus();
    }));
    std::set<std::string> bare;
    for (const auto& [name, pool] : pools) bare.insert(name);
    loan::v1::ImportLoanRow row;
    RETURN_IF_ERROR(ReadAll(connection_, postings, "kind = CONTRIBUTION", false, sequence_, [&](Message& record) {
      const auto& posting = static_cast<const loan::v1::Posting&>(record);
      const auto pool = pools.find(posting.name().substr(0, posting.name().find("/postings/")));
      if (pool == pools.end() || undone.count(posting.name()) > 0) return absl::OkStatus();
      bare.erase(pool->first);
      *row.mutable_pool() = PoolRowOf(pool->second, posting);
      return WriteRow(row);
    }));
    for (const std::string& name : bare) {
      *row.mutable_pool() = PoolRowOf(pools[name]);
      RETURN_IF_ERROR(WriteRow(row));
    }
    return absl::OkStatus();
  }

  absl::Status CountRecord() {
    ++records_;
    if (!file_->good()) {
      return Failure(absl::StatusCode::kResourceExhausted, "the export could not be written out whole",
                     "导出未能完整写出");
    }
    const absl::Time now = SystemClock().Now();
    if (now < next_line_) return absl::OkStatus();
    next_line_ = now + kLineEvery;
    if (session_.around.err_is_terminal && records_ > 1) {
      session_.around.err << "\r" << records_ << " ... " << std::flush;
    }
    return absl::OkStatus();
  }

  static constexpr absl::Duration kLineEvery = absl::Milliseconds(500);

  Session& session_;
  const Connection& connection_;
  const Asked asked_;
  const Source source_;
  const std::unique_ptr<ExportFile> file_;
  std::optional<RowCells> cells_;
  RecordNames names_;
  int64_t sequence_ = 0;
  int64_t records_ = 0;
  int64_t staying_ = 0;
  absl::Time next_line_ = absl::InfinitePast();
};

// The columns of kinds that no importer takes are the fields themselves.
std::vector<TableColumnSpec> ColumnsFor(const Source& source) {
  if (const auto kind = ImportKindOf(source.kind->words); kind.has_value()) return TableColumnsOf(*kind);
  std::vector<TableColumnSpec> columns;
  for (const FieldPath& path : ValuesOf(*source.kind->type)) {
    columns.push_back({"", TitleOf(path, Reader::kProgram), CellForm::kText, false, ""});
  }
  return columns;
}

absl::Status ExportAll(Session& session, const CommandLine& command) {
  ASSIGN_OR_RETURN(const Asked asked, ReadAsked(command));
  ASSIGN_OR_RETURN(const Source source, SourceOf(asked.kind));
  return Export(session, asked, source,
                OpenExport(asked.format, asked.path, session.out(), asked.kind, ColumnsFor(source)))
      .Run();
}

}  // namespace

int RunExport(Session& session, const CommandLine& command) {
  const absl::Status status = ExportAll(session, command);
  return status.ok() ? kDone : session.Fail(status);
}

CommandSpec ExportCommand() {
  CommandSpec command;
  command.words = "export";
  command.arguments = "KIND";
  command.arguments_min = command.arguments_max = 1;
  command.flags = {"filter", "show-deleted", "timeout"};
  command.own_flags = {
      {"output",
       "FILE|-",
       {"file that ends in .xlsx, .csv or .jsonl; - (default) prints",
        "输出文件（.xlsx、.csv 或 .jsonl）；-（缺省）为标准输出"}},
      {"format", "xlsx|csv|jsonl", {"form of the file, if its name does not say it", "文件格式，文件名未表明时使用"}}};
  command.help = {"write every record of a kind as of one moment", "导出某一时刻某类全部记录"};
  command.detail = {
      "Workbooks and CSV have the columns that kc import reads, so the file can be imported into another suite. JSON\n"
      "lines have every field. The file is there when it is whole; memory does not grow with it.\n"
      "Does not travel in workbooks and CSV: former names, status and statistics district of enterprises, and the "
      "name\n"
      "of an industry that has a code; revocation of certifications; policies and suspension of pools, interest and\n"
      "undone contributions; suspension of banks; loans and contracts that are still being decided, the steps of a\n"
      "decision, single pay-outs and repayments (a loan travels with its first pay-out's day, its sum and its "
      "balance),\n"
      "foreign prices, incomes and documents of contracts; ids, revisions and history.\n"
      "Personal data come masked without --reveal REASON, and masked values are not imported.",
      "工作簿和 CSV 的列名与 kc import 一致，可导入另一套系统；JSON "
      "行含全部字段。文件写完整后才出现，占用内存不随记录数增加。\n"
      "工作簿和 CSV "
      "不含：企业曾用名、存续状态、统计归属区划、已有行业代码时的行业名称；资质的撤销情况；资金池政策、暂停状态、利息及"
      "已冲正的出资；\n"
      "银行暂停状态；尚在审批中的贷款和合同、审批过程、逐笔放款和还款（贷款只带首次放款日、金额合计和余额）；合同的外币"
      "价款、到账收入和附件；\n"
      "编号、版本和修改历史。\n"
      "未用 --reveal 说明理由时个人信息为脱敏数据，脱敏数据不能导入。"};
  command.run = RunExport;
  command.unhurried = true;
  return command;
}

}  // namespace kechuang::kc
