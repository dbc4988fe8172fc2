#include "tests/bench/echo.h"

#include <string>

#include "absl/strings/numbers.h"

#include "tests/bench/raw_service.h"

namespace kechuang::bench {

int ServeEcho() {
  const std::string filler(1 << 20, 'x');
  RawService service(
      {kEchoPath}, [&filler](const std::string&, grpc::CallbackServerContext& context, const grpc::ByteBuffer& request,
                             grpc::ByteBuffer& response, grpc::ServerUnaryReactor& reactor) {
        const auto wanted = context.client_metadata().find(kAnswerBytes);
        size_t bytes = 0;
        if (wanted != context.client_metadata().end() &&
            absl::SimpleAtoi(absl::string_view(wanted->second.data(), wanted->second.size()), &bytes) &&
            bytes <= filler.size()) {
          const grpc::Slice slice(filler.data(), bytes);
          response = grpc::ByteBuffer(&slice, 1);
        } else {
          response = request;
        }
        reactor.Finish(grpc::Status::OK);
      });
  return ServeUntilStopped(service);
}

}  // namespace kechuang::bench
