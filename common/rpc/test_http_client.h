#ifndef KECHUANG_COMMON_RPC_TEST_HTTP_CLIENT_H_
#define KECHUANG_COMMON_RPC_TEST_HTTP_CLIENT_H_

#include <map>
#include <memory>
#include <string>

#include "absl/strings/string_view.h"

struct ssl_st;

namespace kechuang::rpc {

struct TlsFiles;

// An answer as a test looks at it.
struct WireAnswer {
  int status = 0;                                   // 0 if none came
  std::map<std::string, std::string> headers = {};  // names in lower case
  std::string body = {};                            // of chunks, without their frames

  std::string Header(const std::string& name) const {
    const auto found = headers.find(name);
    return found == headers.end() ? "" : found->second;
  }
};

// A raw connection to an HTTP server under test: what is sent is what arrives. Reads give up after 20 s.
class Wire {
 public:
  explicit Wire(int port);
  // By TLS, to a server of this authority; shows the certificate, if one is named. Closed if they do not agree.
  Wire(int port, const TlsFiles& files);
  ~Wire() { Close(); }
  Wire(const Wire&) = delete;
  Wire& operator=(const Wire&) = delete;

  bool is_open() const { return socket_ >= 0; }
  // The common name in the server's certificate.
  std::string ServerName() const;
  // False if the server has closed.
  bool Send(absl::string_view text);
  // Sends until the server takes no more, at most so many bytes; how many it took.
  size_t SendWhatFits(size_t bytes_max);
  // Says that nothing more will be sent.
  void HalfClose();
  void Close();

  // Up to and with the next empty line; what came if the server closed before.
  std::string Head();
  // So many bytes, or as many as came before the server closed.
  std::string Bytes(size_t size);
  // Up to and with the next such text.
  std::string Until(const std::string& end);
  // Everything until the server closes.
  std::string Rest();
  // The next answer; to_head has no body.
  WireAnswer Answer(bool to_head = false);
  // The content of the next chunk of an answer whose head has been read; empty for the last one.
  std::string Chunk();
  // Sends and reads one answer.
  WireAnswer Ask(absl::string_view request) {
    Send(request);
    return Answer(request.substr(0, 5) == "HEAD ");
  }

 private:
  struct FreeTls {
    void operator()(ssl_st* tls) const;
  };

  bool More();

  int socket_ = -1;
  std::unique_ptr<ssl_st, FreeTls> tls_;
  std::string arrived_;
};

}  // namespace kechuang::rpc

#endif  // KECHUANG_COMMON_RPC_TEST_HTTP_CLIENT_H_
