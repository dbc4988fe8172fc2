#ifndef KECHUANG_COMMON_RPC_RECENT_MAP_H_
#define KECHUANG_COMMON_RPC_RECENT_MAP_H_

#include <cstddef>
#include <list>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"

namespace kechuang::rpc {

// Values by name, of which those that were used last are kept: whoever invents names cannot fill the memory. One
// thread at a time.
template <class Value>
class RecentMap {
 public:
  explicit RecentMap(size_t size_max) : size_max_(size_max) {}
  RecentMap(const RecentMap&) = delete;
  RecentMap& operator=(const RecentMap&) = delete;

  // The value of this name; a new one if there is none, for which the one goes that was not used for longest.
  Value& Use(absl::string_view name) {
    if (const auto found = by_name_.find(name); found != by_name_.end()) {
      entries_.splice(entries_.begin(), entries_, found->second);
      return found->second->value;
    }
    if (entries_.size() == size_max_) {
      by_name_.erase(entries_.back().name);
      entries_.pop_back();
    }
    entries_.push_front({std::string(name), Value()});
    by_name_.emplace(entries_.front().name, entries_.begin());
    return entries_.front().value;
  }

  void Clear() {
    by_name_.clear();
    entries_.clear();
  }

  size_t size() const { return entries_.size(); }

 private:
  struct Entry {
    std::string name;
    Value value;
  };

  const size_t size_max_;
  std::list<Entry> entries_;  // the one used last comes first
  absl::flat_hash_map<absl::string_view, typename std::list<Entry>::iterator> by_name_;
};

}  // namespace kechuang::rpc

#endif  // KECHUANG_COMMON_RPC_RECENT_MAP_H_
