#include "tools/kc/import_listing.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

#include "tools/book/csv_line.h"
#include "tools/sheet/cell.h"

namespace kechuang::kc {
namespace {

using Json = nlohmann::ordered_json;
using ledger::v1::FieldChange;
using ledger::v1::RowOutcome;

// Text of files may hold bytes that are no UTF-8; the answer must not.
std::string Dump(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

std::string TitleOfChange(const KindSpec& spec, const FieldChange& change) {
  const std::string key = spec.KeyOfPath(change.field());
  return key.empty() ? std::string() : spec.TitleOf(key);
}

Sentence VerdictWords(RowOutcome::Kind kind) {
  switch (kind) {
    case RowOutcome::KIND_INSERTED:
      return {"insert", "新增"};
    case RowOutcome::KIND_CHANGED:
      return {"change", "更改"};
    case RowOutcome::KIND_UNCHANGED:
      return {"same", "未变"};
    case RowOutcome::KIND_CONFLICT:
      return {"conflict", "冲突"};
    default:
      return {"rejected", "拒绝"};
  }
}

}  // namespace

nlohmann::ordered_json ObjectOf(const Finding& finding, Language language) {
  Json object;
  object["sheet"] = finding.sheet;
  object["row"] = finding.row;
  object["column"] = finding.column < 0 ? "" : sheet::ColumnLetters(finding.column);
  object["header"] = finding.header;
  object["value"] = finding.value;
  object["reason"] = finding.reason;
  object["message"] = finding.sentence.In(language);
  object["suggestion"] = finding.suggestion;
  return object;
}

void ProblemListing::Take(const RowStory& story) {
  for (const Finding& fault : story.faults) {
    if (++count_ <= kProblemsListed) err_ << LineOf(fault, file_name_, language_) << "\n";
  }
}

void ProblemListing::End() {
  if (count_ <= kProblemsListed) return;
  const int64_t more = count_ - kProblemsListed;
  err_ << (language_ == Language::kChinese ? absl::StrCat("……另有 ", more, " 个问题未列出（上限 ", kProblemsListed,
                                                          "）；--rejects 或 --report 可得全部")
                                           : absl::StrCat("... and ", more, " more problems (", kProblemsListed,
                                                          " are listed); --rejects or --report has them all"))
       << "\n";
}

void VerdictListing::Take(const RowStory& story) {
  const bool chinese = language_ == Language::kChinese;
  if (!story.row.sheet.empty()) out_ << "[" << story.row.sheet << "] ";
  const Sentence verdict = VerdictWords(story.outcome.kind());
  out_ << (chinese ? absl::StrCat("第 ", story.row.cells.number, " 行：", verdict.chinese)
                   : absl::StrCat("row ", story.row.cells.number, ": ", verdict.english));
  if (!story.outcome.name().empty()) out_ << " " << story.outcome.name();
  const char* separator = chinese ? "：" : ": ";
  for (const FieldChange& change : story.outcome.changes()) {
    const std::string title = TitleOfChange(spec_, change);
    out_ << separator << change.field() << (title.empty() ? "" : absl::StrCat(" (", title, ")")) << " "
         << (change.before().empty() ? "-" : change.before()) << " -> "
         << (change.after().empty() ? "-" : change.after());
    separator = chinese ? "；" : "; ";
  }
  out_ << "\n";
}

bool RowReport::Takes(const std::string& path) { return absl::EndsWith(path, ".json") || absl::EndsWith(path, ".csv"); }

RowReport::RowReport(const std::string& path, ImportKind kind, std::string file_name, Language language)
    : file_(path),
      text_(file_.temporary_path(), std::ios::binary | std::ios::trunc),
      json_(absl::EndsWith(path, ".json")),
      spec_(SpecOf(kind)),
      language_(language) {
  if (json_) {
    text_ << "{\"file\": " << Dump(file_name) << ", \"kind\": " << Dump(spec_.word) << ", \"rows\": [";
    return;
  }
  text_ << "\xEF\xBB\xBF"
        << book::CsvLine({"sheet", "row", "verdict", "record", "field", "header", "before", "after", "value", "reason",
                          "message", "suggestion"});
}

void RowReport::Take(const RowStory& story) { json_ ? TakeJson(story) : TakeCsv(story); }

void RowReport::TakeJson(const RowStory& story) {
  Json row;
  row["sheet"] = story.row.sheet;
  row["row"] = story.row.cells.number;
  row["verdict"] = std::string(VerdictOf(story.outcome.kind()));
  if (!story.outcome.name().empty()) row["record"] = story.outcome.name();
  for (const FieldChange& change : story.outcome.changes()) {
    row["changes"].push_back({{"field", change.field()},
                              {"header", TitleOfChange(spec_, change)},
                              {"before", change.before()},
                              {"after", change.after()}});
  }
  for (const Finding& fault : story.faults) row["problems"].push_back(ObjectOf(fault, language_));
  text_ << (first_ ? "\n" : ",\n") << Dump(row);
  first_ = false;
}

void RowReport::TakeCsv(const RowStory& story) {
  const std::vector<std::string> start{story.row.sheet, absl::StrCat(story.row.cells.number),
                                       std::string(VerdictOf(story.outcome.kind())), story.outcome.name()};
  const auto write = [&](std::vector<std::string> rest) {
    rest.insert(rest.begin(), start.begin(), start.end());
    for (std::string& cell : rest) cell = book::Inert(cell);
    text_ << book::CsvLine(rest);
  };
  for (const FieldChange& change : story.outcome.changes()) {
    write({change.field(), TitleOfChange(spec_, change), change.before(), change.after(), "", "", "", ""});
  }
  for (const Finding& fault : story.faults) {
    write({"", fault.header, "", "", fault.value, fault.reason, fault.sentence.In(language_), fault.suggestion});
  }
  if (story.outcome.changes().empty() && story.faults.empty()) write({"", "", "", "", "", "", "", ""});
}

absl::Status RowReport::Close() {
  if (json_) text_ << "\n]}\n";
  text_.close();
  if (text_.good()) return file_.Commit();
  return absl::UnavailableError(absl::StrCat("cannot write ", file_.path(), " (无法写入)"));
}

}  // namespace kechuang::kc
