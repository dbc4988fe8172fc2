#include "common/rpc/authenticator.h"

#include <openssl/crypto.h>
#include <sys/stat.h>

#include <fstream>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

#include "common/base/error.h"
#include "common/base/sha256.h"
#include "kechuang/api/v1/reasons.pb.h"

namespace kechuang::rpc {
namespace {

constexpr char kActor[] = "keys/admin";

absl::Status BadKeyFile(const std::string& path, absl::string_view english, absl::string_view chinese) {
  return Refuse(absl::StatusCode::kFailedPrecondition, api::v1::UNAUTHENTICATED_CALLER)
      .Says(absl::StrCat("the key file ", path, " ", english), absl::StrCat("密钥文件 ", path, " ", chinese));
}

}  // namespace

Authenticator::Authenticator(absl::string_view key) : digest_(Sha256(key)) {}

absl::StatusOr<Authenticator> Authenticator::FromFile(const std::string& path) {
  struct stat status;
  if (stat(path.c_str(), &status) != 0) return BadKeyFile(path, "cannot be read", "无法读取");
  if ((status.st_mode & 077) != 0) return BadKeyFile(path, "must have mode 0600", "权限必须为 0600");
  std::ifstream file(path);
  std::string key;
  std::getline(file, key);
  absl::StripAsciiWhitespace(&key);
  if (key.empty()) return BadKeyFile(path, "is empty", "为空");
  return Authenticator(key);
}

absl::StatusOr<std::string> Authenticator::Actor(absl::string_view authorization) const {
  const bool bearer = absl::ConsumePrefix(&authorization, "Bearer ");
  const std::string presented = Sha256(authorization);
  if (bearer && CRYPTO_memcmp(presented.data(), digest_.data(), digest_.size()) == 0) return std::string(kActor);
  return Refuse(absl::StatusCode::kUnauthenticated, api::v1::UNAUTHENTICATED_CALLER)
      .Says("the call carries no valid key; send metadata authorization: Bearer <key>",
            "调用没有携带有效密钥，请在元数据中发送 authorization: Bearer <密钥>");
}

}  // namespace kechuang::rpc
