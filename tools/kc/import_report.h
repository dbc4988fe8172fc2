#ifndef KECHUANG_TOOLS_KC_IMPORT_REPORT_H_
#define KECHUANG_TOOLS_KC_IMPORT_REPORT_H_

#include <cstdint>
#include <map>
#include <mutex>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

#include "kechuang/ledger/v1/import.pb.h"
#include "tools/kc/import.h"
#include "tools/kc/import_file.h"
#include "tools/kc/mapping.h"

namespace kechuang::kc {

// A sentence in both languages.
struct Sentence {
  std::string english;
  std::string chinese;

  const std::string& In(Language language) const { return language == Language::kChinese ? chinese : english; }
};

// What a status says.
Sentence SentenceOf(const absl::Status& status);

// Something to tell about a place in the file.
struct Finding {
  std::string sheet;
  int row = 0;      // 0 for the whole sheet
  std::string key;  // of the column; empty for the whole row, or where column and header say it
  Sentence sentence;
  int column = -1;  // from 0; -1 if there is none
  std::string header;
};

// How many rows came to what.
struct Counts {
  int64_t inserted = 0;
  int64_t changed = 0;
  int64_t unchanged = 0;
  int64_t rejected = 0;

  int64_t Accepted() const { return inserted + changed + unchanged; }
};

// Collects what is found in one file and what became of its rows, and prints it. Threads may share one.
class ImportReport {
 public:
  ImportReport(ImportKind kind, std::string file_name, Language language)
      : spec_(SpecOf(kind)), file_name_(std::move(file_name)), language_(language) {}

  // Notes what a reader found in a row: its faults as problems, its other notes as warnings, its amounts for the
  // warning of outliers.
  void NoteRow(const FileRow& row);

  // Counts an outcome and notes why it was rejected.
  void TakeOutcome(const ledger::v1::RowOutcome& outcome);
  // Forgets counts and rejections of outcomes, before the next pass; what readers found stays.
  void StartPass();

  // Says what the sheets held, once all rows are noted: warns of unknown columns, hidden sheets and rows, and of
  // amounts far from the others of their column.
  void TakeSheets(std::vector<SheetFacts> sheets);

  // How many rows were read and skipped, and the warnings.
  void PrintWarnings(std::ostream& err);
  // Every problem in the order of the file; the first kProblemsShown of them.
  void PrintProblems(std::ostream& err);

  // Rows that readers could not read count as rejected.
  Counts counts() const;
  bool has_problems() const;
  // Outcomes taken in this pass.
  int64_t outcomes() const;

  static constexpr size_t kProblemsShown = 10000;

 private:
  struct Amount {
    std::string sheet;
    int row = 0;
    int64_t fen = 0;
  };

  size_t SheetIndex(absl::string_view name) const;
  // Puts column and header where only the key is known.
  void Resolve(Finding& finding) const;
  void NoteRejection(const ledger::v1::RowOutcome& outcome);
  std::string Line(const Finding& finding) const;
  void WarnOfSheet(const SheetFacts& facts);
  void WarnOfOutliers();

  const KindSpec& spec_;
  const std::string file_name_;
  const Language language_;
  mutable std::mutex mutex_;
  std::vector<SheetFacts> sheets_;
  std::map<std::string, std::vector<Amount>, std::less<>> amounts_;
  std::vector<Finding> read_problems_;
  std::vector<Finding> rejections_;
  std::vector<Finding> warnings_;
  int64_t unreadable_rows_ = 0;
  Counts counts_;
};

}  // namespace kechuang::kc

#endif  // KECHUANG_TOOLS_KC_IMPORT_REPORT_H_
