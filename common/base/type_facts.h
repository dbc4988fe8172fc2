#ifndef KECHUANG_COMMON_BASE_TYPE_FACTS_H_
#define KECHUANG_COMMON_BASE_TYPE_FACTS_H_

#include <memory>

#include "absl/container/flat_hash_map.h"
#include "google/protobuf/descriptor.h"

namespace kechuang {

// What is worked out once of every message type, because asking its descriptor costs more than all else that a call
// does with a field: Facts has a constructor from a descriptor. Each thread keeps its own, so that no lock stands on
// the way of a call; the reference lives as long as the thread.
template <class Facts>
const Facts& FactsOf(const google::protobuf::Descriptor* type) {
  thread_local absl::flat_hash_map<const google::protobuf::Descriptor*, std::unique_ptr<const Facts>> known;
  const auto found = known.find(type);
  if (found != known.end()) return *found->second;
  auto made = std::make_unique<const Facts>(type);
  return *known.emplace(type, std::move(made)).first->second;
}

}  // namespace kechuang

#endif  // KECHUANG_COMMON_BASE_TYPE_FACTS_H_
