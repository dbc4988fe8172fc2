#include "common/ledger/chain.h"

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"

#include "common/base/sha256.h"

namespace kechuang::ledger {

const char kFirstHash[] = "0000000000000000000000000000000000000000000000000000000000000000";

std::string ChainHash(absl::string_view hash_before, const JournalEntry& entry) {
  std::string text;
  text.reserve(entry.record.size() + 512);
  const auto add = [&](absl::string_view column) { absl::StrAppend(&text, column.size(), ":", column, ";"); };
  add(hash_before);
  absl::StrAppend(&text, entry.sequence, ";", entry.revision, ";", absl::ToUnixMicros(entry.time), ";");
  add(entry.name);
  add(entry.author.actor);
  add(entry.author.method);
  add(entry.author.request_id);
  add(entry.author.reason);
  add(entry.author.import_id);
  add(entry.author.origin);
  add(entry.record);
  return Sha256Hex(text);
}

}  // namespace kechuang::ledger
