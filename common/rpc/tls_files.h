#ifndef KECHUANG_COMMON_RPC_TLS_FILES_H_
#define KECHUANG_COMMON_RPC_TLS_FILES_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"

struct ssl_ctx_st;

namespace kechuang::rpc {

// Where a process's certificates lie, as PEM files; empty paths where it has none.
struct TlsFiles {
  std::string certificate;  // the process's own, and behind it those between it and its authority
  std::string key;          // the certificate's private key, without a passphrase, mode 0600 or stricter
  std::string authority;    // of those who sign the certificates of the other processes
};

// What stood in them, checked.
struct TlsMaterial {
  std::string certificate;
  std::string key;
  std::string authority;
};

// Reads the files that are named. INVALID_FIELDS tells every fault at once, under the name of its flag: a file that
// cannot be read, that is no PEM, a key that others may read or that does not fit the certificate, a certificate that
// has ended, a certificate without key or the other way round.
absl::StatusOr<TlsMaterial> ReadTlsFiles(const TlsFiles& files);

// Whom a listener takes: everyone; everyone, and asks for a certificate, whoever signed it; or only who shows a
// certificate that the authority signed. What is shown is the caller's own in any case: the handshake proves it.
enum class TlsClients { kAny, kAsk, kRequire };

// What OpenSSL needs to serve with them: TLS 1.2 at least. The material must come from ReadTlsFiles and have a
// certificate.
std::shared_ptr<ssl_ctx_st> ServingContext(const TlsMaterial& material, TlsClients clients);

}  // namespace kechuang::rpc

#endif  // KECHUANG_COMMON_RPC_TLS_FILES_H_
