#include "common/ledger/row_shapes.h"

#include <algorithm>
#include <utility>

namespace kechuang::ledger {
namespace {

bool Covers(const std::vector<bool>& shape, const std::vector<bool>& used) {
  for (size_t i = 0; i < used.size(); ++i) {
    if (used[i] && !shape[i]) return false;
  }
  return true;
}

}  // namespace

std::vector<bool> RowShapes::Covering(std::vector<bool> used) {
  const std::lock_guard<std::mutex> lock(mutex_);
  const std::vector<bool>* narrowest = nullptr;
  const auto width = [](const std::vector<bool>& shape) { return std::count(shape.begin(), shape.end(), true); };
  for (const std::vector<bool>& shape : kept_) {
    if (Covers(shape, used) && (narrowest == nullptr || width(shape) < width(*narrowest))) narrowest = &shape;
  }
  if (narrowest != nullptr) return *narrowest;
  if (kept_.size() >= kShapesMax) return std::vector<bool>(used.size(), true);
  kept_.push_back(used);
  return used;
}

}  // namespace kechuang::ledger
