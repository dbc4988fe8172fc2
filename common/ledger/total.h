#ifndef KECHUANG_COMMON_LEDGER_TOTAL_H_
#define KECHUANG_COMMON_LEDGER_TOTAL_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace kechuang::ledger {

// One cell of the maintained totals.
struct Cell {
  std::string measure;   // what is counted: "registered_contract"; at most 64 characters
  std::string grouping;  // which dimensions the cell is cut by: "" or "class" or "class,field"; at most 64
  std::string period;    // "2022", "2022-03", "2022-03-05" or "" for all time
  std::string cell;      // the dimensions' values in the order of grouping, joined by '|': "DEV|1"; at most 190
  auto operator<=>(const Cell&) const = default;

  template <typename H>
  friend H AbslHashValue(H state, const Cell& cell) {
    return H::combine(std::move(state), cell.measure, cell.grouping, cell.period, cell.cell);
  }
};

// What stands in a cell. The measure's comment in totals.cc says what each number means there.
struct Amounts {
  int64_t count = 0;
  int64_t amount_fen = 0;
  int64_t part_fen = 0;  // a part of the amount, such as the technical amount of contracts
  int64_t distinct = 0;  // how many different distinct_keys have a count above zero
  bool operator==(const Amounts&) const = default;
};

// What one record adds to one cell.
struct Contribution {
  Cell cell;
  int64_t count = 0;  // may be negative: "ends on this day"
  int64_t amount_fen = 0;
  int64_t part_fen = 0;
  std::string distinct_key;  // counted once per cell however many records carry it; empty if nothing is; at most 120
};

struct TotalRow {
  Cell cell;
  Amounts amounts;
};

// Cells of one measure and grouping whose period lies between two periods of the same length, both included.
struct TotalsQuery {
  std::string measure;
  std::string grouping;
  std::string first_period;
  std::string last_period;
  std::string cell_prefix;  // only cells that begin with this; empty for all

  friend bool operator==(const TotalsQuery&, const TotalsQuery&) = default;
};

}  // namespace kechuang::ledger

#endif  // KECHUANG_COMMON_LEDGER_TOTAL_H_
