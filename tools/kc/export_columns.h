#ifndef KECHUANG_TOOLS_KC_EXPORT_COLUMNS_H_
#define KECHUANG_TOOLS_KC_EXPORT_COLUMNS_H_

#include <string>
#include <vector>

#include "tools/kc/mapping.h"

namespace kechuang::kc {

// What the cells of a column hold.
enum class CellForm {
  kText,
  kCode,   // digits and letters that must stay text
  kMoney,  // 万元
  kDay,
  kRate,  // per cent
  kWhole,
  kYesNo,   // 是 or 否
  kChoice,  // one of the words
  kBank,    // the name of a bank of the suite
  kPool,    // the name of a pool of the suite
};

// A word for the value of an enum.
struct ChoiceWord {
  std::string word;
  int value = 0;
};

// A column of the tables that kc hands to people: templates and exports. The importer takes each of them as it stands.
struct TableColumnSpec {
  std::string key;    // of the importer
  std::string title;  // with its unit
  CellForm form = CellForm::kText;
  bool required = false;  // of new records
  std::string meaning;    // for people, in Chinese
  std::vector<ChoiceWord> choices = {};
};

// The columns of a kind, in the order that people expect.
const std::vector<TableColumnSpec>& TableColumnsOf(ImportKind kind);

}  // namespace kechuang::kc

#endif  // KECHUANG_TOOLS_KC_EXPORT_COLUMNS_H_
