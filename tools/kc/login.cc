#include "tools/kc/login.h"

#include <algorithm>
#include <fstream>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"

#include "common/base/error.h"
#include "common/base/status_macros.h"
#include "kechuang/identity/v1/identity_service.pb.h"
#include "kechuang/identity/v1/session.pb.h"
#include "tools/kc/call.h"
#include "tools/kc/catalogue.h"
#include "tools/kc/errors.h"
#include "tools/kc/print.h"
#include "tools/kc/private_file.h"
#include "tools/kc/stored_session.h"

namespace kechuang::kc {
namespace {

namespace v1 = identity::v1;

constexpr absl::Duration kPatience = absl::Seconds(30);

// Asks a method of the register of identities.
absl::Status AskIdentity(const Connection& connection, const std::string& method,
                         const google::protobuf::Message& request, google::protobuf::Message& answer) {
  ASSIGN_OR_RETURN(const auto* descriptor, FindMethod(absl::StrCat("kechuang.identity.v1.IdentityService/", method)));
  return Ask(connection, *descriptor, request, answer);
}

// The first line of a file that nobody but its owner can read.
absl::StatusOr<std::string> FirstLine(const std::string& path) {
  constexpr size_t kMost = 4096;  // far more than any password has
  std::ifstream file(path);
  std::string line(kMost + 1, '\0');
  file.read(line.data(), static_cast<std::streamsize>(line.size()));
  if (file.bad() || (!file.eof() && file.gcount() == 0)) {
    return WrongUsage(absl::StrCat("the file ", path, " cannot be read"), absl::StrCat("无法读取文件 ", path));
  }
  if (!IsPrivate(path)) {
    return WrongUsage(absl::StrCat("the file ", path, " must have mode 0600: others can read it"),
                      absl::StrCat("文件 ", path, " 可被他人读取，权限必须为 0600"));
  }
  line.resize(static_cast<size_t>(file.gcount()));
  line.resize(std::min(line.find('\n'), line.size()));
  if (!line.empty() && line.size() <= kMost) return line;
  return WrongUsage(absl::StrCat("the first line of the file ", path, " is no password: it is empty or far too long"),
                    absl::StrCat("文件 ", path, " 的首行不是密码：为空或过长"));
}

// What a person types without its being seen, or the first line of the file that the flag names.
absl::StatusOr<std::string> Secret(const Session& session, const CommandLine& command, const std::string& flag,
                                   const Words& prompt) {
  std::string secret;
  if (!command.Has(flag)) {
    if (session.around.ask_secret && session.around.ask_secret(prompt.In(session.language), secret)) return secret;
    return WrongUsage(absl::StrCat("there is no terminal to ask at; give --", flag),
                      absl::StrCat("没有可供输入的终端；请用 --", flag, " 给出文件"));
  }
  return FirstLine(command.Value(flag));
}

absl::StatusOr<std::string> UserOf(const CommandLine& command) {
  const std::string user = command.Value("user");
  if (user.empty()) return WrongUsage("name the user: --user zhang-wei", "请指定用户：--user zhang-wei");
  return absl::StartsWith(user, "users/") ? user : absl::StrCat("users/", user);
}

// Asks with the code that --totp gives; once more, with one from the terminal, if the answer is that one is needed.
template <class Request>
absl::Status AskWithCode(const Session& session, const CommandLine& command, const std::string& method,
                         Request& request, google::protobuf::Message& answer) {
  request.set_totp_code(command.Value("totp"));
  const absl::Status status = AskIdentity(*session.connection, method, request, answer);
  if (ReasonOf(status) != "SECOND_FACTOR_NEEDED" || !session.around.ask_secret) return status;
  std::string code;
  if (!session.around.ask_secret(Words{"Code: ", "动态口令："}.In(session.language), code)) return status;
  request.set_totp_code(code);
  return AskIdentity(*session.connection, method, request, answer);
}

absl::Status Login(Session& session, const CommandLine& command) {
  v1::LoginRequest request;
  ASSIGN_OR_RETURN(*request.mutable_user(), UserOf(command));
  ASSIGN_OR_RETURN(*request.mutable_password(), Secret(session, command, "password-file", {"Password: ", "密码："}));
  StoredSession stored;
  stored.server = session.connection->server();
  RETURN_IF_ERROR(AskWithCode(session, command, "Login", request, stored.tokens));
  RETURN_IF_ERROR(WriteSession(SessionFile(session.around.variables), stored));
  session.Note(
      {absl::StrCat("Logged in as ", stored.tokens.user(), "."), absl::StrCat("已登录：", stored.tokens.user(), "。")});
  return absl::OkStatus();
}

absl::Status Logout(Session& session, const CommandLine&) {
  const std::string path = SessionFile(session.around.variables);
  const std::optional<StoredSession> stored = ReadSession(path, absl::Now());
  if (stored.has_value() && stored->server == session.connection->server()) {
    v1::LogoutRequest request;
    request.set_refresh_token(stored->tokens.refresh_token());
    v1::LogoutResponse answer;
    const absl::Status status = AskIdentity(*session.connection, "Logout", request, answer);
    // A session that is over needs no end.
    if (!status.ok() && ReasonOf(status) != "SESSION_ENDED") return status;
  }
  RemoveSession(path);
  session.Note({"Logged out.", "已退出登录。"});
  return absl::OkStatus();
}

// Every session of the user has ended, the one that is kept here, too.
void ForgetSessionOf(const Session& session, const std::string& user) {
  const std::string path = SessionFile(session.around.variables);
  const std::optional<StoredSession> stored = ReadSession(path, absl::Now());
  if (stored.has_value() && stored->server == session.connection->server() && stored->tokens.user() == user) {
    RemoveSession(path);
  }
}

absl::Status ChangePassword(Session& session, const CommandLine& command) {
  v1::ChangePasswordRequest request;
  ASSIGN_OR_RETURN(*request.mutable_user(), UserOf(command));
  ASSIGN_OR_RETURN(*request.mutable_password(),
                   Secret(session, command, "password-file", {"Password: ", "当前密码："}));
  ASSIGN_OR_RETURN(*request.mutable_new_password(),
                   Secret(session, command, "new-password-file", {"New password: ", "新密码："}));
  if (!command.Has("new-password-file")) {
    ASSIGN_OR_RETURN(const std::string again,
                     Secret(session, command, "new-password-file", {"New password again: ", "再次输入新密码："}));
    if (again != request.new_password()) return WrongUsage("the two are not the same", "两次输入的新密码不一致");
  }
  v1::ChangePasswordResponse answer;
  RETURN_IF_ERROR(AskWithCode(session, command, "ChangePassword", request, answer));
  ForgetSessionOf(session, request.user());
  session.Note({"The password is changed; log in again with kc login.", "密码已修改，请用 kc login 重新登录。"});
  return absl::OkStatus();
}

absl::Status WhoAmI(Session& session, const CommandLine&) {
  v1::Caller caller;
  RETURN_IF_ERROR(AskIdentity(*session.connection, "GetCaller", v1::GetCallerRequest(), caller));
  return PrintAnswer(session, caller);
}

template <absl::Status (*Act)(Session&, const CommandLine&)>
int Run(Session& session, const CommandLine& command) {
  const absl::Status status = Act(session, command);
  return status.ok() ? kDone : session.Fail(status);
}

std::vector<FlagSpec> ProofFlags() {
  FlagSpec user{"user", "USER", {"who, such as zhang-wei", "用户，如 zhang-wei"}};
  user.required = true;
  return {user,
          {"password-file",
           "FILE",
           {"file whose first line is the password, mode 0600; it is asked for at the terminal otherwise",
            "首行为密码的文件，权限 0600；否则在终端输入"}},
          {"totp", "CODE", {"the 6 digits that the second factor shows", "动态口令（6 位数字）"}}};
}

CommandSpec Anonymous(const char* words, Words help, int (*run)(Session&, const CommandLine&)) {
  CommandSpec command;
  command.words = words;
  command.flags = {"timeout"};
  command.help = std::move(help);
  command.run = run;
  command.keyless = true;
  return command;
}

// Gets the next tokens of a session and keeps them.
absl::Status Renew(const SuitePlace& place, const std::string& path, Language language, StoredSession& stored) {
  SuitePlace keyless = place;
  keyless.key.clear();
  const Connection connection(std::move(keyless), language, kPatience);
  v1::RefreshRequest request;
  request.set_refresh_token(stored.tokens.refresh_token());
  v1::SessionTokens next;
  const absl::Status status = AskIdentity(connection, "Refresh", request, next);
  if (ReasonOf(status) == "SESSION_ENDED") RemoveSession(path);
  RETURN_IF_ERROR(status);
  stored.tokens = std::move(next);
  return WriteSession(path, stored);
}

}  // namespace

std::vector<CommandSpec> LoginCommands() {
  CommandSpec login = Anonymous("login", {"begin a session as a person", "以用户身份登录"}, Run<Login>);
  login.own_flags = ProofFlags();
  login.detail = {"Commands that are given no key use the session from then on, until kc logout or its end.",
                  "此后未指定密钥的命令使用该会话，直至 kc logout 或会话到期。"};
  CommandSpec logout = Anonymous("logout", {"end the session", "退出登录"}, Run<Logout>);
  logout.detail = {"Commands that are given no key use that of the suite in this checkout again, if there is one.",
                   "此后未指定密钥的命令重新使用本目录所启动系统的密钥（如有）。"};
  CommandSpec passwd = Anonymous("passwd", {"change one's own password", "修改自己的密码"}, Run<ChangePassword>);
  passwd.own_flags = ProofFlags();
  passwd.own_flags.push_back(
      {"new-password-file",
       "FILE",
       {"file whose first line is the new password, mode 0600", "首行为新密码的文件，权限 0600"}});
  passwd.detail = {"A first password must be changed so before the first login. All sessions of the user end.",
                   "初始密码须先用此命令修改才能登录。该用户的全部会话随之结束。"};
  CommandSpec whoami;
  whoami.words = "whoami";
  whoami.flags = {"output", "timeout"};
  whoami.help = {"show who calls, and what that caller may do", "显示当前调用者及其权限"};
  whoami.run = Run<WhoAmI>;
  return {login, logout, passwd, whoami};
}

absl::Status KeepFresh(SuitePlace& place, const Variables& variables, Language language) {
  if (!place.by_session) return absl::OkStatus();
  const std::string path = SessionFile(variables);
  std::optional<StoredSession> stored = ReadSession(path, absl::Now());
  if (stored.has_value() && IsFresh(*stored, absl::Now())) return absl::OkStatus();
  const SessionLock lock(path);
  stored = ReadSession(path, absl::Now());  // another program may have refreshed it meanwhile
  if (!stored.has_value() || stored->server != place.server) {
    return Failure(absl::StatusCode::kUnauthenticated, "the session has ended; log in again with kc login",
                   "会话已结束，请用 kc login 重新登录");
  }
  if (!IsFresh(*stored, absl::Now())) RETURN_IF_ERROR(Renew(place, path, language, *stored));
  place.key = stored->tokens.access_token();
  return absl::OkStatus();
}

}  // namespace kechuang::kc
