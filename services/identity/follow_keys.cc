#include "services/identity/follow_keys.h"

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include "absl/time/clock.h"
#include "absl/time/time.h"

#include "common/base/status_macros.h"
#include "kechuang/identity/v1/key.pb.h"

namespace kechuang::identity {
namespace {

using google::protobuf::Message;
using KeyStream = rpc::Stream<v1::FollowKeysRequest, v1::FollowKeysResponse>;

constexpr absl::Duration kFollowTime = absl::Minutes(1);
constexpr absl::Duration kReadTimeMax = absl::Seconds(10);
// How soon the changes that other replicas commit are seen; those of this process are seen at once.
constexpr absl::Duration kLookAgain = absl::Milliseconds(500);

absl::Status FollowerLeft() { return absl::CancelledError("the follower is gone"); }

void Add(const v1::Key& key, v1::FollowKeysResponse& part) {
  v1::ActiveKey& active = *part.add_keys();
  active.set_name(key.name());
  active.set_secret_sha256(key.secret_sha256());
  *active.mutable_roles() = key.roles();
  active.set_scope(key.scope());
  if (key.has_expire_time()) *active.mutable_expire_time() = key.expire_time();
}

// Sends all active keys, a page a message. The journal's sequence that they stand at.
absl::StatusOr<int64_t> SendKeys(ledger::Register& ledger, KeyStream& stream) {
  int64_t shown = 0;
  ledger::ListQuery active;
  active.filter = "state = ACTIVE";
  const auto send = [&](int64_t sequence, const std::vector<std::unique_ptr<Message>>& records) {
    shown = sequence;
    v1::FollowKeysResponse part;
    for (const std::unique_ptr<Message>& record : records) Add(static_cast<const v1::Key&>(*record), part);
    return stream.Write(part) ? absl::OkStatus() : FollowerLeft();
  };
  RETURN_IF_ERROR(ledger.Export(absl::Now() + kReadTimeMax, v1::Key::descriptor(), active, send));
  v1::FollowKeysResponse end;
  end.set_complete(true);
  if (!stream.Write(end)) return FollowerLeft();
  return shown;
}

absl::Status Follow(ledger::Register& ledger, KeyStream& stream, const std::atomic<bool>& ending) {
  const absl::Time end = absl::Now() + kFollowTime;
  int64_t sent = -1;
  while (!ending && absl::Now() < end) {
    const int64_t rung = ledger.commit_bell().count();
    ASSIGN_OR_RETURN(const ledger::Head head, ledger.ReadHead(absl::Now() + kReadTimeMax));
    if (head.sequence > sent) {
      ASSIGN_OR_RETURN(const int64_t shown, SendKeys(ledger, stream));
      sent = std::max(head.sequence, shown);
      continue;
    }
    ledger.commit_bell().Wait(rung, std::min(end, absl::Now() + kLookAgain), [&] { return ending.load(); });
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status FollowKeys(ledger::Register& ledger, const rpc::Call&, KeyStream& stream) {
  v1::FollowKeysRequest request;
  stream.Read(request);
  std::atomic<bool> ending = false;
  stream.WhenEnding([&] {
    ending = true;
    ledger.commit_bell().Wake();
  });
  absl::Status status = Follow(ledger, stream, ending);
  stream.WhenEnding(nullptr);
  return status;
}

}  // namespace kechuang::identity
