#ifndef KECHUANG_TOOLS_KC_MAPPING_H_
#define KECHUANG_TOOLS_KC_MAPPING_H_

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"

#include "tools/kc/column_units.h"
#include "tools/kc/import_places.h"
#include "tools/kc/mapping_row.h"
#include "tools/sheet/table.h"

namespace kechuang::kc {

// What a file holds: the KIND of kc import KIND FILE.
enum class ImportKind { kEnterprises, kCertifications, kPools, kBanks, kLoans, kContracts };

// The kind of a word such as "contracts"; no value for other words.
std::optional<ImportKind> ImportKindOf(absl::string_view word);
// "enterprises, certifications, pools, banks, loans, contracts".
std::string ImportKindWords();

// What a person chose with --map: the words of a header and the key of its column, which goes before all that is
// guessed. An empty key leaves the column out.
using ColumnChoices = std::map<std::string, std::string, std::less<>>;

// A column: its key, the field of the row's message that it becomes, and what people call it.
struct Field {
  std::string key;
  std::string
      path;  // as faults name it, from the row on: "contract.seller.credit_code"; empty for a column that is no field
  std::vector<std::string> aliases;
  bool inherits = false;  // 同上, and a cell merged with the one above, stand for what is above
};

// A key and what its column holds, for help.
struct KeyMeaning {
  std::string key;
  std::string english;
  std::string chinese;
};

// What is known about the files of a kind.
struct KindSpec {
  std::string word;  // "contracts"
  std::vector<Field> fields;
  std::vector<std::string> identity;                        // keys of which every true row fills one
  std::vector<std::vector<std::string>> required;           // of each list, the file must have one column
  std::vector<std::string> money;                           // keys whose values are compared with their median
  std::map<std::string, std::string, std::less<>> reasons;  // reasons of refusals and the keys of the cells to look at
  // Keys that are known and not taken in by this kind, and the command that takes them in.
  std::map<std::string, std::string, std::less<>> elsewhere;

  // The fields as the reader of tables takes them, with what a person chose.
  sheet::Layout Layout(const ColumnChoices& choices = {}) const;
  // The first name of a key's column.
  const std::string& TitleOf(absl::string_view key) const;
  // The key of the column behind a field's path, by the longest end that both share; empty if none shares its last
  // step.
  std::string KeyOfPath(absl::string_view path) const;
};

const KindSpec& SpecOf(ImportKind kind);

// Every key of a kind that a column may be mapped to, in the order of its templates.
std::vector<KeyMeaning> KeysOf(ImportKind kind);
// INVALID_ARGUMENT, with the keys that there are, if a choice names a key that the kind does not have.
absl::Status CheckChoices(ImportKind kind, const ColumnChoices& choices);

// What the caller of an import chose, as far as it changes rows.
struct MappingOptions {
  std::string pool;      // "pools/ID", for loan rows that name no pool
  std::string division;  // 6 digits, for enterprises whose row names no district
  bool create_missing = false;
  ColumnChoices columns = {};
};

// A name and where it stands.
struct NamedPlace {
  std::string name;
  std::string code;
  RowPlace place;
};

// What earlier rows of the same pass said. One for each pass over a file, so that every pass sees the same.
struct MappingState {
  // How many rows with this key came before.
  int Ordinal(absl::string_view key) {
    bool fresh = false;
    return static_cast<int>(ordinals.Find(key, 0, fresh)++);
  }

  TextIndex ordinals;
  FirstPlaces first_rows;                              // where a number, a code or a whole row stood first
  absl::flat_hash_map<std::string, NamedPlace> names;  // where a name, less its legal form, stood first; some of them
  static constexpr size_t kNamesKept = 50000;          // so that memory does not grow with the file
  ColumnUnits units;
};

// An empty row message of a kind: ImportEnterprisesRow, ImportLoanRow or ImportContractRow.
std::unique_ptr<google::protobuf::Message> NewRow(ImportKind kind);
// Fills a row message, but for its origin, from a row of the file; what cannot be read becomes a fault of the reader.
void FillRow(ImportKind kind, const MappingOptions& options, MappingState& state, RowReader& reader,
             google::protobuf::Message& row);

}  // namespace kechuang::kc

#endif  // KECHUANG_TOOLS_KC_MAPPING_H_
