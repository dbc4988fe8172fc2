#ifndef KECHUANG_SERVICES_IDENTITY_ONE_TIME_CODE_H_
#define KECHUANG_SERVICES_IDENTITY_ONE_TIME_CODE_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

// Codes that last half a minute (TOTP, RFC 6238): 6 digits, HMAC-SHA-1, which is what authenticator apps know.
namespace kechuang::identity {

// A new secret: 160 random bits.
std::string NewCodeSecret();
// Bytes in base32, as people type a secret in, and back; nothing for a text that is none.
std::string Base32Of(absl::string_view bytes);
std::optional<std::string> BytesOfBase32(absl::string_view text);
// The URI that authenticator apps read: "otpauth://totp/kechuang:zhang-wei?secret=...".
std::string CodeUri(absl::string_view user_id, absl::string_view secret);
// The step of half a minute that a code is of, if it is of the present one or a neighbour; nothing otherwise.
std::optional<int64_t> StepOfCode(absl::string_view secret, absl::string_view code, absl::Time now);

}  // namespace kechuang::identity

#endif  // KECHUANG_SERVICES_IDENTITY_ONE_TIME_CODE_H_
