#include "services/identity/password.h"

#include <sodium.h>

#include <array>
#include <cstdint>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

#include "common/base/error.h"
#include "common/base/fatal.h"
#include "common/base/status_macros.h"
#include "kechuang/api/v1/reasons.pb.h"
#include "kechuang/identity/v1/reasons.pb.h"

namespace kechuang::identity {
namespace {

constexpr int kBusyMost = 2;
// Each holds a thread of the server, which has sixteen for all blocking calls.
constexpr int kWaitingMost = 8;

absl::Status TooManyLogins() {
  return Refuse(absl::StatusCode::kResourceExhausted, api::v1::OVERLOADED)
      .RetryAfter(absl::Seconds(1))
      .Says("too many log in at this moment; try again shortly", "当前登录人数过多，请稍后再试");
}

absl::Status OutOfTime() {
  return Refuse(absl::StatusCode::kDeadlineExceeded, api::v1::DEADLINE)
      .Says("the time given ran out before the password could be checked", "在核对密码之前时限已到");
}

// Code points: bytes that begin one.
int LengthOf(absl::string_view text) {
  int length = 0;
  for (const char c : text) length += (static_cast<unsigned char>(c) & 0xC0) != 0x80 ? 1 : 0;
  return length;
}

int KindsIn(absl::string_view text) {
  std::array<bool, 4> has = {};
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    has[absl::ascii_islower(byte) ? 0 : absl::ascii_isupper(byte) ? 1 : absl::ascii_isdigit(byte) ? 2 : 3] = true;
  }
  return has[0] + has[1] + has[2] + has[3];
}

// An id of one or two letters is in many a word; a password must only not be it.
bool HoldsId(absl::string_view password, absl::string_view id) {
  constexpr size_t kLongEnough = 3;
  return id.size() < kLongEnough ? password == id : absl::StrContains(password, id);
}

std::string HashNow(const std::string& password) {
  std::string hash(crypto_pwhash_STRBYTES, '\0');
  if (crypto_pwhash_str(hash.data(), password.data(), password.size(), crypto_pwhash_OPSLIMIT_INTERACTIVE,
                        crypto_pwhash_MEMLIMIT_INTERACTIVE) != 0) {
    return "";
  }
  hash.resize(hash.find('\0'));
  return hash;
}

}  // namespace

absl::Status CheckPassword(absl::string_view password, absl::string_view user_id, const PeoplePolicy& policy) {
  Faults faults;
  if (LengthOf(password) < policy.password_length_least) {
    faults.Add("new_password", v1::PASSWORD_WEAK,
               absl::StrCat("must have at least ", policy.password_length_least, " characters"),
               absl::StrCat("至少须有 ", policy.password_length_least, " 个字符"));
  }
  if (KindsIn(password) < policy.password_kinds_least) {
    faults.Add("new_password", v1::PASSWORD_WEAK,
               absl::StrCat("must have characters of ", policy.password_kinds_least,
                            " kinds out of small letters, capitals, digits and others"),
               absl::StrCat("须包含小写字母、大写字母、数字、其他字符中的至少 ", policy.password_kinds_least, " 类"));
  }
  if (HoldsId(absl::AsciiStrToLower(password), absl::AsciiStrToLower(user_id))) {
    faults.Add("new_password", v1::PASSWORD_WEAK, "must not hold the user's id", "不得包含用户标识");
  }
  return faults.status();
}

std::string NewPassword() {
  constexpr absl::string_view kLetters = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
  constexpr int kGroups = 4;
  constexpr int kGroupLength = 4;
  if (sodium_init() < 0) Fatal("the system gives no random numbers");
  std::string password;
  for (int i = 0; i < kGroups * kGroupLength; ++i) {
    if (i > 0 && i % kGroupLength == 0) password += '-';
    password += kLetters[randombytes_uniform(static_cast<uint32_t>(kLetters.size()))];
  }
  return password;
}

// A place among those who may hash, from its making to its end.
class PasswordHasher::Turn {
 public:
  explicit Turn(PasswordHasher& hasher) : hasher_(hasher) {}
  ~Turn() {
    if (!held_) return;
    {
      const std::lock_guard<std::mutex> lock(hasher_.mutex_);
      --hasher_.busy_;
    }
    hasher_.turn_.notify_one();
  }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

  absl::Status Take(absl::Time deadline) {
    std::unique_lock<std::mutex> lock(hasher_.mutex_);
    if (hasher_.busy_ >= kBusyMost && hasher_.waiting_ >= kWaitingMost) return TooManyLogins();
    ++hasher_.waiting_;
    held_ = hasher_.turn_.wait_until(lock, absl::ToChronoTime(deadline), [this] { return hasher_.busy_ < kBusyMost; });
    --hasher_.waiting_;
    if (!held_) return OutOfTime();
    ++hasher_.busy_;
    return absl::OkStatus();
  }

 private:
  PasswordHasher& hasher_;
  bool held_ = false;
};

PasswordHasher::PasswordHasher() {
  if (sodium_init() < 0) Fatal("the library for passwords does not start");
  of_nobody_ = HashNow(NewPassword());
  if (of_nobody_.empty()) Fatal("there is no memory to hash a password");
}

absl::StatusOr<std::string> PasswordHasher::Hash(const std::string& password, absl::Time deadline) {
  Turn turn(*this);
  RETURN_IF_ERROR(turn.Take(deadline));
  std::string hash = HashNow(password);
  if (hash.empty()) return TooManyLogins();  // no memory
  return hash;
}

absl::StatusOr<bool> PasswordHasher::Verify(const std::string& hash, const std::string& password, absl::Time deadline) {
  Turn turn(*this);
  RETURN_IF_ERROR(turn.Take(deadline));
  return crypto_pwhash_str_verify(hash.c_str(), password.data(), password.size()) == 0;
}

bool PasswordHasher::IsStale(const std::string& hash) {
  return crypto_pwhash_str_needs_rehash(hash.c_str(), crypto_pwhash_OPSLIMIT_INTERACTIVE,
                                        crypto_pwhash_MEMLIMIT_INTERACTIVE) != 0;
}

}  // namespace kechuang::identity
