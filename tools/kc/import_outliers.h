#ifndef KECHUANG_TOOLS_KC_IMPORT_OUTLIERS_H_
#define KECHUANG_TOOLS_KC_IMPORT_OUTLIERS_H_

#include <cstdint>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "absl/strings/string_view.h"

namespace kechuang::kc {

// Looks for the amounts of one column that are far from its middle, in memory that does not grow with the column: it
// keeps the smallest and the greatest, and an even sample of the others.
class OutlierSearch {
 public:
  struct Amount {
    std::string sheet;
    int row = 0;
    int64_t fen = 0;
  };

  // Takes the column's next amount. Amounts of 0 and below have no part in it.
  void Take(absl::string_view sheet, int row, int64_t fen);

  // The middle of the amounts: exactly up to kSampleSize of them, of an even sample beyond. 0 if there are too few to
  // have a typical one.
  int64_t Middle() const;
  // Amounts off from the middle by thousands, as a slip between 元 and 万元 makes them, in the order they came; the
  // farthest kKept at either end at most.
  std::vector<Amount> Far() const;

  static constexpr size_t kSampleSize = 8192;
  static constexpr size_t kKept = 20;

 private:
  using Place = std::tuple<int64_t, int64_t, std::string, int>;  // fen, how many came before, sheet, row

  std::vector<int64_t> sample_;
  int64_t stride_ = 1;
  int64_t count_ = 0;
  std::set<Place> least_;
  std::set<Place> most_;
};

}  // namespace kechuang::kc

#endif  // KECHUANG_TOOLS_KC_IMPORT_OUTLIERS_H_
