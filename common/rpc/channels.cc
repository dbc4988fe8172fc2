#include "common/rpc/channels.h"

#include <arpa/inet.h>

#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "google/api/annotations.pb.h"
#include "google/protobuf/descriptor.h"
#include "grpcpp/grpcpp.h"
#include "grpcpp/impl/client_unary_call.h"
#include "grpcpp/impl/codegen/proto_utils.h"
#include "grpcpp/impl/rpc_method.h"

#include "common/base/error.h"
#include "common/base/fatal.h"
#include "common/rpc/deadline.h"
#include "common/rpc/grpc_lifetime.h"
#include "common/rpc/tls_credentials.h"
#include "common/rpc/wire_status.h"
#include "kechuang/api/v1/reasons.pb.h"
#include "nlohmann/json.hpp"

namespace kechuang::rpc {
namespace {

constexpr int kMessageBytesMax = 8 << 20;

absl::Status Unreachable(absl::string_view area) {
  return Refuse(absl::StatusCode::kUnavailable, api::v1::SERVICE_UNAVAILABLE)
      .With("service", area)
      .RetryAfter(absl::Seconds(1))
      .Says(absl::StrCat("the ", area, " service cannot be reached now"), absl::StrCat("暂时无法连接 ", area, " 服务"));
}

absl::Status OutOfTime(absl::string_view area) {
  return Refuse(absl::StatusCode::kDeadlineExceeded, api::v1::DEADLINE)
      .With("service", area)
      .Says(absl::StrCat("the ", area, " service did not answer in the time given"),
            absl::StrCat(area, " 服务未在规定时间内答复"));
}

// The methods of an area that only read, by google.api.http, as a service config names them.
nlohmann::json ReadsOf(absl::string_view area) {
  nlohmann::json names = nlohmann::json::array();
  for (const absl::string_view kind : {"_service", "_journal_service"}) {
    const google::protobuf::FileDescriptor* file = google::protobuf::DescriptorPool::generated_pool()->FindFileByName(
        absl::StrCat("kechuang/", area, "/v1/", area, kind, ".proto"));
    for (int i = 0; file != nullptr && i < file->service_count(); ++i) {
      for (int j = 0; j < file->service(i)->method_count(); ++j) {
        const google::protobuf::MethodDescriptor& method = *file->service(i)->method(j);
        if (method.client_streaming() || !method.options().GetExtension(google::api::http).has_get()) continue;
        names.push_back({{"service", method.service()->full_name()}, {"method", method.name()}});
      }
    }
  }
  return names;
}

// Calls go round among the replicas that say they serve. A read whose replica is lost is made again at another; what
// changes something is the caller's to repeat, who knows whether it carries a request id.
std::string ReplicaConfig(absl::string_view area) {
  nlohmann::json config = {{"loadBalancingConfig", {{{"round_robin", nlohmann::json::object()}}}},
                           {"healthCheckConfig", {{"serviceName", ""}}}};
  const nlohmann::json reads = ReadsOf(area);
  if (!reads.empty()) {
    config["methodConfig"] = {{{"name", reads},
                               {"retryPolicy",
                                {{"maxAttempts", 4},
                                 {"initialBackoff", "0.05s"},
                                 {"maxBackoff", "0.5s"},
                                 {"backoffMultiplier", 2},
                                 {"retryableStatusCodes", {"UNAVAILABLE"}}}}}};
  }
  return config.dump();
}

bool IsIpAddress(const std::string& host) {
  in6_addr parsed{};
  if (!absl::StartsWith(host, "[")) return inet_pton(AF_INET, host.c_str(), &parsed) == 1;
  return absl::EndsWith(host, "]") && inet_pton(AF_INET6, host.substr(1, host.size() - 2).c_str(), &parsed) == 1;
}

std::shared_ptr<grpc::Channel> ChannelTo(absl::string_view area, const std::string& address,
                                         const ChannelSecurity& security) {
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(kMessageBytesMax);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 100);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 1000);
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);  // the suite talks to itself directly, whatever http_proxy says
  std::string target = address;
  if (absl::StrContains(address, ',')) {
    target = absl::StrCat(absl::StartsWith(address, "[") ? "ipv6:" : "ipv4:", address);
    arguments.SetServiceConfigJSON(ReplicaConfig(area));
  }
  return grpc::CreateCustomChannel(target, security.CredentialsFor(address), arguments);
}

}  // namespace

