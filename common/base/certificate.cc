#include "common/base/certificate.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <ctime>
#include <limits>
#include <memory>

#include "common/base/sha256.h"

namespace kechuang {
namespace {

using Bio = std::unique_ptr<BIO, decltype(&BIO_free)>;
using X509Pointer = std::unique_ptr<X509, decltype(&X509_free)>;

std::optional<absl::Time> TimeOf(const ASN1_TIME* text) {
  std::tm parts = {};
  if (ASN1_TIME_to_tm(text, &parts) != 1) return std::nullopt;
  return absl::FromTM(parts, absl::UTCTimeZone());
}

// Null for a text that nobody would write in PEM, which is then read as nothing.
Bio Reading(absl::string_view pem) {
  const bool small = pem.size() <= static_cast<size_t>(std::numeric_limits<int>::max());
  return {small ? BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())) : nullptr, &BIO_free};
}

X509Pointer FirstCertificate(absl::string_view pem) {
  const Bio bio = Reading(pem);
  X509* const read = bio == nullptr ? nullptr : PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr);
  ERR_clear_error();  // what is no certificate is no error to remember
  return {read, &X509_free};
}

}  // namespace

bool IsKeyOf(absl::string_view key_pem, absl::string_view certificate_pem) {
  const X509Pointer certificate = FirstCertificate(certificate_pem);
  const Bio bio = Reading(key_pem);
  if (certificate == nullptr || bio == nullptr) return false;
  // OpenSSL would ask the terminal for a passphrase.
  const auto no_passphrase = [](char*, int, int, void*) { return -1; };
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(
      PEM_read_bio_PrivateKey(bio.get(), nullptr, no_passphrase, nullptr), &EVP_PKEY_free);
  const bool fits = key != nullptr && X509_check_private_key(certificate.get(), key.get()) == 1;
  ERR_clear_error();
  return fits;
}

std::optional<Certificate> ReadCertificate(absl::string_view pem) {
  const X509Pointer certificate = FirstCertificate(pem);
  if (certificate == nullptr) return std::nullopt;
  const std::optional<absl::Time> ends = TimeOf(X509_get0_notAfter(certificate.get()));
  if (!ends.has_value()) return std::nullopt;
  return Certificate{FingerprintOf(*certificate), *ends};
}

std::string FingerprintOf(x509_st& certificate) {
  unsigned char* der = nullptr;
  const int size = i2d_X509(&certificate, &der);
  const std::unique_ptr<unsigned char, void (*)(unsigned char*)> held(der, [](unsigned char* p) { OPENSSL_free(p); });
  if (size <= 0) return "";
  return Sha256Hex({reinterpret_cast<const char*>(der), static_cast<size_t>(size)});
}

}  // namespace kechuang
