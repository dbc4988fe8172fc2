#include "services/identity/token_keyring.h"

#include <sys/stat.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "common/base/error.h"
#include "tests/support/temp_folder.h"

namespace kechuang::identity {
namespace {

namespace fs = std::filesystem;
using ::kechuang::testing::TempFolder;
using ::testing::SizeIs;

class HandClock : public Clock {
 public:
  absl::Time Now() const override { return absl::FromUnixSeconds(seconds_); }
  void Advance(int64_t seconds) { seconds_ += seconds; }

 private:
  std::atomic<int64_t> seconds_ = 1'700'000'000;
};

class TokenKeyringTest : public ::testing::Test {
 protected:
  std::unique_ptr<TokenKeyring> Opened() {
    auto keyring = TokenKeyring::Open(folder_.path(), absl::Minutes(10), clock_);
    EXPECT_TRUE(keyring.ok()) << keyring.status();
    return keyring.ok() ? *std::move(keyring) : nullptr;
  }
  // Waits until the keyring, which looks at its folder now and then, knows so many keys.
  static void Await(TokenKeyring& keyring, size_t count) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (keyring.public_keys().size() != count && std::chrono::steady_clock::now() < end) std::this_thread::yield();
    EXPECT_THAT(keyring.public_keys(), SizeIs(count));
  }

  const TempFolder folder_;
  HandClock clock_;
};

TEST_F(TokenKeyringTest, MakesAFirstKeyForItsOwnerAloneAndKeepsIt) {
  const std::string id = Opened()->signer()->id();
  EXPECT_EQ(Opened()->signer()->id(), id);
  size_t files = 0;
  for (const auto& entry : fs::directory_iterator(folder_.path())) {
    ++files;
    EXPECT_EQ(fs::status(entry.path()).permissions(), fs::perms::owner_read | fs::perms::owner_write);
  }
  EXPECT_EQ(files, 1U);
}

TEST_F(TokenKeyringTest, SignsWithANewKeyOnceAllHaveHeardOfIt) {
  const auto keyring = Opened();
  const std::string first = keyring->signer()->id();
  clock_.Advance(100);
  ASSERT_TRUE(AddTokenKey(folder_.path(), clock_.Now()).ok());
  Await(*keyring, 2);
  clock_.Advance(4);
  EXPECT_EQ(keyring->signer()->id(), first);
  clock_.Advance(1);
  EXPECT_NE(keyring->signer()->id(), first);
  EXPECT_TRUE(keyring->public_keys().contains(first));
}

TEST_F(TokenKeyringTest, ForgetsAKeyWhoseTokensHaveAllExpired) {
  const auto keyring = Opened();
  const std::string first = keyring->signer()->id();
  clock_.Advance(100);
  ASSERT_TRUE(AddTokenKey(folder_.path(), clock_.Now()).ok());
  Await(*keyring, 2);
  clock_.Advance(5 + 600 + 59);
  Await(*keyring, 2);
  clock_.Advance(1);
  Await(*keyring, 1);
  EXPECT_FALSE(keyring->public_keys().contains(first));
  EXPECT_EQ(Opened()->signer()->id(), keyring->signer()->id());
}

TEST_F(TokenKeyringTest, TakesNoKeyThatOthersMayReadOrThatIsNone) {
  const std::string path = absl::StrCat(folder_.path(), "/token-1.key");
  std::ofstream(path) << std::string(43, 'A') << "\n";
  ASSERT_EQ(chmod(path.c_str(), 0644), 0);
  EXPECT_FALSE(TokenKeyring::Open(folder_.path(), absl::Minutes(10), clock_).ok());
  ASSERT_EQ(chmod(path.c_str(), 0600), 0);
  EXPECT_TRUE(TokenKeyring::Open(folder_.path(), absl::Minutes(10), clock_).ok());
  std::ofstream(path) << "AAAA\n";
  const absl::Status status = TokenKeyring::Open(folder_.path(), absl::Minutes(10), clock_).status();
  EXPECT_THAT(std::string(status.message()), ::testing::HasSubstr("no seed"));
}

}  // namespace
}  // namespace kechuang::identity
