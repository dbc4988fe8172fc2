#include "common/rpc/test_certificates.h"

#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"

namespace kechuang::rpc {
namespace {

constexpr int64_t kDaySeconds = int64_t{24} * 60 * 60;

template <class T>
T Must(T value) {
  if (value) return value;
  std::cerr << "OpenSSL makes no certificate for the test\n";
  std::abort();
}

void AddExtension(X509* certificate, X509* issuer, int kind, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = Must(X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str()));
  Must(X509_add_ext(certificate, extension, -1));
  X509_EXTENSION_free(extension);
}

// A certificate that lacks its extensions and its signature yet.
X509* Draft(const std::string& name, EVP_PKEY* key, int days) {
  X509* certificate = Must(X509_new());
  X509_set_version(certificate, X509_VERSION_3);
  uint32_t serial = 0;
  Must(RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof(serial)));
  ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate), serial);
  X509_gmtime_adj(X509_getm_notBefore(certificate), -2 * kDaySeconds);
  X509_gmtime_adj(X509_getm_notAfter(certificate), days * kDaySeconds);
  Must(X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_UTF8,
                                  reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0));
  Must(X509_set_pubkey(certificate, key));
  return certificate;
}

using File = std::unique_ptr<BIO, decltype(&BIO_free)>;

File Writing(const std::string& path) {
  File file(Must(BIO_new_file(path.c_str(), "w")), &BIO_free);
  chmod(path.c_str(), 0600);
  return file;
}

void Write(const std::string& path, X509* certificate) { Must(PEM_write_bio_X509(Writing(path).get(), certificate)); }

}  // namespace

TestAuthority::TestAuthority(std::string folder, const std::string& name)
    : folder_(std::move(folder)),
      path_(absl::StrCat(folder_, "/", name, ".pem")),
      key_(Must(EVP_EC_gen("P-256")), &EVP_PKEY_free),
      certificate_(Draft(name, key_.get(), 30), &X509_free) {
  X509_set_issuer_name(certificate_.get(), X509_get_subject_name(certificate_.get()));
  AddExtension(certificate_.get(), certificate_.get(), NID_basic_constraints, "critical,CA:TRUE");
  Must(X509_sign(certificate_.get(), key_.get(), EVP_sha256()));
  Write(path_, certificate_.get());
}

TlsFiles TestAuthority::Sign(const std::string& name, const std::string& sans, int days) {
  const TlsFiles files{absl::StrCat(folder_, "/", name, ".pem"), absl::StrCat(folder_, "/", name, ".key"), path_};
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(Must(EVP_EC_gen("P-256")), &EVP_PKEY_free);
  const std::unique_ptr<X509, decltype(&X509_free)> certificate(Draft(name, key.get(), days), &X509_free);
  X509_set_issuer_name(certificate.get(), X509_get_subject_name(certificate_.get()));
  AddExtension(certificate.get(), certificate_.get(), NID_subject_alt_name, sans);
  AddExtension(certificate.get(), certificate_.get(), NID_ext_key_usage, "serverAuth,clientAuth");
  Must(X509_sign(certificate.get(), key_.get(), EVP_sha256()));
  Write(files.certificate, certificate.get());
  Must(PEM_write_bio_PrivateKey(Writing(files.key).get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr));
  return files;
}

void Replace(const TlsFiles& files, const TlsFiles& by) {
  std::filesystem::rename(by.certificate, files.certificate);
  std::filesystem::rename(by.key, files.key);
}

}  // namespace kechuang::rpc
