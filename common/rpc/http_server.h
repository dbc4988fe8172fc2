#ifndef KECHUANG_COMMON_RPC_HTTP_SERVER_H_
#define KECHUANG_COMMON_RPC_HTTP_SERVER_H_

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "absl/status/status.h"

namespace kechuang::rpc {

struct HttpAnswer {
  int status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::string body;
};

// A small HTTP/1.1 server for /healthz and /metrics: GET and HEAD of fixed paths, keep-alive, at most 256 connections,
// requests of at most 8 KiB, 30 s for an idle connection. One thread; a route must not block.
class HttpServer {
 public:
  using Routes = std::map<std::string, std::function<HttpAnswer()>>;

  explicit HttpServer(Routes routes);
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  // Listens on 127.0.0.1; port 0 takes a free one. SERVICE_UNAVAILABLE if the port is taken.
  absl::Status Start(int port);
  int port() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace kechuang::rpc

#endif  // KECHUANG_COMMON_RPC_HTTP_SERVER_H_
