#include "tools/kc/call.h"

#include "absl/strings/str_cat.h"
#include "grpcpp/impl/rpc_method.h"
#include "grpcpp/support/slice.h"

#include "tools/kc/catalogue.h"

namespace kechuang::kc {
namespace {

using google::protobuf::Message;
using grpc::ByteBuffer;
using Stream = grpc::ClientReaderWriter<ByteBuffer, ByteBuffer>;

std::unique_ptr<Stream> Open(const Connection& connection, const std::string& path, grpc::ClientContext& context) {
  const grpc::internal::RpcMethod method(path.c_str(), grpc::internal::RpcMethod::BIDI_STREAMING);
  return std::unique_ptr<Stream>(grpc::internal::ClientReaderWriterFactory<ByteBuffer, ByteBuffer>::Create(
      connection.channel().get(), method, &context));
}

}  // namespace

Exchange::Exchange(const Connection& connection, const google::protobuf::MethodDescriptor& method)
    : path_(absl::StrCat("/", PathOf(method))),
      context_(connection.NewContext()),
      stream_(Open(connection, path_, *context_)) {}

Exchange::~Exchange() {
  if (finished_) return;
  context_->TryCancel();
  stream_->Finish();
}

bool Exchange::Write(const Message& request) {
  const grpc::Slice slice(request.SerializeAsString());
  return stream_->Write(ByteBuffer(&slice, 1));
}

void Exchange::EndWriting() { stream_->WritesDone(); }

bool Exchange::Read(Message& response) {
  ByteBuffer bytes;
  if (!stream_->Read(&bytes)) return false;
  grpc::Slice slice;
  malformed_ =
      !bytes.DumpToSingleSlice(&slice).ok() || !response.ParseFromArray(slice.begin(), static_cast<int>(slice.size()));
  if (malformed_) context_->TryCancel();
  return !malformed_;
}

absl::Status Exchange::Finish() {
  finished_ = true;
  const absl::Status status = FromWire(stream_->Finish());
  if (!malformed_) return status;
  return Failure(absl::StatusCode::kInternal, absl::StrCat("the answer of ", path_, " cannot be read"),
                 absl::StrCat("无法解读 ", path_, " 的应答"));
}

absl::Status Ask(const Connection& connection, const google::protobuf::MethodDescriptor& method, const Message& request,
                 Message& response) {
  Exchange exchange(connection, method);
  exchange.Write(request);
  exchange.EndWriting();
  const bool answered = exchange.Read(response);
  absl::Status status = exchange.Finish();
  if (!status.ok() || answered) return status;
  return Failure(absl::StatusCode::kInternal, absl::StrCat(PathOf(method), " gave no answer"),
                 absl::StrCat(PathOf(method), " 没有应答"));
}

}  // namespace kechuang::kc
