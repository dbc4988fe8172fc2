#include "common/rpc/tls_files.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <sys/stat.h>

#include <fstream>
#include <iterator>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"

#include "common/base/certificate.h"
#include "common/base/error.h"
#include "common/base/fatal.h"
#include "kechuang/api/v1/reasons.pb.h"

namespace kechuang::rpc {
namespace {

constexpr char kCertificateFlag[] = "tls_certificate";
constexpr char kKeyFlag[] = "tls_key";
constexpr char kAuthorityFlag[] = "tls_authority";

using Bio = std::unique_ptr<BIO, decltype(&BIO_free)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;
using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

// The one place where faults of these files are worded: the file, and what is wrong with it.
void AddFault(Faults& faults, absl::string_view flag, const std::string& path, absl::string_view english,
              absl::string_view chinese) {
  faults.Add(flag, api::v1::FIELD_MALFORMED, absl::StrCat("the file ", path, " ", english),
             absl::StrCat("文件 ", path, " ", chinese));
}

Bio Reading(const std::string& pem) { return {BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), &BIO_free}; }

std::vector<Certificate> CertificatesIn(const std::string& pem) {
  std::vector<Certificate> found;
  const Bio bio = Reading(pem);
  while (X509* next = PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr)) found.emplace_back(next, &X509_free);
  ERR_clear_error();  // the end of the file is an error to OpenSSL
  return found;
}

Key KeyIn(const std::string& pem) {
  // OpenSSL would ask the terminal for a passphrase.
  const auto no_passphrase = [](char*, int, int, void*) { return -1; };
  Key key(PEM_read_bio_PrivateKey(Reading(pem).get(), nullptr, no_passphrase, nullptr), &EVP_PKEY_free);
  ERR_clear_error();
  return key;
}

std::optional<std::string> ReadFile(const std::string& path) {
  struct stat status {};
  if (stat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return std::nullopt;
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  return std::string(std::istreambuf_iterator<char>(file), {});
}

// Nothing if no file is named, or if its fault is told.
std::optional<std::string> ReadOrFault(absl::string_view flag, const std::string& path, Faults& faults) {
  if (path.empty()) return std::nullopt;
  std::optional<std::string> text = ReadFile(path);
  if (!text.has_value()) AddFault(faults, flag, path, "cannot be read", "无法读取");
  return text;
}

// Whether there is a certificate to go on with.
bool CheckCertificate(absl::string_view flag, const std::string& path, const std::optional<std::string>& pem,
                      Faults& faults) {
  if (!pem.has_value()) return false;
  const std::vector<Certificate> certificates = CertificatesIn(*pem);
  if (certificates.empty()) {
    AddFault(faults, flag, path, "holds no certificate in PEM", "中没有 PEM 格式的证书");
  } else if (X509_cmp_current_time(X509_get0_notAfter(certificates.front().get())) < 0) {
    AddFault(faults, flag, path, "holds a certificate that has ended", "中的证书已过期");
  }
  return !certificates.empty();
}

bool CheckKey(const std::string& path, const std::optional<std::string>& pem, Faults& faults) {
  struct stat status {};
  if (!pem.has_value() || stat(path.c_str(), &status) != 0) return false;
  if ((status.st_mode & 077) != 0) AddFault(faults, kKeyFlag, path, "must have mode 0600", "权限必须为 0600");
  const bool readable = KeyIn(*pem) != nullptr;
  if (!readable) {
    AddFault(faults, kKeyFlag, path, "holds no private key in PEM without a passphrase",
             "中没有不带口令的 PEM 格式私钥");
  }
  return readable;
}

void CheckPair(const TlsFiles& files, Faults& faults) {
  if (files.certificate.empty() == files.key.empty()) return;
  const bool no_key = files.key.empty();
  faults.Add(no_key ? kKeyFlag : kCertificateFlag, api::v1::FIELD_REQUIRED,
             "a certificate and its key go together; one of them is not given", "证书与私钥必须同时给出");
}

// OpenSSL fails here only without memory, since the material was read before.
void Must(int done) {
  if (done != 1) Fatal("OpenSSL does not take certificates that it took before");
}

}  // namespace

absl::StatusOr<TlsMaterial> ReadTlsFiles(const TlsFiles& files) {
  Faults faults;
  CheckPair(files, faults);
  const auto certificate = ReadOrFault(kCertificateFlag, files.certificate, faults);
  const auto key = ReadOrFault(kKeyFlag, files.key, faults);
  const auto authority = ReadOrFault(kAuthorityFlag, files.authority, faults);
  const bool sound_certificate = CheckCertificate(kCertificateFlag, files.certificate, certificate, faults);
  const bool sound_key = CheckKey(files.key, key, faults);
  CheckCertificate(kAuthorityFlag, files.authority, authority, faults);
  if (sound_certificate && sound_key && !IsKeyOf(*key, *certificate)) {
    AddFault(faults, kKeyFlag, files.key, absl::StrCat("does not fit the certificate ", files.certificate),
             absl::StrCat("与证书 ", files.certificate, " 不匹配"));
  }
  if (faults.any()) return faults.status();
  return TlsMaterial{certificate.value_or(""), key.value_or(""), authority.value_or("")};
}

std::shared_ptr<ssl_ctx_st> ServingContext(const TlsMaterial& material, TlsClients clients) {
  std::shared_ptr<SSL_CTX> context(SSL_CTX_new(TLS_server_method()), &SSL_CTX_free);
  if (context == nullptr) Fatal("OpenSSL has no TLS");
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION);
  SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS);  // an idle connection keeps none
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
  const std::vector<Certificate> chain = CertificatesIn(material.certificate);
  for (const Certificate& each : chain) {
    Must(each == chain.front() ? SSL_CTX_use_certificate(context.get(), each.get())
                               : static_cast<int>(SSL_CTX_add1_chain_cert(context.get(), each.get())));
  }
  Must(SSL_CTX_use_PrivateKey(context.get(), KeyIn(material.key).get()));
  if (clients == TlsClients::kAny) return context;
  if (clients == TlsClients::kAsk) {
    // Who signed it does not matter: the register of identities knows the certificate itself.
    SSL_CTX_set_cert_verify_callback(
        context.get(), [](X509_STORE_CTX*, void*) { return 1; }, nullptr);
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  } else {
    for (const Certificate& each : CertificatesIn(material.authority)) {
      Must(X509_STORE_add_cert(SSL_CTX_get_cert_store(context.get()), each.get()));
      Must(SSL_CTX_add_client_CA(context.get(), each.get()));
    }
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  }
  constexpr unsigned char kSessions[] =
      "kechuang";  // without a name OpenSSL takes no session of a known client up again
  Must(SSL_CTX_set_session_id_context(context.get(), kSessions, sizeof(kSessions) - 1));
  return context;
}

}  // namespace kechuang::rpc
