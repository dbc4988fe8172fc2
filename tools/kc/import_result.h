#ifndef KECHUANG_TOOLS_KC_IMPORT_RESULT_H_
#define KECHUANG_TOOLS_KC_IMPORT_RESULT_H_

#include <cstdint>
#include <ostream>
#include <string>
#include <vector>

#include "absl/status/status.h"

#include "tools/kc/import.h"
#include "tools/kc/import_finding.h"
#include "tools/kc/import_report.h"

namespace kechuang::kc {

// How an import ended.
struct ImportResult {
  std::string file;
  std::string kind;
  std::string import_id;
  bool dry_run = false;
  bool written = false;       // the rows that are not refused are in the register
  bool taken_before = false;  // an earlier run had written all of it
  bool resumed = false;       // an earlier run was cut short; the counts are those of all runs together
  Counts counts;
  int64_t first_sequence = 0;  // of this import on the journal; 0 if it changed nothing
  int64_t last_sequence = 0;
  std::vector<std::string> made;  // banks and pools that rows made, as "banks/ID 名称"

  // For JSON only.
  std::vector<Finding> problems;  // the first kProblemsListed
  int64_t problem_count = 0;
  std::vector<Finding> warnings;
};

// The lines that tell a person: how it ended, what is on the journal, and last the counts, which a dry run and the real
// run of the same file have in common.
void PrintResult(const ImportResult& result, Language language, std::ostream& out);

// One JSON object in one line: {file, kind, importId, dryRun, written, inserted, changed, unchanged, rejected,
// conflicts, journal: {first, last}, problems: [...], problemCount, warnings: [...], made: [...]}.
void PrintResultJson(const ImportResult& result, Language language, std::ostream& out);
// The same for an import that failed: {file, kind, importId, written: false, error: {code, reason, message}}.
void PrintFailureJson(const ImportResult& result, const absl::Status& status, Language language, std::ostream& out);

}  // namespace kechuang::kc

#endif  // KECHUANG_TOOLS_KC_IMPORT_RESULT_H_
