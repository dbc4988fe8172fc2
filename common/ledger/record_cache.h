#ifndef KECHUANG_COMMON_LEDGER_RECORD_CACHE_H_
#define KECHUANG_COMMON_LEDGER_RECORD_CACHE_H_

#include <cstddef>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/descriptor.h"

#include "common/ledger/register.h"

namespace kechuang::ledger {

// Records of one book in bounded memory, serialized: all of them as they stand at one place of the journal, or at a
// later one. Whoever reads learns from the database where the journal's head is, brings the cache there by telling it
// what changed in between, and only then asks it. When it is full, what was unused longest goes. Threads may share one.
class RecordCache {
 public:
  using Record = std::shared_ptr<const std::string>;

  // Keeps nothing if bytes_max is 0; takes no memory before it keeps something.
  explicit RecordCache(size_t bytes_max) : bytes_max_(bytes_max) {}
  RecordCache(const RecordCache&) = delete;
  RecordCache& operator=(const RecordCache&) = delete;

  bool enabled() const { return bytes_max_ > 0; }
  // Where all that is kept is known to be current; nothing if nothing is kept.
  std::optional<Head> place() const;

  // Brings the cache from a place to a later one, between which the records of these names changed: they are forgotten.
  // Does nothing if the cache has left that stretch of the journal meanwhile.
  void Advance(const Head& from, const Head& to, const std::vector<std::string>& changed);
  // Forgets everything; what is kept from now on is current at this place.
  void Restart(const Head& at);

  // The record of this type and name as it stands at this place or later; nullptr if the cache does not tell, also
  // because it is not there.
  Record Find(const Head& at, const google::protobuf::Descriptor* type, absl::string_view name);
  // Keeps a record that was read after the head was seen at this place. Does nothing if the cache has left the place:
  // what changed on the way was forgotten then, and would come back with this record.
  void Insert(const Head& at, const google::protobuf::Descriptor* type, absl::string_view name, Record record);

 private:
  struct Entry {
    std::string name;
    const google::protobuf::Descriptor* type;
    Record record;
  };
  using Entries = std::list<Entry>;

  static size_t CostOf(const Entry& entry);
  // All are called with the lock held.
  void Forget(absl::string_view name);
  void ForgetAt(Entries::iterator entry);

  const size_t bytes_max_;

  mutable std::mutex mutex_;
  Head place_;
  size_t bytes_ = 0;
  Entries entries_;  // used last comes first
  absl::flat_hash_map<absl::string_view, Entries::iterator> by_name_;
};

}  // namespace kechuang::ledger

#endif  // KECHUANG_COMMON_LEDGER_RECORD_CACHE_H_
