#include "common/ledger/overlay.h"

#include <algorithm>
#include <utility>

#include "common/ledger/stamps.h"

namespace kechuang::ledger {
namespace {

// What the maps and lists around an entry or a key cost, about.
constexpr size_t kEntryBytes = 200;
constexpr size_t kKeyBytes = 120;

bool Holds(const std::vector<std::string>& keys, absl::string_view key) {
  return std::find(keys.begin(), keys.end(), key) != keys.end();
}

}  // namespace

size_t Overlay::SizeOf(const std::string& name, const Entry& entry) {
  size_t size = kEntryBytes + 2 * name.size() + entry.record.size();
  for (const auto* keys : {&entry.keys, &entry.stored_keys}) {
    for (const std::string& key : *keys) size += kKeyBytes + 2 * key.size() + name.size();
  }
  return size;
}

void Overlay::Layer::Put(const std::string& name, Entry entry) {
  Drop(name);
  bytes += SizeOf(name, entry);
  for (const auto* keys : {&entry.keys, &entry.stored_keys}) {
    for (const std::string& key : *keys) names_of_key[key].insert(name);
  }
  entries[name] = std::move(entry);
}

void Overlay::Layer::Drop(const std::string& name) {
  const auto found = entries.find(name);
  if (found == entries.end()) return;
  bytes -= SizeOf(name, found->second);
  for (const auto* keys : {&found->second.keys, &found->second.stored_keys}) {
    for (const std::string& key : *keys) {
      const auto names = names_of_key.find(key);
      if (names == names_of_key.end()) continue;
      names->second.erase(name);
      if (names->second.empty()) names_of_key.erase(names);
    }
  }
  entries.erase(found);
}

void Overlay::Begin() { staged_ = Layer(); }

void Overlay::Commit() {
  for (auto& [name, entry] : staged_.entries) {
    if (!committed_.entries.contains(name)) order_.push_back(name);
    committed_.Put(name, std::move(entry));
  }
  staged_ = Layer();
  while (committed_.bytes > bytes_max_ && !order_.empty()) {
    committed_.Drop(order_.front());
    order_.pop_front();
  }
}

const Overlay::Entry* Overlay::EntryOf(const std::string& name) const {
  for (const Layer* layer : {&staged_, &committed_}) {
    if (const auto found = layer->entries.find(name); found != layer->entries.end()) return &found->second;
  }
  return nullptr;
}

std::unique_ptr<google::protobuf::Message> Overlay::Find(const google::protobuf::Message& prototype,
                                                         absl::string_view name) const {
  const Entry* entry = EntryOf(std::string(name));
  if (entry == nullptr) return nullptr;
  std::unique_ptr<google::protobuf::Message> record(prototype.New());
  record->ParseFromString(entry->record);
  return record;
}

void Overlay::Correct(absl::string_view key, std::set<std::string>& names) const {
  for (const Layer* layer : {&committed_, &staged_}) {
    const auto found = layer->names_of_key.find(std::string(key));
    if (found == layer->names_of_key.end()) continue;
    for (const std::string& name : found->second) {
      if (Holds(EntryOf(name)->keys, key)) {
        names.insert(name);
      } else {
        names.erase(name);
      }
    }
  }
}

void Overlay::Stage(const google::protobuf::Message& record, std::vector<std::string> keys,
                    const std::vector<std::string>& stored_keys) {
  const std::string name = NameOf(record);
  // The older layer's list of keys is kept too, so that a key that only an earlier row gave is known to be gone.
  std::vector<std::string> known = stored_keys;
  if (const Entry* earlier = EntryOf(name); earlier != nullptr) {
    known.insert(known.end(), earlier->keys.begin(), earlier->keys.end());
  }
  std::sort(known.begin(), known.end());
  known.erase(std::unique(known.begin(), known.end()), known.end());
  staged_.Put(name, {record.SerializeAsString(), std::move(keys), std::move(known)});
}

}  // namespace kechuang::ledger
