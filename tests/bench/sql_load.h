#ifndef KECHUANG_TESTS_BENCH_SQL_LOAD_H_
#define KECHUANG_TESTS_BENCH_SQL_LOAD_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

#include "nlohmann/json_fwd.hpp"

namespace kechuang::bench {

// What the floor of a load does in the database, and to what.
struct SqlLoad {
  std::string name;                // sql-get, sql-list or sql-create
  std::string socket;              // of the database
  std::string user;                // its administrator, who needs no password there
  std::string schema;              // that of the register, or for sql-create one of tables like its tables
  std::vector<std::string> names;  // records that are there
  int in_flight = 1;               // connections, each with a thread
  // What comes before each transaction and counts with it; may be empty.
  std::function<absl::Status()> before;
};

// The statements that the service would send for such a call, and nothing else, from every connection again and again.
absl::StatusOr<nlohmann::json> RunSqlLoad(const SqlLoad& load, int64_t first_number, absl::Duration length);

}  // namespace kechuang::bench

#endif  // KECHUANG_TESTS_BENCH_SQL_LOAD_H_
