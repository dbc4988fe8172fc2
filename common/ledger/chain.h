#ifndef KECHUANG_COMMON_LEDGER_CHAIN_H_
#define KECHUANG_COMMON_LEDGER_CHAIN_H_

#include <string>

#include "absl/strings/string_view.h"

#include "common/ledger/register.h"

namespace kechuang::ledger {

// The hash before the first entry.
extern const char kFirstHash[];

// SHA-256, as 64 hex digits, over the hash before and every column of the entry but its own hash. Each column goes in
// with its length, so that no two entries can look alike.
std::string ChainHash(absl::string_view hash_before, const JournalEntry& entry);

}  // namespace kechuang::ledger

#endif  // KECHUANG_COMMON_LEDGER_CHAIN_H_
