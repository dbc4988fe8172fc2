#include "tools/kc/stored_session.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

#include "absl/strings/str_cat.h"
#include <nlohmann/json.hpp>

#include "tools/kc/errors.h"
#include "tools/kc/private_file.h"

namespace kechuang::kc {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

// A token that ends while its call is on the way is of no use.
constexpr absl::Duration kAhead = absl::Seconds(30);

std::string TextOf(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

int64_t NumberOf(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_number_integer() ? found->get<int64_t>() : 0;
}

bool WriteWhole(const std::string& path, const std::string& text) {
  const std::string made = path + ".new";
  std::error_code error;
  fs::remove(made, error);  // of a run that was cut short; another run waits for the lock
  const int file = open(made.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0) return false;
  const bool written = write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  if (close(file) != 0 || !written) return false;
  fs::rename(made, path, error);
  return !error;
}

}  // namespace

std::string SessionFile(const Variables& variables) {
  const std::string config = variables("XDG_CONFIG_HOME");
  if (!config.empty()) return absl::StrCat(config, "/kechuang/session");
  const std::string home = variables("HOME");
  return home.empty() ? "" : absl::StrCat(home, "/.config/kechuang/session");
}

std::optional<StoredSession> ReadSession(const std::string& path, absl::Time now) {
  if (path.empty() || !IsPrivate(path)) return std::nullopt;
  std::ifstream file(path);
  const Json json = Json::parse(std::string{std::istreambuf_iterator<char>(file), {}}, nullptr, false);
  if (!json.is_object()) return std::nullopt;
  StoredSession session;
  session.server = TextOf(json, "server");
  session.tokens.set_user(TextOf(json, "user"));
  session.tokens.set_access_token(TextOf(json, "access_token"));
  session.tokens.set_refresh_token(TextOf(json, "refresh_token"));
  session.tokens.mutable_access_expire_time()->set_seconds(NumberOf(json, "access_expires"));
  session.tokens.mutable_session_expire_time()->set_seconds(NumberOf(json, "session_expires"));
  const bool ended = absl::FromUnixSeconds(session.tokens.session_expire_time().seconds()) <= now;
  if (ended || session.server.empty() || session.tokens.access_token().empty()) return std::nullopt;
  return session;
}

absl::Status WriteSession(const std::string& path, const StoredSession& session) {
  std::error_code error;
  if (!path.empty()) fs::create_directories(fs::path(path).parent_path(), error);
  const Json json = {{"server", session.server},
                     {"user", session.tokens.user()},
                     {"access_token", session.tokens.access_token()},
                     {"refresh_token", session.tokens.refresh_token()},
                     {"access_expires", session.tokens.access_expire_time().seconds()},
                     {"session_expires", session.tokens.session_expire_time().seconds()}};
  if (!path.empty() && !error && WriteWhole(path, json.dump())) return absl::OkStatus();
  return Failure(absl::StatusCode::kFailedPrecondition, absl::StrCat("the session cannot be kept in ", path),
                 absl::StrCat("无法将会话保存到 ", path));
}

void RemoveSession(const std::string& path) {
  std::error_code error;
  fs::remove(path, error);
}

bool IsFresh(const StoredSession& session, absl::Time now) {
  return now + kAhead < absl::FromUnixSeconds(session.tokens.access_expire_time().seconds());
}

SessionLock::SessionLock(const std::string& path)
    : file_(open((path + ".lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)) {
  if (file_ >= 0) flock(file_, LOCK_EX);
}

SessionLock::~SessionLock() {
  if (file_ >= 0) close(file_);
}

}  // namespace kechuang::kc
