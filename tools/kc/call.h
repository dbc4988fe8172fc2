#ifndef KECHUANG_TOOLS_KC_CALL_H_
#define KECHUANG_TOOLS_KC_CALL_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "grpcpp/client_context.h"
#include "grpcpp/support/byte_buffer.h"
#include "grpcpp/support/sync_stream.h"

#include "tools/kc/connection.h"

namespace kechuang::kc {

// One call of any method, unary or streaming: on the wire they do not differ. One thread may write while another reads.
class Exchange {
 public:
  // Opens the call. The method and the connection must outlive it.
  Exchange(const Connection& connection, const google::protobuf::MethodDescriptor& method);
  // Gives the call up if it has not ended.
  ~Exchange();
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  // Sends a request; false once the call has ended.
  bool Write(const google::protobuf::Message& request);
  // Ends the call from this side; Read and Write give false from now on.
  void GiveUp() { context_->TryCancel(); }
  // Says that no request follows.
  void EndWriting();
  // Waits for the next answer; false if there is none, or if it cannot be read.
  bool Read(google::protobuf::Message& response);
  // Ends the call, after the last Read: how it went.
  absl::Status Finish();

 private:
  const std::string path_;
  const std::unique_ptr<grpc::ClientContext> context_;
  const std::unique_ptr<grpc::ClientReaderWriter<grpc::ByteBuffer, grpc::ByteBuffer>> stream_;
  bool malformed_ = false;
  bool finished_ = false;
};

// Asks once and waits for the one answer.
absl::Status Ask(const Connection& connection, const google::protobuf::MethodDescriptor& method,
                 const google::protobuf::Message& request, google::protobuf::Message& response);

}  // namespace kechuang::kc

#endif  // KECHUANG_TOOLS_KC_CALL_H_
