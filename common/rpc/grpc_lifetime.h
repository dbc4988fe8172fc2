#ifndef KECHUANG_COMMON_RPC_GRPC_LIFETIME_H_
#define KECHUANG_COMMON_RPC_GRPC_LIFETIME_H_

namespace kechuang::rpc {

// Keeps gRPC initialised until the process ends. Without it gRPC 1.51 tears itself down with the last server or
// channel, which can hang for seconds when another is made meanwhile.
void KeepGrpcUp();

}  // namespace kechuang::rpc

#endif  // KECHUANG_COMMON_RPC_GRPC_LIFETIME_H_
