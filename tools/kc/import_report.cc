#include "tools/kc/import_report.h"

#include <algorithm>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"

#include "common/domain/fen.h"
#include "tools/kc/template.h"
#include "tools/sheet/table.h"

namespace kechuang::kc {
namespace {

using ledger::v1::RowOutcome;

constexpr size_t kRowsNamed = 10;

std::string JoinRows(const std::vector<int>& rows) {
  std::string text;
  for (size_t i = 0; i < rows.size() && i < kRowsNamed; ++i) absl::StrAppend(&text, i == 0 ? "" : ", ", rows[i]);
  return rows.size() > kRowsNamed ? absl::StrCat(text, ", ...") : text;
}

}  // namespace

const sheet::Header& ImportReport::HeaderOf(absl::string_view sheet) const {
  static const sheet::Header kNone;
  const auto found = headers_.find(sheet);
  return found == headers_.end() ? kNone : found->second;
}

void ImportReport::Warn(Finding warning) {
  if (warnings_.size() < kWarningsKept) {
    warnings_.push_back(std::move(warning));
  } else {
    ++warnings_left_out_;
  }
}

void ImportReport::NoteRow(const FileRow& row) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (headers_.find(row.sheet) == headers_.end()) headers_[row.sheet] = row.header;
  for (const auto& [key, fen] : row.reader.amounts()) amounts_[key].Take(row.sheet, row.cells.number, fen);
  if (row.reader.notes().empty()) return;
  for (Finding& warning : WarningsOf(spec_, row)) Warn(std::move(warning));
  for (Finding& fault : FaultsOf(spec_, row)) {
    Group& group = read_groups_[{fault.header, fault.reason}];
    if (++group.count == 1) group.first = std::move(fault);
  }
  if (row.reader.has_faults()) ++unreadable_rows_;
}

void ImportReport::StartPass() {
  const std::lock_guard<std::mutex> lock(mutex_);
  counts_ = Counts();
  outcome_groups_.clear();
  spool_.Clear();
}

void ImportReport::TakeOutcome(const RowOutcome& outcome) {
  const std::lock_guard<std::mutex> lock(mutex_);
  bool accepted = true;
  switch (outcome.kind()) {
    case RowOutcome::KIND_INSERTED:
      ++counts_.inserted;
      break;
    case RowOutcome::KIND_CHANGED:
      ++counts_.changed;
      break;
    case RowOutcome::KIND_UNCHANGED:
      ++counts_.unchanged;
      break;
    case RowOutcome::KIND_CONFLICT:
      ++counts_.conflicts;
      accepted = false;
      break;
    default:
      ++counts_.rejected;
      accepted = false;
  }
  if (!accepted || all_rows_) spool_.Add(outcome);
  if (accepted) return;
  for (Finding& fault : FaultsOf(spec_, HeaderOf(outcome.origin().sheet()), outcome)) {
    Group& group = outcome_groups_[{fault.header, fault.reason}];
    if (++group.count == 1) group.first = std::move(fault);
  }
}

void ImportReport::WarnOfSheet(const SheetFacts& facts) {
  const auto warn = [&](Sentence sentence) { Warn({facts.name, 0, "", std::move(sentence)}); };
  const auto warn_column = [&](const sheet::HeaderColumn& column, Sentence sentence) {
    Warn({facts.name, facts.header.row, "", std::move(sentence), column.column, column.text});
  };
  if (IsTemplateHelp(facts.name)) return;
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
    const std::string typical = ToWanYuan(Fen(amounts.Middle()));
    for (const OutlierSearch::Amount& amount : amounts.Far()) {
      const std::string value = ToWanYuan(Fen(amount.fen));
      Finding warning{
          amount.sheet,
          amount.row,
          key,
          {absl::StrCat(value, " 万元 is far from the middle of its column, ", typical, " 万元; is the unit right?"),
           absl::StrCat(value, " 万元与本列中位数 ", typical, " 万元相差悬殊，请核对单位")}};
      Resolve(spec_, HeaderOf(amount.sheet), warning);
      Warn(std::move(warning));
    }
  }
}

void ImportReport::PrintWarnings(std::ostream& err) const {
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
  for (const Finding& warning : warnings_) {
    err << (chinese ? "警告：" : "warning: ") << LineOf(warning, file_name_, language_) << "\n";
  }
  if (warnings_left_out_ == 0) return;
  err << (chinese ? absl::StrCat("……另有 ", warnings_left_out_, " 条警告未列出")
                  : absl::StrCat("... and ", warnings_left_out_, " more warnings"))
      << "\n";
}

void ImportReport::PrintGroups(std::ostream& err) const {
  if (problems() <= kUngrouped) return;
  const std::lock_guard<std::mutex> lock(mutex_);
  std::vector<const Group*> groups;
  for (const Groups* each : {&read_groups_, &outcome_groups_}) {
    for (const auto& [key, group] : *each) groups.push_back(&group);
  }
  std::stable_sort(groups.begin(), groups.end(), [](const Group* a, const Group* b) { return a->count > b->count; });
  const bool chinese = language_ == Language::kChinese;
  err << (chinese ? "问题汇总：\n" : "problems by reason:\n");
  for (const Group* group : groups) {
    const std::string line = LineOf(group->first, file_name_, language_);
    err << (chinese
                ? absl::StrCat("  ", group->count, " 个 ", group->first.header, " ", group->first.reason, "，如 ", line)
                : absl::StrCat("  ", group->count, " of ", group->first.header, " ", group->first.reason, ", such as ",
                               line))
        << "\n";
  }
}

Counts ImportReport::counts() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  Counts counts = counts_;
  counts.rejected += unreadable_rows_;
  return counts;
}

int64_t ImportReport::outcomes() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return counts_.Accepted() + counts_.rejected + counts_.conflicts;
}

int64_t ImportReport::problems() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  int64_t count = 0;
  for (const Groups* each : {&read_groups_, &outcome_groups_}) {
    for (const auto& [key, group] : *each) count += group.count;
  }
  return count;
}

std::vector<Finding> ImportReport::warnings() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return warnings_;
}

bool ImportReport::has_problems() const {
  const Counts all = counts();
  return all.rejected > 0 || all.conflicts > 0;
}

}  // namespace kechuang::kc
