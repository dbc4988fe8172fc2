#ifndef KECHUANG_COMMON_LEDGER_ROW_SHAPES_H_
#define KECHUANG_COMMON_LEDGER_ROW_SHAPES_H_

#include <cstddef>
#include <mutex>
#include <vector>

namespace kechuang::ledger {

// Which columns of a table its INSERT statements name; the others are left to their defaults. There are few shapes,
// so that few statements are prepared: drafts, imported rows and later states each use columns of their own. Threads
// may share one.
class RowShapes {
 public:
  // The narrowest shape that is kept and has every column of used; one with all columns once kShapesMax others are
  // kept.
  std::vector<bool> Covering(std::vector<bool> used);

  static constexpr size_t kShapesMax = 4;

 private:
  std::mutex mutex_;
  std::vector<std::vector<bool>> kept_;
};

}  // namespace kechuang::ledger

#endif  // KECHUANG_COMMON_LEDGER_ROW_SHAPES_H_
