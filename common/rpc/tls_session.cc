#include "common/rpc/tls_session.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <array>
#include <limits>

#include "common/base/certificate.h"
#include "common/base/fatal.h"

namespace kechuang::rpc {
namespace {

// Longest text of one TLS record.
constexpr size_t kRecordBytes = size_t{16} * 1024;

BIO* EmptyBio() {
  BIO* bio = BIO_new(BIO_s_mem());
  if (bio == nullptr) Fatal("no memory for a TLS connection");
  return bio;
}

}  // namespace

void TlsSession::Free::operator()(ssl_st* session) const { SSL_free(session); }

TlsSession::TlsSession(const std::shared_ptr<ssl_ctx_st>& context) : session_(SSL_new(context.get())) {
  if (session_ == nullptr) Fatal("no memory for a TLS connection");
  SSL_set_bio(session_.get(), EmptyBio(), EmptyBio());
  SSL_set_accept_state(session_.get());
}

std::string TlsSession::ClientCertificate() const {
  if (!SSL_is_init_finished(session_.get())) return "";
  X509* const shown = SSL_get0_peer_certificate(session_.get());
  return shown == nullptr ? "" : FingerprintOf(*shown);
}

TlsSession::Came TlsSession::TakeIn(absl::string_view arrived, std::string& text) {
  static_assert(sizeof(int) >= 4);  // pieces are some 64 KiB
  BIO* bio = BIO_new_mem_buf(arrived.data(), static_cast<int>(arrived.size()));
  if (bio == nullptr) Fatal("no memory for a TLS connection");
  BIO_set_mem_eof_return(bio, -1);  // its end is not the connection's
  SSL_set0_rbio(session_.get(), bio);
  const bool shaking = !SSL_is_init_finished(session_.get());
  const size_t before = text.size();
  ERR_clear_error();
  std::array<char, kRecordBytes> record;
  size_t size = 0;
  while (SSL_read_ex(session_.get(), record.data(), record.size(), &size) == 1) text.append(record.data(), size);
  const bool more = SSL_get_error(session_.get(), 0) == SSL_ERROR_WANT_READ;
  // Part of a record is kept by the session itself, so the bytes are used up; they belong to the caller.
  SSL_set0_rbio(session_.get(), EmptyBio());
  if (text.size() > before || (shaking && more && SSL_is_init_finished(session_.get()))) return Came::kWords;
  return more ? Came::kNothing : Came::kEnd;
}

std::string TlsSession::TakeOut() {
  BIO* bio = SSL_get_wbio(session_.get());
  std::string bytes(BIO_ctrl_pending(bio), '\0');
  if (bytes.empty()) return bytes;
  size_t size = 0;
  BIO_read_ex(bio, bytes.data(), bytes.size(), &size);
  bytes.resize(size);
  // A new one in its place gives back the memory of a large answer.
  SSL_set0_wbio(session_.get(), EmptyBio());
  return bytes;
}

std::string TlsSession::Seal(absl::string_view text) {
  size_t written = 0;
  ERR_clear_error();
  if (!text.empty()) SSL_write_ex(session_.get(), text.data(), text.size(), &written);
  return TakeOut();
}

std::string TlsSession::Close() {
  ERR_clear_error();
  SSL_shutdown(session_.get());
  return TakeOut();
}

}  // namespace kechuang::rpc
