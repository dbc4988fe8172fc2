#include "common/ledger/record_cache.h"

#include <iterator>
#include <utility>

namespace kechuang::ledger {
namespace {

// What an entry takes besides its texts: its nodes and slots, and what the allocator rounds up.
constexpr size_t kOverhead = 256;

bool Same(const Head& a, const Head& b) { return a.sequence == b.sequence && a.hash == b.hash; }

}  // namespace

std::optional<Head> RecordCache::place() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return entries_.empty() ? std::optional<Head>() : place_;
}

void RecordCache::Advance(const Head& from, const Head& to, const std::vector<std::string>& changed) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (place_.sequence < from.sequence || place_.sequence >= to.sequence) return;
  for (const std::string& name : changed) Forget(name);
  place_ = to;
}

void RecordCache::Restart(const Head& at) {
  Entries gone;  // freed outside the lock
  const std::lock_guard<std::mutex> lock(mutex_);
  by_name_.clear();
  gone.swap(entries_);
  bytes_ = 0;
  place_ = at;
}

RecordCache::Record RecordCache::Find(const Head& at, const google::protobuf::Descriptor* type,
                                      absl::string_view name) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (place_.sequence < at.sequence) return nullptr;
  const auto found = by_name_.find(name);
  if (found == by_name_.end() || found->second->type != type) return nullptr;
  entries_.splice(entries_.begin(), entries_, found->second);
  return found->second->record;
}

void RecordCache::Insert(const Head& at, const google::protobuf::Descriptor* type, absl::string_view name,
                         Record record) {
  Entry entry{std::string(name), type, std::move(record)};
  const size_t cost = CostOf(entry);
  const std::lock_guard<std::mutex> lock(mutex_);
  if (cost > bytes_max_ || !Same(place_, at)) return;
  Forget(name);
  entries_.push_front(std::move(entry));
  by_name_[entries_.front().name] = entries_.begin();
  bytes_ += cost;
  while (bytes_ > bytes_max_) ForgetAt(std::prev(entries_.end()));
}

size_t RecordCache::CostOf(const Entry& entry) { return kOverhead + entry.name.size() + entry.record->size(); }

void RecordCache::Forget(absl::string_view name) {
  if (const auto found = by_name_.find(name); found != by_name_.end()) ForgetAt(found->second);
}

void RecordCache::ForgetAt(Entries::iterator entry) {
  by_name_.erase(entry->name);
  bytes_ -= CostOf(*entry);
  entries_.erase(entry);
}

}  // namespace kechuang::ledger
