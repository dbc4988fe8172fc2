#include "services/identity/token_keyring.h"

#include <fcntl.h>
#include <sodium.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <iterator>
#include <optional>
#include <system_error>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

#include "common/base/error.h"
#include "common/base/status_macros.h"
#include "common/rpc/authenticator.h"
#include "kechuang/api/v1/reasons.pb.h"

namespace kechuang::identity {
namespace {

namespace fs = std::filesystem;

constexpr auto kLookEvery = std::chrono::milliseconds(200);
// From a key's making until it signs: services hear of it within two seconds.
constexpr absl::Duration kToldBy = absl::Seconds(5);
// Beyond the life of the last token, for clocks that differ.
constexpr absl::Duration kSlack = absl::Minutes(1);

absl::Status BadFolder(const std::string& path, absl::string_view english, absl::string_view chinese) {
  return Refuse(absl::StatusCode::kFailedPrecondition, api::v1::INTERNAL_FAULT)
      .Says(absl::StrCat("the signing key ", path, " ", english), absl::StrCat("签名密钥 ", path, " ", chinese));
}

std::string PathOf(const std::string& folder, absl::Time made) {
  return absl::StrCat(folder, "/token-", absl::ToUnixMicros(made), ".key");
}

// When the key of a file of this name was made; nothing if the name is another's.
std::optional<absl::Time> MadeOf(absl::string_view name) {
  int64_t micros = 0;
  if (!absl::ConsumePrefix(&name, "token-") || !absl::ConsumeSuffix(&name, ".key")) return std::nullopt;
  if (!absl::SimpleAtoi(name, &micros)) return std::nullopt;
  return absl::FromUnixMicros(micros);
}

std::string NewSeed() {
  std::string seed(rpc::kSeedBytes, '\0');
  randombytes_buf(seed.data(), seed.size());
  std::string text = absl::WebSafeBase64Escape(seed);
  while (!text.empty() && text.back() == '=') text.pop_back();
  sodium_memzero(seed.data(), seed.size());
  return text;
}

absl::StatusOr<std::shared_ptr<const rpc::TokenSigner>> SignerIn(const std::string& path) {
  ASSIGN_OR_RETURN(const std::string text, rpc::ReadKeyFile(path));
  std::string seed;
  if (!absl::WebSafeBase64Unescape(text, &seed) || seed.size() != rpc::kSeedBytes) {
    return BadFolder(path, "holds no seed of 32 bytes in base64url", "中没有 base64url 形式的 32 字节种子");
  }
  return std::make_shared<const rpc::TokenSigner>(seed);
}

}  // namespace

absl::Status AddTokenKey(const std::string& folder, absl::Time now) {
  if (sodium_init() < 0) return BadFolder(folder, "cannot be made without random numbers", "无法取得随机数");
  const std::string path = PathOf(folder, now);
  const std::string made = path + ".new";
  const std::string text = NewSeed() + "\n";
  // Whole or not at all under its name, and never readable by others, not for a moment.
  const int file = open(made.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0) return BadFolder(made, "cannot be written", "无法写入");
  const bool written = write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && fsync(file) == 0;
  close(file);
  std::error_code error;
  if (written) fs::rename(made, path, error);
  if (written && !error) return absl::OkStatus();
  fs::remove(made, error);
  return BadFolder(path, "cannot be written", "无法写入");
}

absl::StatusOr<std::unique_ptr<TokenKeyring>> TokenKeyring::Open(std::string folder, absl::Duration token_time,
                                                                 const Clock& clock) {
  std::unique_ptr<TokenKeyring> keyring(new TokenKeyring(std::move(folder), token_time, clock));
  RETURN_IF_ERROR(keyring->Read());
  if (keyring->signers_.empty()) {
    RETURN_IF_ERROR(AddTokenKey(keyring->folder_, clock.Now()));
    RETURN_IF_ERROR(keyring->Read());
  }
  return keyring;
}

absl::Status TokenKeyring::Read() {
  Signers signers;
  std::error_code error;
  fs::directory_iterator entry(folder_, error);
  for (; !error && entry != fs::directory_iterator(); entry.increment(error)) {
    const std::optional<absl::Time> made = MadeOf(entry->path().filename().string());
    if (!made.has_value()) continue;
    const auto held = signers_.find(*made);
    if (held != signers_.end()) {
      signers.insert(*held);
    } else {
      ASSIGN_OR_RETURN(signers[*made], SignerIn(entry->path().string()));
    }
  }
  if (error) return BadFolder(folder_, "has a folder that cannot be read", "所在的文件夹无法读取");
  signers_ = std::move(signers);
  looked_ = std::chrono::steady_clock::now();
  return absl::OkStatus();
}

void TokenKeyring::RemoveExpired() {
  const absl::Time now = clock_.Now();
  while (signers_.size() > 1) {
    const absl::Time next_signs = std::next(signers_.begin())->first + kToldBy;
    if (now < next_signs + token_time_ + kSlack) return;
    std::error_code error;
    fs::remove(PathOf(folder_, signers_.begin()->first), error);
    signers_.erase(signers_.begin());
  }
}

void TokenKeyring::LookAgain() {
  if (std::chrono::steady_clock::now() - looked_ < kLookEvery) return;
  const size_t before = signers_.size();
  if (const absl::Status read = Read(); !read.ok()) {
    // The keys that are known go on.
    looked_ = std::chrono::steady_clock::now();
    spdlog::error("{}", std::string(read.message()));
    return;
  }
  if (signers_.size() != before) spdlog::info("{} signing keys are known", signers_.size());
  RemoveExpired();
}

std::shared_ptr<const rpc::TokenSigner> TokenKeyring::signer() {
  const std::lock_guard<std::mutex> lock(mutex_);
  LookAgain();
  const absl::Time told = clock_.Now() - kToldBy;
  auto newest = signers_.upper_bound(told);
  // A first key is known to all before anybody can log in.
  if (newest != signers_.begin()) --newest;
  return newest->second;
}

rpc::TokenKeys TokenKeyring::public_keys() {
  const std::lock_guard<std::mutex> lock(mutex_);
  LookAgain();
  rpc::TokenKeys keys;
  for (const auto& [made, signer] : signers_) keys[signer->id()] = signer->public_key();
  return keys;
}

}  // namespace kechuang::identity
