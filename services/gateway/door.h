#ifndef KECHUANG_SERVICES_GATEWAY_DOOR_H_
#define KECHUANG_SERVICES_GATEWAY_DOOR_H_

#include <array>
#include <cstddef>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "grpcpp/client_context.h"
#include "grpcpp/server_context.h"
#include "grpcpp/support/status.h"

#include "common/rpc/admission.h"
#include "common/rpc/http_message.h"
#include "common/rpc/message_budget.h"
#include "common/rpc/metrics.h"

namespace kechuang::gateway {

// No message is larger, in either direction, whatever the limits say.
inline constexpr size_t kMessageBytesMost = size_t{8} * 1024 * 1024;

// The metadata, and the headers of REST, that go on to the services beside the credential. Nothing else does, so that
// no caller can say what only the suite itself may say.
inline constexpr std::array<absl::string_view, 4> kPassingMetadata = {"accept-language", "x-goog-fieldmask",
                                                                      "traceparent", "kc-reveal-reason"};

// What the gateway asks of every call before it goes on, whom it tells of it, and how much memory calls may take. All
// outlive the server.
struct Door {
  const rpc::LiveLimits& limits;
  rpc::Admission& admission;
  rpc::Metrics& metrics;
  rpc::MessageBudget& budget;
};

// Asks the door about a call; a refusal is ready for the wire.
grpc::Status Admit(const Door& door, const grpc::CallbackServerContext& caller, bool open = false);
// The same of a request over HTTP.
absl::Status Admit(const Door& door, const rpc::HttpRequest& request, bool open = false);

// Gives the call to the service what the call from outside brought: its deadline, its credential (rpc/credential.h) and
// the metadata that may pass.
void PassIn(const Door& door, const grpc::CallbackServerContext& caller, grpc::ClientContext& upstream);

// Gives the caller the trailing metadata of the service, but for what gRPC itself sets. The call must have ended.
void PassOut(const grpc::ClientContext& upstream, grpc::CallbackServerContext& caller);

// Most bytes of one message now.
size_t MessageBytesMax(const Door& door);
// A refusal of a message of so many bytes, more than that.
grpc::Status TooLarge(const Door& door, size_t bytes);

// The status as the caller gets it: what the service itself said stays whole; where gRPC gave up on the way to the
// service of this area, it becomes a refusal that says so in both languages.
grpc::Status Explain(const grpc::Status& status, absl::string_view area);

}  // namespace kechuang::gateway

#endif  // KECHUANG_SERVICES_GATEWAY_DOOR_H_
