#ifndef KECHUANG_COMMON_LEDGER_ROW_SCOPE_H_
#define KECHUANG_COMMON_LEDGER_ROW_SCOPE_H_

#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"

#include "common/ledger/filter.h"
#include "common/ledger/store.h"

// Which rows belong to the record that a caller is bound to, as the option row_scope of their kind says. A scope is
// that record's name, "banks/icbc"; empty, every row belongs to it.
namespace kechuang::ledger {

// Whose rows a kind's are, for records like a scope.
enum class Owners {
  kNone,     // nobody's: what stands behind other records, as a pool behind loans
  kOwn,      // the record says it itself
  kThrough,  // another record says it
};
Owners OwnersOf(const google::protobuf::Descriptor* type, absl::string_view scope);

// Whether the record is one of the scope's rows. False for a record that belongs to what another record says.
bool Covers(absl::string_view scope, const google::protobuf::Message& record);

// The same as a condition over the kind's table, for every way to belong; never empty unless the scope is.
Condition ScopeCondition(const Store& store, const Kind& kind, absl::string_view scope);

}  // namespace kechuang::ledger

#endif  // KECHUANG_COMMON_LEDGER_ROW_SCOPE_H_
