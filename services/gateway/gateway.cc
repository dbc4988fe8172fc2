#include "services/gateway/gateway.h"

#include <spdlog/spdlog.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "grpcpp/ext/proto_server_reflection_plugin.h"
#include "grpcpp/health_check_service_interface.h"
#include "grpcpp/server_builder.h"

#include "common/base/error.h"
#include "common/rpc/grpc_lifetime.h"
#include "common/rpc/tls_credentials.h"
#include "kechuang/api/v1/reasons.pb.h"

namespace kechuang::gateway {
namespace {

// gRPC cuts a call off without an explanation beyond this; up to here the gateway reads a message and says what is
// wrong.
constexpr int kMessageBytesRead = static_cast<int>(kMessageBytesMost) * 2;

absl::Status CannotListen(const std::string& address) {
  return Refuse(absl::StatusCode::kUnavailable, api::v1::SERVICE_UNAVAILABLE)
      .Says(absl::StrCat("the gateway cannot listen on ", address, "; is another program using the port?"),
            absl::StrCat("网关无法监听 ", address, "；端口是否已被其他程序占用？"));
}

}  // namespace

std::vector<const google::protobuf::ServiceDescriptor*> ServicesOf(absl::string_view area) {
  std::vector<const google::protobuf::ServiceDescriptor*> services;
  for (const absl::string_view kind : {"_service", "_journal_service"}) {
    const google::protobuf::FileDescriptor* file = google::protobuf::DescriptorPool::generated_pool()->FindFileByName(
        absl::StrCat("kechuang/", area, "/v1/", area, kind, ".proto"));
    for (int i = 0; file != nullptr && i < file->service_count(); ++i) services.push_back(file->service(i));
  }
  return services;
}

Gateway::Gateway(const std::map<std::string, std::string>& upstreams, const rpc::Authenticator& authenticator,
                 rpc::Metrics& metrics, std::shared_ptr<const rpc::Tls> tls,
                 std::shared_ptr<const rpc::LiveLimits> limits, rpc::TlsClients clients)
    : limits_(limits != nullptr ? std::move(limits) : std::make_shared<const rpc::LiveLimits>()),
      budget_(limits_),
      admission_(authenticator, limits_),
      door_{*limits_, admission_, metrics, budget_},
      channels_(upstreams, tls),
      credentials_(rpc::ServerCredentialsOf(std::move(tls), clients)) {
  for (const auto& [area, _] : upstreams) {
    Upstream& upstream = *upstreams_.emplace_back(std::make_unique<Upstream>(area, channels_.To(area)));
    for (const google::protobuf::ServiceDescriptor* service : ServicesOf(area)) {
      services_.push_back(std::make_unique<ForwardedService>(*service, upstream, door_));
    }
  }
}

absl::StatusOr<std::unique_ptr<Gateway>> Gateway::Start(const std::string& address,
                                                        const std::map<std::string, std::string>& upstreams,
                                                        const rpc::Authenticator& authenticator, rpc::Metrics& metrics,
                                                        std::shared_ptr<const rpc::Tls> tls,
                                                        std::shared_ptr<const rpc::LiveLimits> limits,
                                                        rpc::TlsClients clients) {
  rpc::KeepGrpcUp();
  grpc::EnableDefaultHealthCheckService(true);
  grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  std::unique_ptr<Gateway> gateway(
      new Gateway(upstreams, authenticator, metrics, std::move(tls), std::move(limits), clients));
  grpc::ServerBuilder builder;
  builder.AddListeningPort(address, gateway->credentials_, &gateway->port_);
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  builder.SetMaxReceiveMessageSize(kMessageBytesRead);
  for (const std::unique_ptr<ForwardedService>& service : gateway->services_) builder.RegisterService(service.get());
  gateway->server_ = builder.BuildAndStart();
  if (gateway->server_ == nullptr || gateway->port_ == 0) return CannotListen(address);

  gateway->Report({});
  gateway->watch_ = std::make_unique<HealthWatch>(
      gateway->upstreams(), [raw = gateway.get()](const AreaHealth& health) { raw->Report(health); });
  return gateway;
}

std::vector<Upstream*> Gateway::upstreams() const {
  std::vector<Upstream*> all;
  for (const std::unique_ptr<Upstream>& upstream : upstreams_) all.push_back(upstream.get());
  return all;
}

std::shared_ptr<grpc::Channel> Gateway::OwnChannel() const {
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(kMessageBytesRead);
  return server_->InProcessChannel(arguments);
}

Gateway::~Gateway() { Stop(absl::ZeroDuration()); }

void Gateway::Stop(absl::Duration wait) {
  if (server_ == nullptr) return;
  watch_->Stop();
  Report({});
  server_->Shutdown(absl::ToChronoTime(absl::Now() + wait));
  server_->Wait();
  server_.reset();
}

void Gateway::Report(const AreaHealth& health) {
  const bool serving = AllServe(health);
  grpc::HealthCheckServiceInterface& answers = *server_->GetHealthCheckService();
  answers.SetServingStatus(serving);
  for (const std::unique_ptr<Upstream>& upstream : upstreams_) {
    const auto found = health.find(upstream->area);
    const bool area_serves = found != health.end() && found->second;
    const auto [before, first] = reported_.try_emplace(upstream->area, area_serves);
    if (!first && before->second == area_serves) continue;
    before->second = area_serves;
    spdlog::log(area_serves ? spdlog::level::info : spdlog::level::warn, "{} service: {}", upstream->area,
                area_serves ? "serving" : "not serving");
    for (const google::protobuf::ServiceDescriptor* service : ServicesOf(upstream->area)) {
      answers.SetServingStatus(service->full_name(), area_serves);
    }
  }
  door_.metrics.SetServing(serving);
}

}  // namespace kechuang::gateway
