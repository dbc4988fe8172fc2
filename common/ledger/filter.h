#ifndef KECHUANG_COMMON_LEDGER_FILTER_H_
#define KECHUANG_COMMON_LEDGER_FILTER_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

#include "common/ledger/columns.h"
#include "common/mysql/database.h"

namespace kechuang::ledger {

// A condition of SQL with its bound values. The text holds column names and placeholders only, never a caller's words.
struct Condition {
  std::string sql;
  std::vector<mysql::Value> values;
};

// Reads an AIP-160 filter over the indexed columns of a kind: comparisons `field = value` with = != < <= > >= (and :
// which for a text means "begins with" when the value ends in *), joined by AND, OR, NOT, - and parentheses; OR binds
// tighter than AND, as AIP-160 says. Values: words, "quoted texts", numbers, dates 2022-03-05, true/false, enum values
// with or without prefix; text = "abc*" means begins with abc. An empty filter is an empty condition. LIST_ARGUMENT
// with the position and the token for anything else, and for fields that are not indexed.
absl::StatusOr<Condition> ParseFilter(absl::string_view filter, const Columns& columns);

}  // namespace kechuang::ledger

#endif  // KECHUANG_COMMON_LEDGER_FILTER_H_
