#include "services/identity/follow_keys.h"

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "absl/time/time.h"

#include "common/base/status_macros.h"
#include "common/rpc/access_token.h"
#include "kechuang/identity/v1/key.pb.h"
#include "kechuang/identity/v1/user.pb.h"

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
  active.set_certificate_sha256(key.certificate_sha256());
  *active.mutable_roles() = key.roles();
  active.set_scope(key.scope());
  if (key.has_expire_time()) *active.mutable_expire_time() = key.expire_time();
}

void Add(const v1::User& user, v1::FollowKeysResponse& part) {
  if (user.state() == v1::USER_STATE_DISABLED) return;
  v1::ActiveUser& active = *part.add_users();
  active.set_name(user.name());
  *active.mutable_roles() = user.roles();
  active.set_scope(user.scope());
}

// What is told besides the records.
struct Beside {
  rpc::TokenKeys token_keys;
  std::vector<std::string> ended_sessions;

  bool operator==(const Beside&) const = default;
};

absl::StatusOr<Beside> ReadBeside(IdentityDesk& desk) {
  Beside beside;
  beside.token_keys = desk.accounts->keyring->public_keys();
  ASSIGN_OR_RETURN(beside.ended_sessions,
                   desk.accounts->sessions.Ended(absl::Now() + kReadTimeMax, desk.ledger.clock().Now()));
  return beside;
}

// Sends all records of a kind that the query lets through, a page a message.
template <class Record>
absl::Status SendAll(ledger::Register& ledger, const ledger::ListQuery& query, KeyStream& stream) {
  const auto send = [&](int64_t, const std::vector<std::unique_ptr<Message>>& records) {
    v1::FollowKeysResponse part;
    for (const std::unique_ptr<Message>& record : records) Add(static_cast<const Record&>(*record), part);
    return stream.Write(part) ? absl::OkStatus() : FollowerLeft();
  };
  return ledger.Export(absl::Now() + kReadTimeMax, Record::descriptor(), query, send);
}

absl::Status Send(ledger::Register& ledger, const Beside& beside, KeyStream& stream) {
  ledger::ListQuery active;
  active.filter = "state = ACTIVE";
  RETURN_IF_ERROR(SendAll<v1::Key>(ledger, active, stream));
  RETURN_IF_ERROR(SendAll<v1::User>(ledger, ledger::ListQuery(), stream));
  v1::FollowKeysResponse end;
  for (const auto& [id, public_key] : beside.token_keys) {
    v1::SigningKey& key = *end.add_signing_keys();
    key.set_id(id);
    key.set_public_key(public_key);
  }
  for (const std::string& session : beside.ended_sessions) end.add_ended_sessions(session);
  end.set_complete(true);
  return stream.Write(end) ? absl::OkStatus() : FollowerLeft();
}

absl::Status Follow(IdentityDesk& desk, KeyStream& stream, const std::atomic<bool>& ending) {
  ledger::CommitBell& bell = desk.ledger.commit_bell();
  const absl::Time end = absl::Now() + kFollowTime;
  int64_t sent = -1;
  Beside sent_beside;
  while (!ending && absl::Now() < end) {
    const int64_t rung = bell.count();
    // The head before the records: what comes between is told twice, and never missed.
    ASSIGN_OR_RETURN(const ledger::Head head, desk.ledger.ReadHead(absl::Now() + kReadTimeMax));
    ASSIGN_OR_RETURN(Beside beside, ReadBeside(desk));
    if (head.sequence > sent || !(beside == sent_beside)) {
      RETURN_IF_ERROR(Send(desk.ledger, beside, stream));
      sent = head.sequence;
      sent_beside = std::move(beside);
      continue;
    }
    bell.Wait(rung, std::min(end, absl::Now() + kLookAgain), [&] { return ending.load(); });
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status FollowKeys(IdentityDesk& desk, const rpc::Call&, KeyStream& stream) {
  v1::FollowKeysRequest request;
  stream.Read(request);
  std::atomic<bool> ending = false;
  stream.WhenEnding([&] {
    ending = true;
    desk.ledger.commit_bell().Wake();
  });
  absl::Status status = Follow(desk, stream, ending);
  stream.WhenEnding(nullptr);
  return status;
}

}  // namespace kechuang::identity
