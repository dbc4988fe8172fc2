#include "tests/support/private_mariadb.h"

#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <mutex>
#include <sstream>
#include <system_error>
#include <thread>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"

#include "tests/support/child_process.h"

namespace kechuang::testing {
namespace {

namespace fs = std::filesystem;

constexpr absl::Duration kStartTimeout = absl::Seconds(60);
constexpr auto kLookEvery = std::chrono::milliseconds(10);

std::string ReadFile(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// mariadb-install-db and mariadbd both refuse to run as root unless told so, and must agree on the size of the log. A
// server that starts removes all temporary tables where it keeps its own, so each keeps them beside its own data.
std::vector<std::string> WithCommonOptions(std::vector<std::string> arguments, const std::string& data) {
  arguments.insert(arguments.end(), {"--no-defaults", "--datadir=" + data, "--innodb-log-file-size=8M",
                                     "--tmpdir=" + fs::path(data).parent_path().string()});
  if (geteuid() == 0) arguments.push_back("--user=root");
  return arguments;
}

// Letters and digits of "mariadbd --version", so that another version gets another template.
std::string VersionKey(const std::string& folder) {
  const std::string output = folder + "/version";
  if (Wait(Launch({"mariadbd", "--no-defaults", "--version"}, output)) != 0) return "";
  std::string key;
  for (const char letter : ReadFile(output)) {
    if (absl::ascii_isalnum(static_cast<unsigned char>(letter)) || letter == '.') key += letter;
  }
  return key;
}

bool IsOurs(const std::string& path) {
  struct stat found;
  return lstat(path.c_str(), &found) == 0 && S_ISDIR(found.st_mode) && found.st_uid == geteuid();
}

// Fills folder/data, from a template that the first test of this user and version leaves behind. Empty if it worked.
std::string InstallData(const std::string& folder) {
  const std::string data = folder + "/data";
  const std::string model = absl::StrCat("/tmp/kechuang-model-", geteuid(), "-", VersionKey(folder));
  std::error_code error;
  if (!IsOurs(model)) {
    const std::string log = folder + "/install.log";
    std::vector<std::string> arguments = WithCommonOptions({"mariadb-install-db"}, data);
    arguments.insert(arguments.end(), {"--skip-test-db", "--auth-root-authentication-method=normal"});
    if (Wait(Launch(arguments, log)) != 0) return ReadFile(log);
    // A second test at the same time makes its own; the first rename wins, which is as good.
    const std::string draft = absl::StrCat(model, ".", getpid());
    fs::copy(data, draft, fs::copy_options::recursive, error);
    if (!error) fs::rename(draft, model, error);
    if (error) fs::remove_all(draft, error);
    return "";
  }
  fs::copy(model, data, fs::copy_options::recursive, error);
  return error ? error.message() : "";
}

// True if a server greets on the socket within a second.
bool Greets(const std::string& path) {
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  const int connection = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  bool greeted = false;
  if (connect(connection, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
    pollfd readable = {connection, POLLIN, 0};
    char first = 0;
    greeted = poll(&readable, 1, 1000) == 1 && read(connection, &first, 1) == 1;
  }
  close(connection);
  return greeted;
}

}  // namespace

PrivateMariaDb::PrivateMariaDb() {
  const std::string fault = InstallData(folder_.path());
  if (!fault.empty()) Fail(absl::StrCat("the data folder cannot be made: ", fault));
  Start();
}

PrivateMariaDb::~PrivateMariaDb() { Kill(); }

PrivateMariaDb& PrivateMariaDb::Shared() {
  static PrivateMariaDb shared;
  return shared;
}

void PrivateMariaDb::Start() {
  std::vector<std::string> arguments = WithCommonOptions({"mariadbd"}, folder_.path() + "/data");
  arguments.insert(arguments.end(),
                   {"--socket=" + socket(), "--pid-file=" + folder_.path() + "/mariadbd.pid", "--skip-networking",
                    "--innodb-flush-log-at-trx-commit=1", "--innodb-buffer-pool-size=64M", "--key-buffer-size=1M",
                    "--aria-pagecache-buffer-size=1M", "--performance-schema=OFF", "--max-connections=300",
                    "--character-set-server=utf8mb4"});
  process_ = Launch(arguments, folder_.path() + "/mariadbd.log");
  const absl::Time deadline = absl::Now() + kStartTimeout;
  while (!Greets(socket())) {
    if (waitpid(process_, nullptr, WNOHANG) != 0) Fail("the server ended while starting");
    if (absl::Now() > deadline) Fail("the server does not answer");
    std::this_thread::sleep_for(kLookEvery);  // nothing tells when another process listens
  }
}

void PrivateMariaDb::Kill() { End(SIGKILL); }

void PrivateMariaDb::Stop() { End(SIGTERM); }

void PrivateMariaDb::End(int signal) {
  if (process_ <= 0) return;
  kill(process_, signal);
  Wait(process_);
  process_ = -1;
}

std::string PrivateMariaDb::NewSchema() {
  const std::string name = absl::StrCat("test_", ++schemas_);
  mysql::Database database(Config(""));
  const absl::Status made = database.Read(absl::Now() + absl::Seconds(30), [&](mysql::Session& session) {
    return session.Execute(absl::StrCat("CREATE DATABASE ", name, " CHARACTER SET utf8mb4 COLLATE utf8mb4_bin"), {})
        .status();
  });
  if (!made.ok()) Fail(absl::StrCat("cannot make schema ", name, ": ", std::string(made.message())));
  return name;
}

mysql::DatabaseConfig PrivateMariaDb::Config(absl::string_view schema) const {
  mysql::DatabaseConfig config;
  config.endpoints = {"unix://" + socket()};
  config.user = "root";
  config.schema = std::string(schema);
  return config;
}

void PrivateMariaDb::Fail(absl::string_view what) const {
  std::cerr << "private MariaDB: " << what << "\n" << ReadFile(folder_.path() + "/mariadbd.log") << std::endl;
  std::abort();
}

}  // namespace kechuang::testing
