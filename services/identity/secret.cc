#include "services/identity/secret.h"

#include <openssl/rand.h>

#include <array>

#include "absl/strings/escaping.h"
#include "absl/strings/string_view.h"

#include "common/base/fatal.h"

namespace kechuang::identity {

std::string NewSecret() {
  std::array<unsigned char, 32> bits;
  // Without randomness no key is safe, and none is made.
  if (RAND_bytes(bits.data(), static_cast<int>(bits.size())) != 1) Fatal("the system gives no random numbers");
  std::string text =
      absl::WebSafeBase64Escape(absl::string_view(reinterpret_cast<const char*>(bits.data()), bits.size()));
  while (!text.empty() && text.back() == '=') text.pop_back();
  return text;
}

}  // namespace kechuang::identity
