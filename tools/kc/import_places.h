#ifndef KECHUANG_TOOLS_KC_IMPORT_PLACES_H_
#define KECHUANG_TOOLS_KC_IMPORT_PLACES_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/hash/hash.h"
#include "absl/strings/string_view.h"

#include "tools/kc/mapping_row.h"

namespace kechuang::kc {

// Counts and finds texts again by their 64-bit hashes, so that a file of a million rows takes some ten megabytes and
// not its own size. Two of a million texts share a hash with a probability of one in thirty million.
class TextIndex {
 public:
  // The value kept for a text; the given one, which is kept from now on, if there is none. fresh says which.
  uint64_t& Find(absl::string_view text, uint64_t value, bool& fresh) {
    const uint64_t hash = absl::HashOf(text);
    const auto [entry, is_fresh] = shards_[hash % shards_.size()].try_emplace(hash, value);
    fresh = is_fresh;
    return entry->second;
  }

 private:
  // Tables double when they grow; of many small ones only one does at a time.
  std::array<absl::flat_hash_map<uint64_t, uint64_t>, 64> shards_;
};

// Where texts stood first.
class FirstPlaces {
 public:
  struct Seen {
    RowPlace place;
    bool same_content = false;  // what came with the text was the same then
  };

  // Notes that a text stands in a row, with some content. Where it stood first; no value if here.
  std::optional<Seen> Note(absl::string_view text, const RowPlace& place, absl::string_view content = "") {
    if (sheets_.empty() || sheets_.back() != place.sheet) sheets_.push_back(place.sheet);
    const uint64_t digest = absl::HashOf(content) & kContentBits;
    const auto here = (static_cast<uint64_t>(sheets_.size() - 1) << 52) |
                      (static_cast<uint64_t>(place.row) << 24 & kRowBits) | digest;
    bool fresh = false;
    const uint64_t first = index_.Find(text, here, fresh);
    if (fresh) return std::nullopt;
    return Seen{{sheets_[first >> 52], static_cast<int>((first & kRowBits) >> 24)}, (first & kContentBits) == digest};
  }

 private:
  static constexpr uint64_t kContentBits = (uint64_t{1} << 24) - 1;
  static constexpr uint64_t kRowBits = ((uint64_t{1} << 28) - 1) << 24;

  TextIndex index_;
  std::vector<std::string> sheets_;  // in the order of the pass; a file has fewer than 4,096
};

}  // namespace kechuang::kc

#endif  // KECHUANG_TOOLS_KC_IMPORT_PLACES_H_
