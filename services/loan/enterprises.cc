#include "services/loan/enterprises.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

#include "common/base/error.h"
#include "common/base/status_macros.h"
#include "kechuang/enterprise/v1/enterprise_service.pb.h"
#include "kechuang/loan/v1/reasons.pb.h"

namespace kechuang::loan {
namespace {

constexpr absl::string_view kArea = "enterprise";
constexpr absl::string_view kService = "kechuang.enterprise.v1.EnterpriseService";

absl::Status Unknown(absl::string_view wanted) {
  return Refuse(absl::StatusCode::kNotFound, v1::ENTERPRISE_UNKNOWN)
      .With("enterprise", wanted)
      .Says(absl::StrCat("the enterprise register knows no enterprise '", wanted, "'; enter it there first"),
            absl::StrCat("企业登记中没有“", wanted, "”，请先登记该企业"));
}

absl::Status Ambiguous(absl::string_view wanted, int count) {
  return Refuse(absl::StatusCode::kFailedPrecondition, v1::ENTERPRISE_UNKNOWN)
      .With("enterprise", wanted)
      .With("match_count", count)
      .Says(absl::StrCat("'", wanted, "' is the name of ", count, " enterprises; give the credit code"),
            absl::StrCat("有 ", count, " 家企业名为“", wanted, "”，请填写统一社会信用代码"));
}

template <class Response, class Request>
absl::StatusOr<Response> AskEnterprise(rpc::Channels& channels, const rpc::Call& call, const Request& request) {
  Response response;
  const std::string method = rpc::MethodTaking(kService, Request::descriptor(), Response::descriptor());
  RETURN_IF_ERROR(channels.Ask(call, kArea, method, request, response));
  return response;
}

}  // namespace

absl::StatusOr<enterprise::v1::Enterprise> Enterprises::Get(const rpc::Call& call, absl::string_view name) {
  enterprise::v1::GetEnterpriseRequest request;
  request.set_name(std::string(name));
  absl::StatusOr<enterprise::v1::Enterprise> found =
      AskEnterprise<enterprise::v1::Enterprise>(channels_, call, request);
  if (absl::IsNotFound(found.status())) return Unknown(name);
  return found;
}

absl::StatusOr<enterprise::v1::Enterprise> Enterprises::Resolve(const rpc::Call& call, absl::string_view import_id,
                                                                absl::string_view credit_code,
                                                                absl::string_view enterprise_name) {
  const absl::string_view wanted = credit_code.empty() ? enterprise_name : credit_code;
  const std::string key = absl::StrCat(import_id, "|", wanted);
  {
    absl::MutexLock lock(&mutex_);
    const auto kept = kept_.find(key);
    if (kept != kept_.end()) return kept->second;
  }
  enterprise::v1::ResolveEnterprisesRequest request;
  enterprise::v1::EnterpriseReference* reference = request.add_references();
  reference->set_credit_code(std::string(credit_code));
  reference->set_enterprise_name(std::string(enterprise_name));
  ASSIGN_OR_RETURN(const auto response,
                   AskEnterprise<enterprise::v1::ResolveEnterprisesResponse>(channels_, call, request));
  if (response.results_size() != 1 || response.results(0).match_count() == 0) return Unknown(wanted);
  if (response.results(0).match_count() > 1) return Ambiguous(wanted, response.results(0).match_count());
  absl::MutexLock lock(&mutex_);
  if (kept_.emplace(key, response.results(0).enterprise()).second) kept_order_.push_back(key);
  if (kept_order_.size() > kKeptMax) {
    kept_.erase(kept_order_.front());
    kept_order_.pop_front();
  }
  return response.results(0).enterprise();
}

}  // namespace kechuang::loan
