#ifndef KECHUANG_COMMON_MYSQL_ENDPOINTS_H_
#define KECHUANG_COMMON_MYSQL_ENDPOINTS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace kechuang::mysql {

// The addresses of one database, by comma, in the order in which they are tried: unix:///path.sock, tcp://host or
// tcp://host:port. FIELD_MALFORMED names the first that is none, or that comes twice.
absl::StatusOr<std::vector<std::string>> ParseEndpoints(absl::string_view text);

// True for unix:// and for tcp:// on an address of this machine, where nobody else listens in.
bool IsLocal(absl::string_view endpoint);

}  // namespace kechuang::mysql

#endif  // KECHUANG_COMMON_MYSQL_ENDPOINTS_H_
