#include "services/gateway/health_watch.h"

#include <algorithm>
#include <deque>
#include <memory>
#include <utility>

#include "absl/strings/string_view.h"
#include "absl/synchronization/blocking_counter.h"
#include "absl/time/clock.h"
#include "grpcpp/client_context.h"
#include "grpcpp/support/byte_buffer.h"
#include "grpcpp/support/slice.h"

#include "common/rpc/deadline.h"

namespace kechuang::gateway {
namespace {

constexpr char kCheckPath[] = "/grpc.health.v1.Health/Check";
// A grpc.health.v1.HealthCheckResponse whose status, field 1, is SERVING, 1; an empty request asks for the whole
// server.
constexpr absl::string_view kServing("\x08\x01", 2);

struct Question {
  Upstream* upstream = nullptr;
  grpc::ClientContext context;
  grpc::ByteBuffer request;
  grpc::ByteBuffer response;
  bool serves = false;
};

bool SaysServing(const grpc::ByteBuffer& response) {
  grpc::Slice slice;
  if (!response.DumpToSingleSlice(&slice).ok()) return false;
  return absl::string_view(reinterpret_cast<const char*>(slice.begin()), slice.size()) == kServing;
}

}  // namespace

HealthWatch::HealthWatch(std::vector<Upstream*> upstreams, std::function<void(const AreaHealth&)> report)
    : upstreams_(std::move(upstreams)), report_(std::move(report)) {
  for (const Upstream* upstream : upstreams_) last_[upstream->area] = false;
  thread_ = std::thread([this] { Run(); });
}

void HealthWatch::Stop() {
  if (!thread_.joinable()) return;
  stop_.Notify();
  thread_.join();
}

AreaHealth HealthWatch::Last() const {
  AreaHealth health;
  {
    const absl::MutexLock lock(&mutex_);
    health = last_;
  }
  for (const Upstream* upstream : upstreams_) {
    if (upstream->channel->GetState(/*try_to_connect=*/false) != GRPC_CHANNEL_READY) health[upstream->area] = false;
  }
  return health;
}

void HealthWatch::Run() {
  do {
    const AreaHealth health = Ask();
    {
      const absl::MutexLock lock(&mutex_);
      last_ = health;
    }
    report_(health);
  } while (!stop_.WaitForNotificationWithTimeout(kHealthInterval));
}

AreaHealth HealthWatch::Ask() {
  std::deque<Question> questions(upstreams_.size());
  absl::BlockingCounter answers(static_cast<int>(questions.size()));
  for (size_t i = 0; i < questions.size(); ++i) {
    Question& question = questions[i];
    question.upstream = upstreams_[i];
    const grpc::Slice nothing;
    question.request = grpc::ByteBuffer(&nothing, 1);
    question.context.set_deadline(rpc::ToGrpcDeadline(absl::Now() + kHealthTimeout));
    question.upstream->stub.UnaryCall(&question.context, kCheckPath, {}, &question.request, &question.response,
                                      [&question, &answers](const grpc::Status& status) {
                                        question.serves = status.ok() && SaysServing(question.response);
                                        answers.DecrementCount();
                                      });
  }
  answers.Wait();
  AreaHealth health;
  for (const Question& question : questions) health[question.upstream->area] = question.serves;
  return health;
}

bool AllServe(const AreaHealth& health) {
  return !health.empty() && std::all_of(health.begin(), health.end(), [](const auto& area) { return area.second; });
}

}  // namespace kechuang::gateway
