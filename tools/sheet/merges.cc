#include "tools/sheet/merges.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

#include "common/base/status_macros.h"
#include "tools/sheet/refusal.h"

namespace kechuang::sheet {
namespace {

constexpr char kElement[] = "mergeCell";
constexpr size_t kLongestElement = 256;  // of <mergeCell ref="A1:XFD1048576"/> with prefix and other attributes

// "AB12" as column and row; no value if it is none.
std::optional<std::pair<int, int>> CellOf(absl::string_view reference) {
  constexpr size_t kMostLetters = 3;
  int column = 0;
  size_t at = 0;
  while (at < reference.size() && at < kMostLetters && absl::ascii_isalpha(static_cast<unsigned char>(reference[at]))) {
    column = column * 26 + (absl::ascii_toupper(static_cast<unsigned char>(reference[at])) - 'A' + 1);
    ++at;
  }
  int row = 0;
  if (at == 0 || !absl::SimpleAtoi(reference.substr(at), &row) || row < 1) return std::nullopt;
  return std::make_pair(column - 1, row);
}

std::optional<MergedBlock> BlockOf(absl::string_view reference) {
  const size_t colon = reference.find(':');
  if (colon == absl::string_view::npos) return std::nullopt;
  const auto first = CellOf(reference.substr(0, colon));
  const auto last = CellOf(reference.substr(colon + 1));
  if (!first.has_value() || !last.has_value() || last->first < first->first || last->second < first->second) {
    return std::nullopt;
  }
  return MergedBlock{first->second, last->second, first->first, last->first};
}

// Takes a part's bytes and keeps the blocks that its elements name.
class Scanner {
 public:
  explicit Scanner(const Limits& limits) : limits_(limits) {}

  absl::Status Take(absl::string_view bytes) {
    kept_.append(bytes.data(), bytes.size());
    size_t done = 0;
    for (size_t at = kept_.find(kElement); at != std::string::npos; at = kept_.find(kElement, done)) {
      const size_t end = kept_.find('>', at);
      if (end == std::string::npos) {
        done = at > 0 ? at - 1 : 0;
        break;
      }
      done = end;
      // A text cannot hold the < of an element.
      if (at == 0 || (kept_[at - 1] != '<' && kept_[at - 1] != ':')) continue;
      RETURN_IF_ERROR(TakeElement(absl::string_view(kept_).substr(at, end - at)));
    }
    const size_t tail = kept_.size() > kLongestElement ? kept_.size() - kLongestElement : 0;
    kept_.erase(0, std::max(done, tail));
    return absl::OkStatus();
  }

  std::vector<MergedBlock> blocks() && { return std::move(blocks_); }

 private:
  absl::Status TakeElement(absl::string_view element) {
    for (const absl::string_view start : {"ref=\"", "ref='"}) {
      const size_t at = element.find(start);
      if (at == absl::string_view::npos) continue;
      const absl::string_view value = element.substr(at + start.size());
      const std::optional<MergedBlock> block = BlockOf(value.substr(0, value.find(start.back())));
      if (block.has_value()) blocks_.push_back(*block);
    }
    if (blocks_.size() <= static_cast<size_t>(limits_.merges)) return absl::OkStatus();
    return TooLong(absl::StrCat("the sheet has more than ", limits_.merges, " merged blocks"),
                   absl::StrCat("工作表的合并单元格超过 ", limits_.merges, " 处"));
  }

  const Limits& limits_;
  std::string kept_;
  std::vector<MergedBlock> blocks_;
};

}  // namespace

absl::StatusOr<std::vector<MergedBlock>> ReadMergedBlocks(const Archive& archive, const std::string& part,
                                                          const Limits& limits) {
  Scanner scanner(limits);
  RETURN_IF_ERROR(archive.Read(part, [&](absl::string_view bytes) { return scanner.Take(bytes); }));
  std::vector<MergedBlock> blocks = std::move(scanner).blocks();
  std::sort(blocks.begin(), blocks.end(), [](const MergedBlock& a, const MergedBlock& b) {
    return std::tie(a.first_row, a.first_column) < std::tie(b.first_row, b.first_column);
  });
  return blocks;
}

void MergeCursor::MoveTo(int row) {
  row_ = row;
  for (auto it = open_.begin(); it != open_.end();) {
    it = it->second.last_row < row ? open_.erase(it) : std::next(it);
  }
  for (; next_ < blocks_.size() && blocks_[next_].first_row <= row; ++next_) {
    if (blocks_[next_].last_row >= row) open_[blocks_[next_].first_column] = blocks_[next_];
  }
}

const MergedBlock* MergeCursor::Find(int column) const {
  auto it = open_.upper_bound(column);
  if (it == open_.begin()) return nullptr;
  --it;
  return it->second.last_column >= column ? &it->second : nullptr;
}

bool MergeCursor::RowHasGroups() const {
  return std::any_of(open_.begin(), open_.end(), [&](const auto& entry) {
    return entry.second.first_row == row_ && entry.second.last_column > entry.second.first_column;
  });
}

}  // namespace kechuang::sheet
