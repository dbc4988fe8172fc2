#ifndef KECHUANG_COMMON_RPC_TEST_CERTIFICATES_H_
#define KECHUANG_COMMON_RPC_TEST_CERTIFICATES_H_

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <memory>
#include <string>

#include "common/rpc/tls_files.h"

namespace kechuang::rpc {

// An authority for tests, made anew for each, that signs certificates into files.
class TestAuthority {
 public:
  // Its files lie in this folder. Ends the test program if there can be none.
  explicit TestAuthority(std::string folder, const std::string& name = "authority");

  // The authority's own certificate.
  const std::string& path() const { return path_; }
  // Writes NAME.pem and NAME.key, which end in so many days, in place of files of the same name. The subject's common
  // name is the name, and sans are what it vouches for, as OpenSSL writes them: "IP:127.0.0.1,DNS:localhost".
  TlsFiles Sign(const std::string& name, const std::string& sans = "IP:127.0.0.1,IP:::1,DNS:localhost", int days = 2);

 private:
  const std::string folder_;
  const std::string path_;
  std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key_;
  std::unique_ptr<X509, decltype(&X509_free)> certificate_;
};

// Replaces what the files of one certificate hold by what those of another hold, each at once.
void Replace(const TlsFiles& files, const TlsFiles& by);

}  // namespace kechuang::rpc

#endif  // KECHUANG_COMMON_RPC_TEST_CERTIFICATES_H_
