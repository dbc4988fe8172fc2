#ifndef KECHUANG_COMMON_RPC_TLS_SESSION_H_
#define KECHUANG_COMMON_RPC_TLS_SESSION_H_

#include <memory>
#include <string>

#include "absl/strings/string_view.h"

struct ssl_st;
struct ssl_ctx_st;

namespace kechuang::rpc {

// The TLS of one served connection, apart from its socket: what arrived goes in, what is to be sent comes out. An idle
// one holds no buffers. One thread at a time.
class TlsSession {
 public:
  // What came of the bytes that arrived.
  enum class Came {
    kNothing,  // nothing whole yet
    kWords,    // text of the client, or the end of the handshake
    kEnd,      // the client will say no more, or this is no TLS that is taken
  };

  explicit TlsSession(const std::shared_ptr<ssl_ctx_st>& context);
  TlsSession(const TlsSession&) = delete;
  TlsSession& operator=(const TlsSession&) = delete;

  // The fingerprint of the certificate that the client showed (base/certificate.h); empty if it showed none, or before
  // the end of the handshake.
  std::string ClientCertificate() const;

  // Takes in what arrived and appends the client's text to text. Afterwards there may be something to be sent.
  Came TakeIn(absl::string_view arrived, std::string& text);
  // What the protocol itself has to send now; mostly empty.
  std::string TakeOut();
  // What is to be sent for this text; the handshake must have ended.
  std::string Seal(absl::string_view text);
  // What is to be sent to say that nothing follows.
  std::string Close();

 private:
  struct Free {
    void operator()(ssl_st* session) const;
  };

  const std::unique_ptr<ssl_st, Free> session_;
};

}  // namespace kechuang::rpc

#endif  // KECHUANG_COMMON_RPC_TLS_SESSION_H_
