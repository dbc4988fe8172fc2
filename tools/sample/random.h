#ifndef KECHUANG_TOOLS_SAMPLE_RANDOM_H_
#define KECHUANG_TOOLS_SAMPLE_RANDOM_H_

#include <cstdint>
#include <random>

#include "common/domain/day.h"

namespace kechuang::sample {

// Numbers that are the same for one seed on every machine, which the standard distributions do not promise.
class Random {
 public:
  explicit Random(uint64_t seed) : engine_(seed) {}

  // A number from 0 to below - 1.
  int Below(int below) { return static_cast<int>(engine_() % static_cast<uint64_t>(below)); }
  // One item of a list.
  template <typename List>
  const auto& Of(const List& list) {
    return list[static_cast<size_t>(Below(static_cast<int>(list.size())))];
  }
  // A day from first to last, both included.
  Day Between(Day first, Day last) { return first.AddDays(Below(static_cast<int>(last - first) + 1)); }

 private:
  std::mt19937_64 engine_;
};

}  // namespace kechuang::sample

#endif  // KECHUANG_TOOLS_SAMPLE_RANDOM_H_
