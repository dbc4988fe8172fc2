#ifndef KECHUANG_TOOLS_SHEET_MERGES_H_
#define KECHUANG_TOOLS_SHEET_MERGES_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

#include "tools/sheet/cell.h"
#include "tools/sheet/workbook.h"
#include "tools/sheet/xml_part.h"

namespace kechuang::sheet {

// The merged blocks that a worksheet's part lists behind its rows, by their first rows. Found by looking for their
// elements in the bytes, for a second parse of all rows would double the time of reading.
absl::StatusOr<std::vector<MergedBlock>> ReadMergedBlocks(const Archive& archive, const std::string& part,
                                                          const Limits& limits);

// Finds the merged block that a cell lies in while rows come in order.
class MergeCursor {
 public:
  // Blocks by their first rows.
  explicit MergeCursor(std::vector<MergedBlock> blocks) : blocks_(std::move(blocks)) {}

  // Goes on to a row, below all rows before.
  void MoveTo(int row);
  // The block of a cell of that row; nullptr if it is not merged.
  const MergedBlock* Find(int column) const;
  // True if a block of more than one column begins in that row.
  bool RowHasGroups() const;

 private:
  std::vector<MergedBlock> blocks_;
  size_t next_ = 0;
  std::map<int, MergedBlock> open_;  // by first column; those that reach the row
  int row_ = 0;
};

}  // namespace kechuang::sheet

#endif  // KECHUANG_TOOLS_SHEET_MERGES_H_
