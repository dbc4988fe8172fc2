#ifndef KECHUANG_COMMON_RPC_CALL_H_
#define KECHUANG_COMMON_RPC_CALL_H_

#include <cstddef>
#include <memory>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

#include "common/access/caller.h"

namespace kechuang::rpc {

// The metadata by which a caller says why it wants to see personal data unmasked, percent-encoded UTF-8; of REST the
// header Kc-Reveal-Reason.
inline constexpr char kRevealReason[] = "kc-reveal-reason";
inline constexpr size_t kRevealReasonMax = 200;  // characters

// The metadata by which a service says who it is when it asks another one in a caller's name: its area, a blank, the
// suite's key.
inline constexpr char kFromService[] = "kc-from-service";

// Who calls, what, and until when. Read from the wire before any handler runs.
struct Call {
  std::string method;         // "kechuang.loan.v1.LoanService/DisburseLoan"
  std::string actor;          // who the credential belongs to, as it stands on journals: "keys/statistics-office"
  std::string credential;     // as CredentialOf gives it, passed on to other services of the suite; never logged
  std::string request_id;     // the request's request_id field; empty if it has none
  std::string reason;         // why the caller does it: the request's reason field; empty if it has none
  std::string reveal_reason;  // what kRevealReason says; empty: the caller sees personal data masked
  bool validate_only = false;
  bool urgent = false;                           // the method's option: refused last
  std::shared_ptr<const access::Caller> caller;  // the same with its roles; of every call from the wire
  absl::Time deadline = absl::InfiniteFuture();  // at most 60 s from arrival for a unary call

  // The record whose rows alone the caller sees; empty for all.
  absl::string_view scope() const { return caller == nullptr ? absl::string_view() : caller->scope; }
};

}  // namespace kechuang::rpc

#endif  // KECHUANG_COMMON_RPC_CALL_H_
