#include "tools/kc/import_finding.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "google/rpc/error_details.pb.h"

#include "common/base/error.h"
#include "tools/kc/import_status.h"
#include "tools/sheet/cell.h"
#include "tools/sheet/table.h"

namespace kechuang::kc {
namespace {

std::vector<Finding> FindingsOf(const KindSpec& spec, const FileRow& row, bool warnings) {
  std::vector<Finding> findings;
  for (const CellNote& note : row.reader.notes()) {
    if (note.warning != warnings) continue;
    Finding finding;
    finding.sheet = row.sheet;
    finding.row = row.cells.number;
    finding.key = note.key;
    finding.sentence = SentenceOf(note.status);
    finding.suggestion = note.suggestion;
    if (!warnings) finding.reason = ReasonOf(note.status);
    Resolve(spec, row.header, finding);
    const sheet::Cell* cell = row.cells.Find(note.key);
    if (cell != nullptr) finding.value = cell->text;
    findings.push_back(std::move(finding));
  }
  return findings;
}

std::string KeyOfReason(const KindSpec& spec, const std::string& reason) {
  const auto found = spec.reasons.find(reason);
  return found == spec.reasons.end() ? std::string() : found->second;
}

Finding FindingOf(const KindSpec& spec, const google::rpc::BadRequest::FieldViolation& violation) {
  Finding finding;
  finding.reason = violation.reason();
  finding.key = spec.KeyOfPath(violation.field());
  if (finding.key.empty()) finding.key = KeyOfReason(spec, violation.reason());
  finding.sentence = {violation.description(), violation.localized_message().message()};
  if (finding.sentence.chinese.empty()) finding.sentence.chinese = finding.sentence.english;
  if (!finding.key.empty()) return finding;
  finding.sentence = {absl::StrCat(violation.field(), ": ", finding.sentence.english),
                      absl::StrCat(violation.field(), "：", finding.sentence.chinese)};
  return finding;
}

}  // namespace

Sentence SentenceOf(const absl::Status& status) { return {std::string(status.message()), ChineseOf(status)}; }

void Resolve(const KindSpec& spec, const sheet::Header& header, Finding& finding) {
  if (finding.key.empty()) return;
  const sheet::HeaderColumn* column = header.Find(finding.key);
  if (column == nullptr && finding.key == "code") column = header.Find("name");
  if (column == nullptr) {
    finding.header = spec.TitleOf(finding.key);
    return;
  }
  finding.column = column->column;
  finding.header = column->text;
}

std::vector<Finding> FaultsOf(const KindSpec& spec, const FileRow& row) {
  std::vector<Finding> faults = FindingsOf(spec, row, /*warnings=*/false);
  std::stable_sort(faults.begin(), faults.end(),
                   [](const Finding& a, const Finding& b) { return a.column < b.column; });
  return faults;
}

std::vector<Finding> WarningsOf(const KindSpec& spec, const FileRow& row) {
  return FindingsOf(spec, row, /*warnings=*/true);
}

std::vector<Finding> FaultsOf(const KindSpec& spec, const sheet::Header& header,
                              const ledger::v1::RowOutcome& outcome) {
  const absl::Status status = StatusOf(outcome.error());
  std::vector<Finding> faults;
  const auto bad_request = DetailOf<google::rpc::BadRequest>(status);
  if (bad_request.has_value()) {
    for (const auto& violation : bad_request->field_violations()) faults.push_back(FindingOf(spec, violation));
  }
  if (faults.empty()) {
    Finding whole;
    whole.reason = ReasonOf(status);
    whole.key = KeyOfReason(spec, whole.reason);
    whole.sentence = SentenceOf(status);
    faults.push_back(std::move(whole));
  }
  for (Finding& fault : faults) {
    fault.sheet = outcome.origin().sheet();
    fault.row = outcome.origin().row();
    Resolve(spec, header, fault);
  }
  std::stable_sort(faults.begin(), faults.end(),
                   [](const Finding& a, const Finding& b) { return a.column < b.column; });
  return faults;
}

std::string LineOf(const Finding& finding, const std::string& file_name, Language language) {
  const bool chinese = language == Language::kChinese;
  std::string line = file_name;
  if (!finding.sheet.empty()) absl::StrAppend(&line, " [", finding.sheet, "]");
  if (finding.row > 0) absl::StrAppend(&line, chinese ? " 第 " : " row ", finding.row, chinese ? " 行" : "");
  if (finding.column >= 0) {
    const std::string letters = sheet::ColumnLetters(finding.column);
    line += chinese ? absl::StrCat(" ", letters, " 列") : absl::StrCat(" column ", letters);
  }
  if (!finding.header.empty())
    line += chinese ? absl::StrCat("（", finding.header, "）") : absl::StrCat(" (", finding.header, ")");
  absl::StrAppend(&line, chinese ? "：" : ": ", finding.sentence.In(language));
  if (finding.suggestion.empty()) return line;
  return chinese ? absl::StrCat(line, "；建议改为：", finding.suggestion)
                 : absl::StrCat(line, "; did you mean ", finding.suggestion, "?");
}

}  // namespace kechuang::kc
