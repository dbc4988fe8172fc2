#include "common/rpc/key_follower.h"

#include <spdlog/spdlog.h>

#include <chrono>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/util/time_util.h"
#include "grpcpp/grpcpp.h"

#include "common/base/backoff.h"
#include "kechuang/identity/v1/key_directory_service.grpc.pb.h"

namespace kechuang::rpc {
namespace {

namespace v1 = identity::v1;

// The register ends a call after a minute; one that has not ended by then died unnoticed.
constexpr auto kCallMost = std::chrono::seconds(75);
constexpr absl::Duration kAgainFirst = absl::Milliseconds(20);
constexpr absl::Duration kAgainMost = absl::Milliseconds(500);

void Note(const v1::ActiveKey& key, Systems& systems) {
  const absl::Time expires =
      key.has_expire_time()
          ? absl::FromUnixMicros(google::protobuf::util::TimeUtil::TimestampToMicroseconds(key.expire_time()))
          : absl::InfiniteFuture();
  std::vector<access::Role> roles;
  for (const int role : key.roles()) roles.push_back(static_cast<access::Role>(role));
  auto caller =
      std::make_shared<const access::Caller>(access::CallerWith(key.name(), std::move(roles), expires, key.scope()));
  const bool shows = !key.certificate_sha256().empty();
  CallersByDigest& callers = shows ? systems.by_certificate : systems.by_secret;
  callers[absl::HexStringToBytes(shows ? key.certificate_sha256() : key.secret_sha256())] = std::move(caller);
}

void Note(const v1::ActiveUser& user, People& people) {
  std::vector<access::Role> roles;
  for (const int role : user.roles()) roles.push_back(static_cast<access::Role>(role));
  access::Caller caller = access::CallerWith(user.name(), std::move(roles));
  caller.scope = user.scope();
  people.users[user.name()] = std::make_shared<const access::Caller>(std::move(caller));
}

void Note(const v1::FollowKeysResponse& part, Systems& systems, People& people) {
  for (const v1::ActiveKey& key : part.keys()) Note(key, systems);
  for (const v1::ActiveUser& user : part.users()) Note(user, people);
  for (const v1::SigningKey& key : part.signing_keys()) people.token_keys[key.id()] = key.public_key();
  people.ended_sessions.insert(part.ended_sessions().begin(), part.ended_sessions().end());
}

}  // namespace

KeyFollower::KeyFollower(Authenticator& authenticator, std::shared_ptr<grpc::Channel> identity, std::string suite_key)
    : authenticator_(authenticator),
      identity_(std::move(identity)),
      suite_key_(std::move(suite_key)),
      thread_([this] { Run(); }) {}

KeyFollower::~KeyFollower() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
    if (call_ != nullptr) call_->TryCancel();
  }
  stop_.notify_all();
  thread_.join();
}

bool KeyFollower::Pause(absl::Duration time) {
  std::unique_lock<std::mutex> lock(mutex_);
  stop_.wait_for(lock, absl::ToChronoNanoseconds(time), [this] { return stopping_; });
  return !stopping_;
}

void KeyFollower::Run() {
  Backoff backoff(kAgainFirst, kAgainMost);
  while (true) {
    if (Follow()) backoff = Backoff(kAgainFirst, kAgainMost);
    if (!Pause(backoff.Next())) return;
  }
}

bool KeyFollower::Follow() {
  grpc::ClientContext context;
  context.AddMetadata("authorization", absl::StrCat("Bearer ", suite_key_));
  context.set_deadline(std::chrono::system_clock::now() + kCallMost);
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (stopping_) return false;
    call_ = &context;
  }
  const auto stub = v1::KeyDirectory::NewStub(identity_);
  const auto reader = stub->FollowKeys(&context, v1::FollowKeysRequest());
  bool learnt = false;
  Systems systems;
  People people;
  for (v1::FollowKeysResponse part; reader->Read(&part);) {
    Note(part, systems, people);
    if (!part.complete()) continue;
    authenticator_.Learn(std::exchange(systems, {}), std::exchange(people, {}));
    learnt = true;
  }
  const grpc::Status status = reader->Finish();
  const std::lock_guard<std::mutex> lock(mutex_);
  call_ = nullptr;
  if (status.ok()) authenticator_.Confirm();
  if (learnt && !status.ok() && !stopping_) {
    spdlog::info("lost the register of identities, code {}; asking again", static_cast<int>(status.error_code()));
  }
  return learnt;
}

}  // namespace kechuang::rpc
