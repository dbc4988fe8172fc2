#ifndef KECHUANG_COMMON_RPC_TEST_CALLER_H_
#define KECHUANG_COMMON_RPC_TEST_CALLER_H_

#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"

#include "common/base/sha256.h"
#include "common/rpc/authenticator.h"

namespace kechuang::rpc {

// For tests: knows one key, of a caller "keys/test" that may do what these roles grant, by default all of them; and the
// suite's own, if one is given.
class OneKeyAuthenticator : public Authenticator {
 public:
  explicit OneKeyAuthenticator(absl::string_view key, std::vector<access::Role> roles = access::Policy::Get().roles(),
                               absl::string_view suite_key = "")
      : Authenticator(suite_key) {
    CallersByDigest callers;
    callers[Sha256(key)] = std::make_shared<const access::Caller>(access::CallerWith("keys/test", std::move(roles)));
    Learn({std::move(callers)});
  }
};

}  // namespace kechuang::rpc

#endif  // KECHUANG_COMMON_RPC_TEST_CALLER_H_
