#ifndef KECHUANG_TESTS_BENCH_ECHO_H_
#define KECHUANG_TESTS_BENCH_ECHO_H_

#include <memory>
#include <string>

#include "grpcpp/impl/service_type.h"
#include "grpcpp/server.h"

namespace kechuang::bench {

// The floor: a gRPC server on the callback API that gives every message back as it came, and does nothing else.
class EchoServer {
 public:
  EchoServer();
  ~EchoServer();
  EchoServer(const EchoServer&) = delete;
  EchoServer& operator=(const EchoServer&) = delete;

  std::string address() const;
  static constexpr char kPath[] = "/kechuang.bench.Echo/Echo";

 private:
  class Service;
  std::unique_ptr<grpc::Service> service_;
  std::unique_ptr<grpc::Server> server_;
  int port_ = 0;
};

}  // namespace kechuang::bench

#endif  // KECHUANG_TESTS_BENCH_ECHO_H_
