#include "tools/kc/import_report.h"

#include <algorithm>
#include <map>
#include <mutex>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "google/rpc/error_details.pb.h"

#include "common/base/error.h"
#include "common/domain/fen.h"
#include "tools/kc/import_status.h"
#include "tools/sheet/cell.h"
#include "tools/sheet/table.h"

namespace kechuang::kc {
namespace {

using ledger::v1::RowOutcome;

constexpr int64_t kOutlier = 3000;  // a slip between 元 and 万元 is off by 10,000
constexpr size_t kOutlierRows = 8;  // fewer amounts have no typical one
constexpr size_t kOutliersShown = 20;
constexpr size_t kRowsNamed = 10;

std::string JoinRows(const std::vector<int>& rows) {
  std::string text;
  for (size_t i = 0; i < rows.size() && i < kRowsNamed; ++i) absl::StrAppend(&text, i == 0 ? "" : ", ", rows[i]);
  return rows.size() > kRowsNamed ? absl::StrCat(text, ", ...") : text;
}

}  // namespace

Sentence SentenceOf(const absl::Status& status) { return {std::string(status.message()), ChineseOf(status)}; }

size_t ImportReport::SheetIndex(absl::string_view name) const {
  size_t i = 0;
  while (i < sheets_.size() && sheets_[i].name != name) ++i;
  return i;
}

void ImportReport::Resolve(Finding& finding) const {
  const size_t sheet = SheetIndex(finding.sheet);
  if (finding.key.empty() || sheet >= sheets_.size()) return;
  const sheet::Header& header = sheets_[sheet].header;
  const sheet::HeaderColumn* column = header.Find(finding.key);
  if (column == nullptr && finding.key == "code") column = header.Find("name");
  if (column == nullptr) {
    finding.header = spec_.TitleOf(finding.key);
    return;
  }
  finding.column = column->column;
  finding.header = column->text;
}

void ImportReport::NoteRow(const FileRow& row) {
  const std::lock_guard<std::mutex> lock(mutex_);
  const int number = row.cells.number;
  for (const CellNote& note : row.reader.notes()) {
    (note.warning ? warnings_ : read_problems_)
        .push_back({row.sheet, number, note.key, SentenceOf(note.status), -1, ""});
  }
  for (const auto& [key, fen] : row.reader.amounts()) amounts_[key].push_back({row.sheet, number, fen});
  if (row.reader.has_faults()) ++unreadable_rows_;
}

void ImportReport::StartPass() {
  const std::lock_guard<std::mutex> lock(mutex_);
  counts_ = Counts();
  rejections_.clear();
}

void ImportReport::TakeOutcome(const RowOutcome& outcome) {
  const std::lock_guard<std::mutex> lock(mutex_);
  switch (outcome.kind()) {
    case RowOutcome::KIND_INSERTED:
      ++counts_.inserted;
      return;
    case RowOutcome::KIND_CHANGED:
      ++counts_.changed;
      return;
    case RowOutcome::KIND_UNCHANGED:
      ++counts_.unchanged;
      return;
    default:
      ++counts_.rejected;
      NoteRejection(outcome);
  }
}

void ImportReport::NoteRejection(const RowOutcome& outcome) {
  const absl::Status status = StatusOf(outcome.error());
  const auto note = [&](const std::string& key, Sentence sentence) {
    rejections_.push_back({outcome.origin().sheet(), outcome.origin().row(), key, std::move(sentence), -1, ""});
  };
  const auto key_of_reason = [&](const std::string& reason) {
    const auto found = spec_.reasons.find(reason);
    return found == spec_.reasons.end() ? std::string() : found->second;
  };
  const auto bad_request = DetailOf<google::rpc::BadRequest>(status);
  if (!bad_request.has_value() || bad_request->field_violations().empty()) {
    note(key_of_reason(ReasonOf(status)), SentenceOf(status));
    return;
  }
  for (const google::rpc::BadRequest::FieldViolation& violation : bad_request->field_violations()) {
    std::string key = spec_.KeyOfPath(violation.field());
    if (key.empty()) key = key_of_reason(violation.reason());
    Sentence sentence{violation.description(), violation.localized_message().message()};
    if (sentence.chinese.empty()) sentence.chinese = sentence.english;
    if (key.empty()) {
      sentence = {absl::StrCat(violation.field(), ": ", sentence.english),
                  absl::StrCat(violation.field(), "：", sentence.chinese)};
    }
    note(key, std::move(sentence));
  }
}

void ImportReport::WarnOfSheet(const SheetFacts& facts) {
  const auto warn = [&](Sentence sentence) { warnings_.push_back({facts.name, 0, "", std::move(sentence), -1, ""}); };
  const auto warn_column = [&](const sheet::HeaderColumn& column, Sentence sentence) {
    warnings_.push_back({facts.name, facts.header.row, "", std::move(sentence), column.column, column.text});
  };
  if (facts.hidden) return warn({"the sheet is hidden and was not read", "工作表是隐藏的，未读取"});
  if (!facts.summary.has_header) {
    if (facts.summary.has_cells)
      warn({"no header was found here; the sheet was not read", "未找到表头，该工作表未读取"});
    return;
  }
  for (const sheet::HeaderColumn& column : facts.header.columns) {
    if (column.key.empty()) {
      warn_column(column, {absl::StrCat("there is no field for this column in ", spec_.word, "; it is left out"),
                           "系统没有与此列对应的字段，该列未导入"});
    } else if (const auto other = spec_.elsewhere.find(column.key); other != spec_.elsewhere.end()) {
      warn_column(column, {absl::StrCat("this column is left out here; take it in with: ", other->second, " FILE"),
                           absl::StrCat("此列在这里不导入；请另用命令：", other->second, " 文件")});
    }
  }
  if (facts.hidden_rows.empty()) return;
  const std::string rows = JoinRows(facts.hidden_rows);
  warn({absl::StrCat(facts.hidden_rows.size(), " hidden rows are taken in as well: ", rows),
        absl::StrCat("有 ", facts.hidden_rows.size(), " 个隐藏行也一并导入：", rows)});
}

void ImportReport::TakeSheets(std::vector<SheetFacts> sheets) {
  const std::lock_guard<std::mutex> lock(mutex_);
  sheets_ = std::move(sheets);
  for (const SheetFacts& facts : sheets_) WarnOfSheet(facts);
  WarnOfOutliers();
  amounts_.clear();
}

void ImportReport::WarnOfOutliers() {
  for (const auto& [key, amounts] : amounts_) {
    if (std::find(spec_.money.begin(), spec_.money.end(), key) == spec_.money.end()) continue;
    std::vector<int64_t> sorted;
    for (const Amount& amount : amounts) {
      if (amount.fen > 0) sorted.push_back(amount.fen);
    }
    if (sorted.size() < kOutlierRows) continue;
    const auto middle = sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 2);
    std::nth_element(sorted.begin(), middle, sorted.end());
    const int64_t median = *middle;
    size_t shown = 0;
    for (const Amount& amount : amounts) {
      if (amount.fen <= 0 || (amount.fen / kOutlier < median && median / kOutlier < amount.fen)) continue;
      if (++shown > kOutliersShown) break;
      const std::string value = ToWanYuan(Fen(amount.fen));
      const std::string typical = ToWanYuan(Fen(median));
      warnings_.push_back(
          {amount.sheet,
           amount.row,
           key,
           {absl::StrCat(value, " 万元 is far from the middle of its column, ", typical, " 万元; is the unit right?"),
            absl::StrCat(value, " 万元与本列中位数 ", typical, " 万元相差悬殊，请核对单位")},
           -1,
           ""});
    }
  }
}

