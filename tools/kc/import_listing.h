#ifndef KECHUANG_TOOLS_KC_IMPORT_LISTING_H_
#define KECHUANG_TOOLS_KC_IMPORT_LISTING_H_

#include <cstdint>
#include <fstream>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"

#include "nlohmann/json.hpp"
#include "tools/book/atomic_file.h"
#include "tools/kc/import.h"
#include "tools/kc/import_walk.h"
#include "tools/kc/mapping.h"

namespace kechuang::kc {

// Prints every problem in the order of the file; the first kProblemsListed of them.
class ProblemListing {
 public:
  ProblemListing(std::ostream& err, std::string file_name, Language language)
      : err_(err), file_name_(std::move(file_name)), language_(language) {}

  void Take(const RowStory& story);
  // Says how many were left out.
  void End();

  static constexpr int64_t kProblemsListed = 10000;

 private:
  std::ostream& err_;
  const std::string file_name_;
  const Language language_;
  int64_t count_ = 0;
};

// Prints of each row what it does: "row 7: change contracts/2022640105000001: 合同金额 100 -> 200".
class VerdictListing {
 public:
  VerdictListing(std::ostream& out, ImportKind kind, Language language)
      : out_(out), spec_(SpecOf(kind)), language_(language) {}

  void Take(const RowStory& story);

 private:
  std::ostream& out_;
  const KindSpec& spec_;
  const Language language_;
};

// Writes of each row what it does into a file: .json holds one object with a list of rows; .csv a line for each row,
// changed field and problem. Rows go to disk one by one, and the file is there when it is whole.
class RowReport {
 public:
  // Whether the path ends in .json or .csv.
  static bool Takes(const std::string& path);

  RowReport(const std::string& path, ImportKind kind, std::string file_name, Language language);

  void Take(const RowStory& story);
  absl::Status Close();

 private:
  void TakeJson(const RowStory& story);
  void TakeCsv(const RowStory& story);

  book::AtomicFile file_;
  std::ofstream text_;
  const bool json_;
  const KindSpec& spec_;
  const Language language_;
  bool first_ = true;
};

// A finding as a JSON object: sheet, row, column, header, value, reason, message, suggestion.
nlohmann::ordered_json ObjectOf(const Finding& finding, Language language);

}  // namespace kechuang::kc

#endif  // KECHUANG_TOOLS_KC_IMPORT_LISTING_H_
