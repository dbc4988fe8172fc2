#ifndef KECHUANG_COMMON_RPC_GRPC_LIFETIME_H_
#define KECHUANG_COMMON_RPC_GRPC_LIFETIME_H_

namespace kechuang::rpc {

// Keeps gRPC initialised until the process ends. Without it gRPC 1.51 tears itself down with the last server or
// channel, which can hang for seconds when another is made meanwhile. Also turns off the search for deadlocks that
// Debian's Abseil does at every lock that gRPC takes: a twentieth of what a small call costs.
void KeepGrpcUp();

}  // namespace kechuang::rpc

#endif  // KECHUANG_COMMON_RPC_GRPC_LIFETIME_H_
