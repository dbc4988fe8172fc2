#ifndef KECHUANG_COMMON_LEDGER_PAGE_TOKEN_H_
#define KECHUANG_COMMON_LEDGER_PAGE_TOKEN_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

#include "common/mysql/database.h"

namespace kechuang::ledger {

// A token that says after which values the next page begins, for a list of these arguments. The arguments are any text
// that tells one list from another. It guards against damage and mix-ups, not against a caller who makes one: all that
// a token can say, a filter can say, too.
std::string MakePageToken(absl::string_view arguments, const std::vector<mysql::Value>& values);

// The values of a token, so many as a list of these arguments is ordered by. LIST_ARGUMENT if the token is not whole,
// to the last character, or was made for other arguments.
absl::StatusOr<std::vector<mysql::Value>> ReadPageToken(absl::string_view token, absl::string_view arguments,
                                                        size_t values);

}  // namespace kechuang::ledger

#endif  // KECHUANG_COMMON_LEDGER_PAGE_TOKEN_H_
