#ifndef KECHUANG_TESTS_SUPPORT_PRIVATE_MARIADB_H_
#define KECHUANG_TESTS_SUPPORT_PRIVATE_MARIADB_H_

#include <sys/types.h>

#include <atomic>
#include <string>

#include "absl/strings/string_view.h"

#include "common/mysql/database.h"
#include "tests/support/temp_folder.h"

namespace kechuang::testing {

// A MariaDB server of the test's own: a new data folder, a unix socket and no network, the account root without a
// password. Stopped and removed when this goes, and killed if the test process dies. Ends the test program, with the
// server's log, if the server does not come up. Kill, Stop and Start are called by one thread at a time; the rest is
// free to threads.
class PrivateMariaDb {
 public:
  PrivateMariaDb();
  ~PrivateMariaDb();
  PrivateMariaDb(const PrivateMariaDb&) = delete;
  PrivateMariaDb& operator=(const PrivateMariaDb&) = delete;

  // One server for the whole test process, started at first use.
  static PrivateMariaDb& Shared();

  // Makes an empty schema; its name, unique in this server.
  std::string NewSchema();
  // How to connect to a schema as root; "" selects none.
  mysql::DatabaseConfig Config(absl::string_view schema) const;

  // Ends the server at once (kill -9), as a power cut would.
  void Kill();
  // Shuts the server down in order.
  void Stop();
  // Starts the server on the same data folder; returns when it answers. Not to be called while it runs.
  void Start();

  // The folder that holds the socket, the data and the log; a program under test may keep files there.
  const std::string& folder() const { return folder_.path(); }
  std::string socket() const { return folder_.path() + "/mariadb.sock"; }

 private:
  void End(int signal);
  [[noreturn]] void Fail(absl::string_view what) const;

  TempFolder folder_;
  pid_t process_ = -1;
  std::atomic<int> schemas_ = 0;
};

}  // namespace kechuang::testing

#endif  // KECHUANG_TESTS_SUPPORT_PRIVATE_MARIADB_H_
