#ifndef KECHUANG_COMMON_LEDGER_REFERENCES_H_
#define KECHUANG_COMMON_LEDGER_REFERENCES_H_

#include <cstdint>
#include <set>
#include <string>

#include "absl/status/statusor.h"

#include "common/ledger/kind.h"
#include "common/ledger/store.h"
#include "common/mysql/database.h"

namespace kechuang::ledger {

// Which records do not count as referers.
struct RefererQuery {
  const std::set<std::string>& gone;  // names that go with the record
  std::string import_id;              // and, if given, whatever this import changed
  int64_t first_sequence = 0;         // since this entry of the journal
};

// The name of a record that hangs on this one: its child by name ("pools/a/postings/1" of "pools/a"), or one that names
// it in an indexed field which is annotated as a reference to its type. Empty if there is none.
absl::StatusOr<std::string> FindReferer(mysql::Session& session, const Store& store, const KindTable& kinds,
                                        const Kind& kind, const std::string& name, const RefererQuery& query);

}  // namespace kechuang::ledger

#endif  // KECHUANG_COMMON_LEDGER_REFERENCES_H_
