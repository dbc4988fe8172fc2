#include "common/base/sha256.h"

#include <openssl/evp.h>

#include <memory>

#include "absl/strings/escaping.h"

#include "common/base/fatal.h"

namespace kechuang {
namespace {

constexpr size_t kDigestBytes = 32;

const EVP_MD* Algorithm() {
  static const EVP_MD* const kAlgorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  return kAlgorithm;
}

}  // namespace

std::string Sha256(absl::string_view bytes) {
  thread_local const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                                     &EVP_MD_CTX_free);
  std::string digest(kDigestBytes, '\0');
  const bool done = EVP_DigestInit_ex2(context.get(), Algorithm(), nullptr) == 1 &&
                    EVP_DigestUpdate(context.get(), bytes.data(), bytes.size()) == 1 &&
                    EVP_DigestFinal_ex(context.get(), reinterpret_cast<unsigned char*>(digest.data()), nullptr) == 1;
  if (!done) Fatal("the cryptographic library has no SHA-256");
  return digest;
}

std::string Sha256Hex(absl::string_view bytes) { return absl::BytesToHexString(Sha256(bytes)); }

}  // namespace kechuang
