#ifndef KECHUANG_TOOLS_KC_IMPORT_REPORT_H_
#define KECHUANG_TOOLS_KC_IMPORT_REPORT_H_

#include <cstdint>
#include <map>
#include <mutex>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"

#include "kechuang/ledger/v1/import.pb.h"
#include "tools/kc/import.h"
#include "tools/kc/import_file.h"
#include "tools/kc/import_finding.h"
#include "tools/kc/import_outliers.h"
#include "tools/kc/import_spool.h"
#include "tools/kc/mapping.h"

namespace kechuang::kc {

// How many rows came to what.
struct Counts {
  int64_t inserted = 0;
  int64_t changed = 0;
  int64_t unchanged = 0;
  int64_t rejected = 0;
  int64_t conflicts = 0;

  int64_t Accepted() const { return inserted + changed + unchanged; }
};

// Collects what is found in one file and what became of its rows, in memory that does not grow with the file. Threads
// may share one, but for spool().
class ImportReport {
 public:
  // all_rows keeps the outcomes of all rows for a report of every row; without it, those of refused rows only.
  ImportReport(ImportKind kind, std::string file_name, Language language, bool all_rows = false)
      : spec_(SpecOf(kind)), file_name_(std::move(file_name)), language_(language), all_rows_(all_rows) {}

  // Notes what a reader found in a row: its faults as problems, its other notes as warnings, its amounts for the
  // warning of outliers.
  void NoteRow(const FileRow& row);

  // Counts an outcome and keeps why it was rejected.
  void TakeOutcome(const ledger::v1::RowOutcome& outcome);
  // Forgets counts and rejections of outcomes, before the next pass; what readers found stays.
  void StartPass();

  // Says what the sheets held, once all rows are noted: warns of unknown columns, hidden sheets and rows, and of
  // amounts far from the others of their column.
  void TakeSheets(std::vector<SheetFacts> sheets);

  // How many rows were read and skipped, and the warnings.
  void PrintWarnings(std::ostream& err) const;
  // The problems grouped by reason and column, most frequent first, if there are more than kUngrouped.
  void PrintGroups(std::ostream& err) const;

  // Rows that readers could not read count as rejected.
  Counts counts() const;
  // Whether a row is rejected or in conflict.
  bool has_problems() const;
  // Faults of all rows; a row may have several.
  int64_t problems() const;
  // Outcomes taken in this pass.
  int64_t outcomes() const;
  // The first kWarningsKept warnings.
  std::vector<Finding> warnings() const;
  // The kept outcomes in the order of the rows; only while no pass runs.
  OutcomeSpool& spool() { return spool_; }

  static constexpr size_t kWarningsKept = 1000;
  static constexpr int64_t kUngrouped = 20;

 private:
  struct Group {
    int64_t count = 0;
    Finding first;
  };
  using Groups = std::map<std::pair<std::string, std::string>, Group>;  // by column's header, and reason

  const sheet::Header& HeaderOf(absl::string_view sheet) const;
  void Warn(Finding warning);
  void WarnOfSheet(const SheetFacts& facts);
  void WarnOfOutliers();

  const KindSpec& spec_;
  const std::string file_name_;
  const Language language_;
  const bool all_rows_;
  mutable std::mutex mutex_;
  std::vector<SheetFacts> sheets_;
  std::map<std::string, sheet::Header, std::less<>> headers_;  // by sheet, from its first row on
  std::map<std::string, OutlierSearch, std::less<>> amounts_;
  Groups read_groups_;
  Groups outcome_groups_;
  std::vector<Finding> warnings_;
  int64_t warnings_left_out_ = 0;
  int64_t unreadable_rows_ = 0;
  Counts counts_;
  OutcomeSpool spool_;
};

}  // namespace kechuang::kc

#endif  // KECHUANG_TOOLS_KC_IMPORT_REPORT_H_
