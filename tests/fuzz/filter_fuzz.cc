// Filters of lists, over the columns of a record with every type of field.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "absl/strings/string_view.h"

#include "common/ledger/columns.h"
#include "common/ledger/filter.h"
#include "ledger_test/account.pb.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view input(reinterpret_cast<const char*>(data), size);
  static const kechuang::ledger::Columns kColumns(ledger_test::Account::descriptor());
  const auto condition = kechuang::ledger::ParseFilter(input, kColumns);
  if (!condition.ok()) return 0;
  // As many places as values, and nothing of the caller's own words between them.
  const auto places = std::count(condition->sql.begin(), condition->sql.end(), '?');
  if (static_cast<size_t>(places) != condition->values.size()) std::abort();
  if (condition->sql.find_first_of("';#\\") != std::string::npos) std::abort();
  return 0;
}
