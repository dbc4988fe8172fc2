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

}  // namespace

std::optional<Certificate> ReadCertificate(absl::string_view pem) {
  if (pem.size() > static_cast<size_t>(std::numeric_limits<int>::max())) return std::nullopt;
  const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), &BIO_free);
  const X509Pointer certificate(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr), &X509_free);
  ERR_clear_error();  // what is no certificate is no error to remember
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
