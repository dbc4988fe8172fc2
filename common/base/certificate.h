#ifndef KECHUANG_COMMON_BASE_CERTIFICATE_H_
#define KECHUANG_COMMON_BASE_CERTIFICATE_H_

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

struct x509_st;

namespace kechuang {

// What an X.509 certificate says that the suite goes by.
struct Certificate {
  std::string fingerprint;  // SHA-256 of its DER form, 64 hexadecimal digits in lower case
  absl::Time ends;          // whole seconds
};

// The first certificate of a text in PEM; nothing if there is none.
std::optional<Certificate> ReadCertificate(absl::string_view pem);

// Whether the first private key of one text in PEM, without a passphrase, is that of the first certificate of another.
bool IsKeyOf(absl::string_view key_pem, absl::string_view certificate_pem);

// Certificate::fingerprint of one that was read already.
std::string FingerprintOf(x509_st& certificate);

}  // namespace kechuang

#endif  // KECHUANG_COMMON_BASE_CERTIFICATE_H_
