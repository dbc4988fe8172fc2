#ifndef KECHUANG_TOOLS_KC_CONNECTION_H_
#define KECHUANG_TOOLS_KC_CONNECTION_H_

#include <filesystem>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "grpcpp/channel.h"
#include "grpcpp/client_context.h"

#include "tools/kc/errors.h"
#include "tools/kc/language.h"

namespace kechuang::kc {

// Where a suite is, and the key to it. The key is never printed.
struct SuitePlace {
  std::string server;  // "127.0.0.1:7100"
  std::string key_file;
  std::string key;          // or the access token of a session; empty for calls that need none
  bool by_session = false;  // key is the token of the session that kc login began
  std::string ca_file;      // of the authority that the server's certificate is verified by; empty for plain text
  std::string authority;    // what stands in it
  std::string certificate;  // that is shown in place of a key, in PEM; empty if there is none
  std::string certificate_key;
};

// What a person said about the place; empty texts where nothing was said.
struct AskedPlace {
  std::string server;
  std::string key_file;
  std::string ca_file = {};
  bool keyless = false;  // no key is needed
  std::string cert_file = {};
  std::string cert_key_file = {};
};

// Finds the suite: what was asked for, else KC_SERVER, KC_CERT_FILE with KC_CERT_KEY_FILE, KC_KEY_FILE and KC_CA_FILE.
// A key that is asked for goes before a certificate of the environment. Else, in place of a key, the session that kc
// login began with this server, else the suite of the checkout that this program was built in (var/port, var/bureau.key
// and, if it speaks TLS, var/tls/authority.pem beside deploy/up, above program). A key of the checkout goes to this
// machine only, and no key to another machine without TLS. Fails with a sentence if there is none, and with wrong usage
// for an address that is none.
absl::StatusOr<SuitePlace> FindSuite(const AskedPlace& asked, const Variables& variables,
                                     const std::filesystem::path& program);

// True if the host of "host:port" is this machine.
bool IsLoopback(absl::string_view server);

// A channel to a suite, and what goes with each call. Threads may share one.
class Connection {
 public:
  // Calls get this deadline; none if it is infinite. reveal_reason: why the person wants to see personal data unmasked;
  // empty if they come masked.
  Connection(SuitePlace place, Language language, absl::Duration timeout, std::string reveal_reason = "");

  // Context of a new call: deadline, key and language.
  std::unique_ptr<grpc::ClientContext> NewContext() const;

  const std::shared_ptr<grpc::Channel>& channel() const { return channel_; }
  // "Bearer KEY".
  std::string authorization() const;
  Language language() const { return language_; }
  const std::string& server() const { return place_.server; }
  // For texts of errors.
  ErrorPlace Describe() const;

 private:
  const SuitePlace place_;
  const Language language_;
  const absl::Duration timeout_;
  const std::string reveal_reason_;
  std::shared_ptr<grpc::Channel> channel_;
};

}  // namespace kechuang::kc

#endif  // KECHUANG_TOOLS_KC_CONNECTION_H_
