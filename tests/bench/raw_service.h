#ifndef KECHUANG_TESTS_BENCH_RAW_SERVICE_H_
#define KECHUANG_TESTS_BENCH_RAW_SERVICE_H_

#include <functional>
#include <string>
#include <vector>

#include "grpcpp/grpcpp.h"
#include "grpcpp/impl/service_type.h"
#include "grpcpp/support/byte_buffer.h"

namespace kechuang::bench {

// A gRPC service of unary methods over bytes, as bare as the callback API gives it.
class RawService final : public grpc::Service {
 public:
  // Answers one call: fills response and finishes the reactor, now or later.
  using Handler =
      std::function<void(const std::string& path, grpc::CallbackServerContext& context, const grpc::ByteBuffer& request,
                         grpc::ByteBuffer& response, grpc::ServerUnaryReactor& reactor)>;

  RawService(std::vector<std::string> paths, Handler handler);

 private:
  const std::vector<std::string> paths_;
  const Handler handler_;
};

// Serves on a free port of loopback, prints the port as a line, and comes back when the process is asked to stop.
int ServeUntilStopped(grpc::Service& service);

}  // namespace kechuang::bench

#endif  // KECHUANG_TESTS_BENCH_RAW_SERVICE_H_