std::string ImportReport::Line(const Finding& finding) const {
  const bool chinese = language_ == Language::kChinese;
  std::string line = file_name_;
  if (!finding.sheet.empty()) absl::StrAppend(&line, " [", finding.sheet, "]");
  if (finding.row > 0) absl::StrAppend(&line, chinese ? " 第 " : " row ", finding.row, chinese ? " 行" : "");
  if (finding.column >= 0) {
    const std::string letters = sheet::ColumnLetters(finding.column);
    line += chinese ? absl::StrCat(" ", letters, " 列") : absl::StrCat(" column ", letters);
  }
  if (!finding.header.empty())
    line += chinese ? absl::StrCat("（", finding.header, "）") : absl::StrCat(" (", finding.header, ")");
  return absl::StrCat(line, chinese ? "：" : ": ", finding.sentence.In(language_));
}

void ImportReport::PrintWarnings(std::ostream& err) {
  const std::lock_guard<std::mutex> lock(mutex_);
  sheet::TableSummary all;
  for (const SheetFacts& facts : sheets_) {
    all.rows += facts.summary.rows;
    all.blank_rows += facts.summary.blank_rows;
    all.total_rows += facts.summary.total_rows;
    all.note_rows += facts.summary.note_rows;
    all.repeated_headers += facts.summary.repeated_headers;
  }
  const bool chinese = language_ == Language::kChinese;
  if (chinese) {
    err << file_name_ << "：数据 " << all.rows << " 行；跳过空行 " << all.blank_rows << "、合计小计 " << all.total_rows
        << "、填表说明 " << all.note_rows << "、重复表头 " << all.repeated_headers << " 行\n";
  } else {
    err << file_name_ << ": " << all.rows << " rows of data; skipped " << all.blank_rows << " blank, " << all.total_rows
        << " totals, " << all.note_rows << " notes, " << all.repeated_headers << " repeated headers\n";
  }
  for (Finding warning : warnings_) {
    Resolve(warning);
    err << (chinese ? "警告：" : "warning: ") << Line(warning) << "\n";
  }
}

void ImportReport::PrintProblems(std::ostream& err) {
  const std::lock_guard<std::mutex> lock(mutex_);
  std::vector<Finding> problems = read_problems_;
  problems.insert(problems.end(), rejections_.begin(), rejections_.end());
  for (Finding& problem : problems) Resolve(problem);
  std::stable_sort(problems.begin(), problems.end(), [this](const Finding& a, const Finding& b) {
    return std::make_tuple(SheetIndex(a.sheet), a.row, a.column) <
           std::make_tuple(SheetIndex(b.sheet), b.row, b.column);
  });
  for (size_t i = 0; i < problems.size() && i < kProblemsShown; ++i) err << Line(problems[i]) << "\n";
  if (problems.size() <= kProblemsShown) return;
  const size_t more = problems.size() - kProblemsShown;
  err << (language_ == Language::kChinese ? absl::StrCat("……另有 ", more, " 个问题未列出")
                                          : absl::StrCat("... and ", more, " more problems"))
      << "\n";
}

Counts ImportReport::counts() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  Counts counts = counts_;
  counts.rejected += unreadable_rows_;
  return counts;
}

int64_t ImportReport::outcomes() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return counts_.Accepted() + counts_.rejected;
}

bool ImportReport::has_problems() const { return counts().rejected > 0; }

}  // namespace kechuang::kc
