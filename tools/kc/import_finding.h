#ifndef KECHUANG_TOOLS_KC_IMPORT_FINDING_H_
#define KECHUANG_TOOLS_KC_IMPORT_FINDING_H_

#include <string>
#include <vector>

#include "absl/status/status.h"

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
  std::string header = {};
  std::string reason = {};      // of the refusal, such as CREDIT_CODE_CHECK; empty for warnings
  std::string value = {};       // what stands in the cell; empty where that is not known
  std::string suggestion = {};  // what should likely stand there; empty where nothing is likely
};

// Puts column and header where only the key is known.
void Resolve(const KindSpec& spec, const sheet::Header& header, Finding& finding);

// What a reader found wrong in a row, and what it found odd.
std::vector<Finding> FaultsOf(const KindSpec& spec, const FileRow& row);
std::vector<Finding> WarningsOf(const KindSpec& spec, const FileRow& row);

// Why the register refused a row: one for each fault that it named, with their columns in the header.
std::vector<Finding> FaultsOf(const KindSpec& spec, const sheet::Header& header, const ledger::v1::RowOutcome& outcome);

// The finding as a line without its end: file, sheet, row, column, header and the sentence.
std::string LineOf(const Finding& finding, const std::string& file_name, Language language);

}  // namespace kechuang::kc

#endif  // KECHUANG_TOOLS_KC_IMPORT_FINDING_H_
