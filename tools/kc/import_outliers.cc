#include "tools/kc/import_outliers.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <string>
#include <vector>

namespace kechuang::kc {
namespace {

// A slip between 元 and 万元 is off by 10,000, and its true amount may be a tenth of the middle.
constexpr int64_t kFarTimes = 1000;
constexpr size_t kTypicalCount = 8;  // fewer amounts have no typical one

}  // namespace

void OutlierSearch::Take(absl::string_view sheet, int row, int64_t fen) {
  if (fen <= 0) return;
  if (count_ % stride_ == 0) {
    if (sample_.size() == kSampleSize) {
      for (size_t i = 0; 2 * i < sample_.size(); ++i) sample_[i] = sample_[2 * i];
      sample_.resize(sample_.size() / 2);
      stride_ *= 2;
    }
    if (count_ % stride_ == 0) sample_.push_back(fen);
  }
  ++count_;
  if (least_.size() < kKept || fen < std::get<0>(*least_.rbegin())) {
    least_.emplace(fen, count_, std::string(sheet), row);
    if (least_.size() > kKept) least_.erase(std::prev(least_.end()));
  }
  if (most_.size() < kKept || fen > std::get<0>(*most_.begin())) {
    most_.emplace(fen, count_, std::string(sheet), row);
    if (most_.size() > kKept) most_.erase(most_.begin());
  }
}

int64_t OutlierSearch::Middle() const {
  if (sample_.size() < kTypicalCount) return 0;
  std::vector<int64_t> sorted = sample_;
  const auto middle = sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 2);
  std::nth_element(sorted.begin(), middle, sorted.end());
  return *middle;
}

std::vector<OutlierSearch::Amount> OutlierSearch::Far() const {
  const int64_t middle = Middle();
  std::map<int64_t, Amount> far;
  if (middle == 0) return {};
  for (const std::set<Place>* places : {&least_, &most_}) {
    for (const auto& [fen, order, sheet, row] : *places) {
      if (fen / kFarTimes >= middle || middle / kFarTimes >= fen) far[order] = {sheet, row, fen};
    }
  }
  std::vector<Amount> amounts;
  for (auto& [order, amount] : far) amounts.push_back(std::move(amount));
  return amounts;
}

}  // namespace kechuang::kc
