#include "services/identity/one_time_code.h"

#include <liboath/oath.h>
#include <sodium.h>

#include <array>
#include <cstdlib>

#include "absl/strings/str_cat.h"

#include "common/base/fatal.h"

namespace kechuang::identity {
namespace {

constexpr int64_t kStepSeconds = 30;
constexpr unsigned kDigits = 6;
constexpr size_t kSecretBytes = 20;

// The libraries want to be started; both may be started again.
void StartLibraries() {
  static const bool started = sodium_init() >= 0 && oath_init() == OATH_OK;
  if (!started) Fatal("the library for one-time codes does not start");
}

}  // namespace

std::string NewCodeSecret() {
  StartLibraries();
  std::string secret(kSecretBytes, '\0');
  randombytes_buf(secret.data(), secret.size());
  return secret;
}

std::string Base32Of(absl::string_view bytes) {
  StartLibraries();
  char* text = nullptr;
  size_t length = 0;
  if (oath_base32_encode(bytes.data(), bytes.size(), &text, &length) != OATH_OK) Fatal("no memory for a secret");
  std::string copy(text, length);
  std::free(text);  // the library's own, from malloc
  return copy;
}

std::optional<std::string> BytesOfBase32(absl::string_view text) {
  StartLibraries();
  char* bytes = nullptr;
  size_t length = 0;
  if (oath_base32_decode(text.data(), text.size(), &bytes, &length) != OATH_OK) return std::nullopt;
  std::string copy(bytes, length);
  std::free(bytes);
  return copy;
}

std::string CodeUri(absl::string_view user_id, absl::string_view secret) {
  return absl::StrCat("otpauth://totp/kechuang:", user_id, "?secret=", Base32Of(secret),
                      "&issuer=kechuang&algorithm=SHA1&digits=6&period=30");
}

std::optional<int64_t> StepOfCode(absl::string_view secret, absl::string_view code, absl::Time now) {
  StartLibraries();
  if (code.size() != kDigits) return std::nullopt;
  const int64_t present = absl::ToUnixSeconds(now) / kStepSeconds;
  std::optional<int64_t> found;
  for (const int64_t step : {present - 1, present, present + 1}) {
    std::array<char, kDigits + 1> right = {};
    const int made =
        oath_totp_generate(secret.data(), secret.size(), step * kStepSeconds, kStepSeconds, 0, kDigits, right.data());
    if (made == OATH_OK && sodium_memcmp(right.data(), code.data(), kDigits) == 0) found = step;
  }
  return found;
}

}  // namespace kechuang::identity
