#ifndef KECHUANG_SERVICES_ENTERPRISE_TESTING_H_
#define KECHUANG_SERVICES_ENTERPRISE_TESTING_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"

#include "common/base/error.h"
#include "common/domain/credit_code.h"
#include "common/domain/day.h"
#include "kechuang/enterprise/v1/enterprise.pb.h"
#include "services/enterprise/rules.h"

namespace kechuang::enterprise {

// What the tests of this service share.

inline Day DayOf(absl::string_view text) { return Day::Parse(text).value(); }

// A right code, another for each number below a million.
inline std::string CodeOf(int number) { return MakeCreditCode("91640105", absl::StrFormat("MA%06d", number)); }

// An enterprise as a caller asks for it.
inline v1::Enterprise AskedEnterprise(absl::string_view enterprise_name, int number = 1) {
  v1::Enterprise enterprise;
  enterprise.set_credit_code(CodeOf(number));
  enterprise.set_enterprise_name(std::string(enterprise_name));
  return enterprise;
}

// An enterprise as the register holds it.
inline v1::Enterprise MadeEnterprise(absl::string_view enterprise_name, int number = 1) {
  return Register(AskedEnterprise(enterprise_name, number), "", DayOf("2023-02-20")).value();
}

inline v1::Certification AskedCertification(v1::CertificationClass held, absl::string_view issued,
                                            absl::string_view expires = "", absl::string_view number = "") {
  v1::Certification certification;
  certification.set_certification_class(held);
  *certification.mutable_issue_date() = DayOf(issued).ToProto();
  if (!expires.empty()) *certification.mutable_expire_date() = DayOf(expires).ToProto();
  certification.set_certificate_number(std::string(number));
  return certification;
}

// The reason of a status's one faulty field; empty if there is none.
inline std::string Faulted(const absl::Status& status) {
  const auto bad = DetailOf<google::rpc::BadRequest>(status);
  if (!bad.has_value() || bad->field_violations().empty()) return ReasonOf(status);
  return bad->field_violations(0).reason();
}

}  // namespace kechuang::enterprise

#endif  // KECHUANG_SERVICES_ENTERPRISE_TESTING_H_