absl::Status CheckAddress(absl::string_view address) {
  const std::vector<std::string> replicas = absl::StrSplit(address, ',');
  for (const std::string& replica : replicas) {
    const size_t colon = replica.rfind(':');
    const std::string host = replica.substr(0, colon);
    int port = 0;
    const bool named = colon != std::string::npos && !host.empty() &&
                       absl::SimpleAtoi(replica.substr(colon + 1), &port) && port > 0 && port <= 65535;
    // gRPC takes a list of addresses of one family only, and no names in it.
    const bool listed = replicas.size() == 1 ||
                        (IsIpAddress(host) && absl::StartsWith(host, "[") == absl::StartsWith(replicas.front(), "["));
    if (named && listed) continue;
    return Refuse(absl::StatusCode::kInvalidArgument, api::v1::FIELD_MALFORMED)
        .With("address", replica)
        .Says(absl::StrCat("\"", replica,
                           "\" is no address: give host:port, or several replicas by comma as IP address and ",
                           "port, 10.0.0.1:7103,10.0.0.2:7103"),
              absl::StrCat("“", replica, "”不是有效地址：请给出 主机:端口，多个副本以逗号分隔并用 IP 地址，如 ",
                           "10.0.0.1:7103,10.0.0.2:7103"));
  }
  return absl::OkStatus();
}

Channels::Channels(const std::map<std::string, std::string>& addresses, const std::shared_ptr<const Tls>& tls,
                   std::string introduction)
    : introduction_(std::move(introduction)) {
  KeepGrpcUp();
  const ChannelSecurity security(tls);
  for (const auto& [area, address] : addresses) {
    channels_[area] = ChannelTo(area, address, security);
  }
}

std::shared_ptr<grpc::Channel> Channels::To(absl::string_view area) {
  const auto found = channels_.find(std::string(area));
  if (found == channels_.end()) Fatal(absl::StrCat("no address for the ", std::string(area), " service"));
  return found->second;
}

absl::Status Channels::Ask(const Call& call, absl::string_view area, absl::string_view method,
                           const google::protobuf::Message& request, google::protobuf::Message& response) {
  grpc::ClientContext context;
  context.set_deadline(ToGrpcDeadline(call.deadline));
  if (!call.credential.empty()) context.AddMetadata("authorization", call.credential);
  if (!introduction_.empty()) context.AddMetadata(kFromService, introduction_);
  const std::string path = absl::StrCat("/", method);
  const grpc::internal::RpcMethod rpc(path.c_str(), grpc::internal::RpcMethod::NORMAL_RPC);
  const grpc::Status status =
      grpc::internal::BlockingUnaryCall<google::protobuf::Message, google::protobuf::Message, google::protobuf::Message,
                                        google::protobuf::Message>(To(area).get(), rpc, &context, request, &response);
  // A status without details is gRPC's own on this side: the service never answered.
  if (status.error_details().empty()) {
    if (status.error_code() == grpc::StatusCode::UNAVAILABLE) return Unreachable(area);
    // Nobody cancels these calls; a service that shuts down says so to a call that has just arrived.
    if (status.error_code() == grpc::StatusCode::CANCELLED) return Unreachable(area);
    if (status.error_code() == grpc::StatusCode::DEADLINE_EXCEEDED) return OutOfTime(area);
  }
  return FromGrpc(status);
}

std::string MethodTaking(absl::string_view service, const google::protobuf::Descriptor* request,
                         const google::protobuf::Descriptor* response) {
  const google::protobuf::ServiceDescriptor* descriptor =
      google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(std::string(service));
  for (int i = 0; descriptor != nullptr && i < descriptor->method_count(); ++i) {
    const google::protobuf::MethodDescriptor* method = descriptor->method(i);
    if (method->input_type() == request && method->output_type() == response) {
      return absl::StrCat(service, "/", method->name());
    }
  }
  Fatal(absl::StrCat(std::string(service), " has no method that takes ", request->full_name()));
}

}  // namespace kechuang::rpc
