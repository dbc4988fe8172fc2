#ifndef KECHUANG_COMMON_LEDGER_OVERLAY_H_
#define KECHUANG_COMMON_LEDGER_OVERLAY_H_

#include <deque>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"

namespace kechuang::ledger {

// What the commands of one stream that only validates would have stored, so that a later row meets what an earlier row
// of the same file made. Holds at most kBytesMax; what was touched longest ago goes first, and a row further away than
// that is judged by the register alone. Used by the register's batches only, one thread at a time. A batch that is run
// again forgets what its first try staged.
class Overlay {
 public:
  static constexpr size_t kBytesMax = size_t{16} << 20;

  explicit Overlay(size_t bytes_max = kBytesMax) : bytes_max_(bytes_max) {}

  // Starts a try of a batch.
  void Begin();
  // Keeps what the try staged.
  void Commit();

  // The record as the stream left it; nullptr if the stream did not touch it.
  std::unique_ptr<google::protobuf::Message> Find(const google::protobuf::Message& prototype,
                                                  absl::string_view name) const;
  // Puts the names that carry a key, as the stream left them, in place of those that the register says.
  void Correct(absl::string_view key, std::set<std::string>& names) const;
  // Stages a record with its keys, and with the keys that the register itself holds for it, or has none.
  void Stage(const google::protobuf::Message& record, std::vector<std::string> keys,
             const std::vector<std::string>& stored_keys);

  size_t bytes() const { return committed_.bytes; }

 private:
  struct Entry {
    std::string record;                    // serialized
    std::vector<std::string> keys;         // that it carries now
    std::vector<std::string> stored_keys;  // that the register holds for it
  };
  struct Layer {
    std::unordered_map<std::string, Entry> entries;
    std::unordered_map<std::string, std::set<std::string>> names_of_key;  // of keys and stored keys alike
    size_t bytes = 0;
    void Put(const std::string& name, Entry entry);
    void Drop(const std::string& name);
  };
  static size_t SizeOf(const std::string& name, const Entry& entry);
  const Entry* EntryOf(const std::string& name) const;

  const size_t bytes_max_;
  Layer committed_;
  Layer staged_;
  std::deque<std::string> order_;  // of committed names, touched longest ago first
};

}  // namespace kechuang::ledger

#endif  // KECHUANG_COMMON_LEDGER_OVERLAY_H_
