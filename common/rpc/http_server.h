#ifndef KECHUANG_COMMON_RPC_HTTP_SERVER_H_
#define KECHUANG_COMMON_RPC_HTTP_SERVER_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"

#include "common/rpc/http_message.h"
#include "common/rpc/limits.h"
#include "common/rpc/tls.h"

namespace kechuang::rpc {

// Where one HTTP server listens, and what it spends on its clients.
struct HttpOptions {
  int threads = 1;
  // One more closes the connection that has waited longest for a request to be complete; while requests are under way
  // on all of them, it is refused with 503.
  int connections_max = 256;
  size_t headers_max = 100;                      // of one request
  absl::Duration idle_max = absl::Seconds(30);   // a connection between two requests
  absl::Duration head_max = absl::Seconds(10);   // from the first byte of a request to the end of its headers
  absl::Duration read_max = absl::Seconds(30);   // a pause within a body that is waited for
  absl::Duration body_max = absl::Seconds(60);   // the whole of a body that is read whole
  absl::Duration write_max = absl::Seconds(30);  // a pause of a client that takes an answer
  std::string ip = "127.0.0.1";
  // Null, or without a certificate: plain text. A handshake gets as long as the headers of a request.
  std::shared_ptr<const Tls> tls = nullptr;
  TlsClients tls_clients = TlsClients::kAny;
  std::shared_ptr<const LiveLimits> limits = std::make_shared<const LiveLimits>();  // header_bytes of them
};

class HttpConnection;

// One request and its answer: one call of Answer, or of Begin, then Write as often as wanted, then End. An exchange
// that goes away unanswered closes its connection. Any thread may call; what is called back comes on a thread of the
// server, one callback of an exchange at a time, and must not block. Calls after the end, or after the client has gone,
// do nothing but call back that it has.
class HttpExchange {
 public:
  // Made by the server alone.
  HttpExchange(std::shared_ptr<HttpConnection> connection, uint64_t turn, HttpRequest request);
  ~HttpExchange();
  HttpExchange(const HttpExchange&) = delete;
  HttpExchange& operator=(const HttpExchange&) = delete;

  const HttpRequest& request() const { return request_; }

  // Calls back once if the client goes before the answer is complete; dropped when it is. So it may hold the exchange.
  void OnGone(std::function<void()> gone);

  // Reads the whole body, or what is left of it. One read at a time, of either kind. A client that waits for
  // "100 Continue" gets it at the first read. A body of more than bytes_max in all is a fault with 413 that names the
  // limit.
  void ReadWhole(uint64_t bytes_max, std::function<void(HttpPiece)> done);
  // Reads what comes next of the body, some 64 KiB at most; no bytes at its end. Nothing is taken from the client
  // between two reads but what the kernel and one buffer hold.
  void ReadChunk(uint64_t bytes_max, std::function<void(HttpPiece)> done);

  // Answers whole; compressed, if that is worth it and the client takes it.
  void Answer(HttpAnswer answer);
  // Sends the head of an answer whose body follows in chunks.
  void Begin(HttpAnswer head);
  // Sends a piece of it and calls back when the kernel has taken it, false if the client has gone; so waiting for the
  // callback before the next one holds no more than one piece. Nothing is held back for more to come.
  void Write(std::string piece, std::function<void(bool)> done);
  void End();

 private:
  const std::shared_ptr<HttpConnection> connection_;
  const uint64_t turn_;
  const HttpRequest request_;
};

// An HTTP/1.1 server: keep-alive, pipelining (answers in the order of the requests), bodies of known
// length or in chunks, all asynchronous on a few threads. A request beyond a limit gets 431, 413 or 408 with a body
// that names the limit.
class HttpServer {
 public:
  // Fixed paths, answered to GET and HEAD on a thread of the server; they must not block.
  using Routes = std::map<std::string, std::function<HttpAnswer()>>;
  // Takes every other request, on a thread of the server; must not block.
  using Handler = std::function<void(std::shared_ptr<HttpExchange>)>;

  // Without a handler other paths are 404.
  explicit HttpServer(Routes routes, Handler handler = nullptr, HttpOptions options = {});
  // Stops at once. Blocks until the last exchange is let go, so whoever holds one must let go when the client is gone.
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  // Listens; port 0 takes a free one. SERVICE_UNAVAILABLE if the port is taken.
  absl::Status Start(int port);
  int port() const;
  // Takes no new requests, waits for the answers that are under way, and cuts off those that take longer than that.
  void Stop(absl::Duration wait);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace kechuang::rpc

#endif  // KECHUANG_COMMON_RPC_HTTP_SERVER_H_
