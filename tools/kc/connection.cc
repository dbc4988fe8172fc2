#include "tools/kc/connection.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <optional>
#include <system_error>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "grpcpp/create_channel.h"
#include "grpcpp/security/credentials.h"
#include "grpcpp/support/channel_arguments.h"

#include "common/base/certificate.h"
#include "common/base/loopback.h"
#include "common/base/status_macros.h"
#include "common/domain/percent.h"
#include "common/rpc/call.h"
#include "tools/kc/private_file.h"
#include "tools/kc/stored_session.h"

namespace kechuang::kc {
namespace {

namespace fs = std::filesystem;

constexpr size_t kKeyBytesMax = 4096;
constexpr size_t kCertificateBytesMax = size_t{1024} * 1024;  // a system's whole list of authorities fits

// The beginning of a small file; no value if it cannot be read.
std::optional<std::string> ReadStart(const fs::path& path, size_t bytes_max = kKeyBytesMax) {
  std::error_code error;
  if (fs::is_directory(path, error)) return std::nullopt;
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  std::string text(bytes_max + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<size_t>(file.gcount()));
  return text;
}

// The folder var/ of the checkout that a program lies in; empty if it lies in none.
fs::path StateFolder(const fs::path& program) {
  std::error_code error;
  for (fs::path folder = program.parent_path(); !folder.empty(); folder = folder.parent_path()) {
    if (fs::exists(folder / "deploy" / "up", error)) return folder / "var";
    if (folder == folder.parent_path()) break;
  }
  return {};
}

absl::StatusOr<std::string> CheckedServer(const std::string& server) {
  const size_t colon = server.rfind(':');
  uint32_t port = 0;
  const bool right = colon != std::string::npos && colon > 0 && absl::SimpleAtoi(server.substr(colon + 1), &port) &&
                     port >= 1 && port <= 65535 && server.find_first_of("/ \t\r\n") == std::string::npos;
  if (right) return server;
  return WrongUsage(absl::StrCat("the server is \"", server, "\"; it must be host:port, such as 127.0.0.1:7100"),
                    absl::StrCat("服务地址“", server, "”不正确，应为 主机:端口，如 127.0.0.1:7100"));
}

absl::StatusOr<std::string> FindServer(const std::string& asked, const Variables& variables, const fs::path& state) {
  const std::string server = asked.empty() ? variables("KC_SERVER") : asked;
  if (!server.empty()) return CheckedServer(server);
  const fs::path file = state / "port";
  const auto text = state.empty() ? std::nullopt : ReadStart(file);
  uint32_t port = 0;
  if (text.has_value() && absl::SimpleAtoi(*text, &port) && port >= 1 && port <= 65535) {
    return absl::StrCat("127.0.0.1:", port);
  }
  const std::string where = state.empty() ? "" : absl::StrCat(" (", file.string(), ")");
  return Failure(
      absl::StatusCode::kNotFound,
      absl::StrCat("no suite was started here", where,
                   "; start one with deploy/up, or set KC_SERVER and KC_KEY_FILE to name another"),
      absl::StrCat("此处没有启动过系统", where, "；请用 deploy/up 启动，或设置 KC_SERVER 和 KC_KEY_FILE 指定其他系统"));
}

absl::StatusOr<std::string> ReadKey(const std::string& path) {
  const auto text = ReadStart(path);
  if (!text.has_value()) {
    return Failure(absl::StatusCode::kNotFound, absl::StrCat("the key file ", path, " cannot be read"),
                   absl::StrCat("无法读取密钥文件 ", path));
  }
  const std::string key(absl::StripAsciiWhitespace(*text));
  const bool printable = std::all_of(key.begin(), key.end(), [](char c) { return absl::ascii_isgraph(c); });
  if (key.empty() || key.size() > kKeyBytesMax || !printable) {
    return Failure(absl::StatusCode::kInvalidArgument, absl::StrCat("the file ", path, " holds no key"),
                   absl::StrCat("文件 ", path, " 中没有密钥"));
  }
  return key;
}

absl::StatusOr<std::string> ReadCertificateFile(const std::string& path) {
  auto text = ReadStart(path, kCertificateBytesMax);
  if (!text.has_value()) {
    return Failure(absl::StatusCode::kNotFound, absl::StrCat("the certificate ", path, " cannot be read"),
                   absl::StrCat("无法读取证书文件 ", path));
  }
  if (text->size() > kCertificateBytesMax || !ReadCertificate(*text).has_value()) {
    return Failure(absl::StatusCode::kInvalidArgument, absl::StrCat("the file ", path, " holds no certificate in PEM"),
                   absl::StrCat("文件 ", path, " 中没有 PEM 格式的证书"));
  }
  return *std::move(text);
}

absl::StatusOr<std::string> ReadPrivateKey(const std::string& path) {
  auto text = ReadStart(path, kCertificateBytesMax);
  if (!text.has_value()) {
    return Failure(absl::StatusCode::kNotFound, absl::StrCat("the private key ", path, " cannot be read"),
                   absl::StrCat("无法读取私钥文件 ", path));
  }
  if (!IsPrivate(path)) {
    return Failure(absl::StatusCode::kInvalidArgument, absl::StrCat("the private key ", path, " must have mode 0600"),
                   absl::StrCat("私钥文件 ", path, " 的权限必须为 0600"));
  }
  if (!absl::StrContains(*text, "PRIVATE KEY-----")) {
    return Failure(absl::StatusCode::kInvalidArgument, absl::StrCat("the file ", path, " holds no private key in PEM"),
                   absl::StrCat("文件 ", path, " 中没有 PEM 格式的私钥"));
  }
  return *std::move(text);
}

// Where the authority of a suite's certificates is; empty if the suite speaks plain text. The checkout's own authority
// is taken for the checkout's own suite: where the port or the key is the one of var/.
std::string FindAuthority(const AskedPlace& asked, const Variables& variables, const fs::path& state, bool own) {
  const std::string named = asked.ca_file.empty() ? variables("KC_CA_FILE") : asked.ca_file;
  if (!named.empty() || !own || state.empty()) return named;
  const fs::path file = state / "tls" / "authority.pem";
  std::error_code error;
  return fs::exists(file, error) ? file.string() : "";
}

}  // namespace

bool IsLoopback(absl::string_view server) { return IsLoopbackHost(server.substr(0, server.rfind(':'))); }

namespace {

// The certificate to show in place of a key, if there is one.
absl::Status FindCertificate(const AskedPlace& asked, const Variables& variables, SuitePlace& place) {
  const bool by_key = !asked.key_file.empty() && asked.cert_file.empty() && asked.cert_key_file.empty();
  if (asked.keyless || by_key) return absl::OkStatus();
  const std::string file = asked.cert_file.empty() ? variables("KC_CERT_FILE") : asked.cert_file;
  const std::string key_file = asked.cert_key_file.empty() ? variables("KC_CERT_KEY_FILE") : asked.cert_key_file;
  if (file.empty() != key_file.empty()) {
    return WrongUsage("--cert-file and --cert-key-file (KC_CERT_FILE and KC_CERT_KEY_FILE) go together",
                      "--cert-file 与 --cert-key-file（KC_CERT_FILE 与 KC_CERT_KEY_FILE）须同时给出");
  }
  if (file.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(place.certificate, ReadCertificateFile(file));
  ASSIGN_OR_RETURN(place.certificate_key, ReadPrivateKey(key_file));
  place.key_file = file;
  if (IsKeyOf(place.certificate_key, place.certificate)) return absl::OkStatus();
  return Failure(
      absl::StatusCode::kInvalidArgument,
      absl::StrCat("the private key ", key_file, " does not fit the certificate ", file, ", or has a passphrase"),
      absl::StrCat("私钥 ", key_file, " 与证书 ", file, " 不匹配，或设有口令"));
}

// The key to a suite whose address is known.
absl::Status FindKey(const AskedPlace& asked, const Variables& variables, const fs::path& state, SuitePlace& place) {
  if (asked.keyless || !place.certificate.empty()) return absl::OkStatus();
  place.key_file = asked.key_file.empty() ? variables("KC_KEY_FILE") : asked.key_file;
  if (place.key_file.empty()) {
    const std::string path = SessionFile(variables);
    const std::optional<StoredSession> session = ReadSession(path, absl::Now());
    if (session.has_value() && session->server == place.server) {
      place.by_session = true;
      place.key_file = path;
      place.key = session->tokens.access_token();
      return absl::OkStatus();
    }
    if (state.empty() || !IsLoopback(place.server)) {
      return WrongUsage(
          absl::StrCat("no key for ", place.server, "; name its file with --key-file or KC_KEY_FILE, or kc login"),
          absl::StrCat("没有用于 ", place.server,
                       " 的密钥；请用 --key-file 或 KC_KEY_FILE 指定密钥文件，或用 kc login 登录"));
    }
    place.key_file = (state / "bureau.key").string();
  }
  ASSIGN_OR_RETURN(place.key, ReadKey(place.key_file));
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<SuitePlace> FindSuite(const AskedPlace& asked, const Variables& variables, const fs::path& program) {
  const fs::path state = StateFolder(program);
  SuitePlace place;
  ASSIGN_OR_RETURN(place.server, FindServer(asked.server, variables, state));
  const bool own_port = asked.server.empty() && variables("KC_SERVER").empty();
  RETURN_IF_ERROR(FindCertificate(asked, variables, place));
  RETURN_IF_ERROR(FindKey(asked, variables, state, place));
  const bool own_key = !asked.keyless && !place.by_session && place.certificate.empty() && asked.key_file.empty() &&
                       variables("KC_KEY_FILE").empty();
  place.ca_file = FindAuthority(asked, variables, state, own_port || own_key);
  if (!place.ca_file.empty()) {
    ASSIGN_OR_RETURN(place.authority, ReadCertificateFile(place.ca_file));
  } else if (!place.certificate.empty()) {
    return WrongUsage("a certificate is shown by TLS alone; name the server's authority with --ca-file or KC_CA_FILE",
                      "出示客户端证书须使用 TLS；请用 --ca-file 或 KC_CA_FILE 指定服务器证书的颁发机构");
  } else if (!IsLoopback(place.server)) {
    return WrongUsage(
        absl::StrCat(place.server, " is on another machine, and a key does not travel in plain text; name ",
                     "the authority of its certificate with --ca-file or KC_CA_FILE"),
        absl::StrCat(place.server, " 在另一台机器上，密钥不得以明文传输；请用 --ca-file 或 KC_CA_FILE ",
                     "指定其证书的颁发机构"));
  }
  return place;
}

Connection::Connection(SuitePlace place, Language language, absl::Duration timeout, std::string reveal_reason)
    : place_(std::move(place)), language_(language), timeout_(timeout), reveal_reason_(std::move(reveal_reason)) {
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(-1);
  // A suite on this machine is never behind a proxy of the environment.
  if (IsLoopback(place_.server)) arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  grpc::SslCredentialsOptions trusted;
  trusted.pem_root_certs = place_.authority;
  trusted.pem_cert_chain = place_.certificate;
  trusted.pem_private_key = place_.certificate_key;
  const auto credentials =
      place_.authority.empty() ? grpc::InsecureChannelCredentials() : grpc::SslCredentials(trusted);
  channel_ = grpc::CreateCustomChannel(place_.server, credentials, arguments);
}

std::unique_ptr<grpc::ClientContext> Connection::NewContext() const {
  auto context = std::make_unique<grpc::ClientContext>();
  if (timeout_ < absl::InfiniteDuration()) context->set_deadline(absl::ToChronoTime(absl::Now() + timeout_));
  if (!place_.key.empty()) context->AddMetadata("authorization", authorization());
  context->AddMetadata("accept-language", std::string(CodeOf(language_)));
  if (!reveal_reason_.empty()) context->AddMetadata(rpc::kRevealReason, PercentEncode(reveal_reason_));
  return context;
}

std::string Connection::authorization() const { return absl::StrCat("Bearer ", place_.key); }

ErrorPlace Connection::Describe() const { return {place_.server, place_.key_file, timeout_, place_.ca_file}; }

}  // namespace kechuang::kc
