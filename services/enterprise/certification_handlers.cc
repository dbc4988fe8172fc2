#include <utility>

#include "common/base/status_macros.h"
#include "common/domain/resource_name.h"
#include "common/register/update_mask.h"
#include "services/enterprise/certification_rules.h"
#include "services/enterprise/handlers.h"

namespace kechuang::enterprise {
namespace {

// The key of the number as a hint of what the decision will look up; none if the number is not unique.
std::vector<std::string> KeysOf(const v1::Certification& certification) {
  const std::string key = CertificateKey(certification);
  return key.empty() ? std::vector<std::string>() : std::vector<std::string>{key};
}

absl::Status CheckNumber(ledger::Draft& draft, const v1::Certification& certification) {
  const std::string key = CertificateKey(certification);
  if (key.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::vector<std::string> holders, draft.FindByKey(key));
  return CheckNumberIsFree(certification, holders);
}

}  // namespace

absl::StatusOr<v1::Certification> Store(ledger::Draft& draft, const Certified& certified) {
  RETURN_IF_ERROR(CheckNumber(draft, certified.certification));
  RETURN_IF_ERROR(draft.Put(certified.enterprise).status());
  return draft.Put(certified.certification);
}

absl::StatusOr<Change<v1::Certification>> GrantCertification(EnterpriseDependencies&, const rpc::Call&,
                                                             const v1::GrantCertificationRequest& request) {
  v1::Certification asked = request.certification();
  ClearOutputOnly(asked);
  return Change<v1::Certification>{
      {request.parent()},
      [asked, parent = request.parent()](ledger::Draft& draft) -> absl::StatusOr<v1::Certification> {
        ASSIGN_OR_RETURN(v1::Enterprise enterprise, draft.Get<v1::Enterprise>(parent));
        ASSIGN_OR_RETURN(const Certified granted, Grant(std::move(enterprise), asked, Today(draft)));
        return Store(draft, granted);
      },
      KeysOf(asked)};
}

absl::StatusOr<Change<v1::Certification>> RenewCertification(EnterpriseDependencies&, const rpc::Call&,
                                                             const v1::RenewCertificationRequest& request) {
  v1::Certification asked;
  asked.set_certificate_number(request.certificate_number());
  *asked.mutable_issue_date() = request.issue_date();
  if (request.has_expire_date()) *asked.mutable_expire_date() = request.expire_date();
  const std::string parent = ParentOf(request.name());
  return Change<v1::Certification>{
      {parent, request.name()},
      [asked, parent, name = request.name(),
       etag = request.etag()](ledger::Draft& draft) -> absl::StatusOr<v1::Certification> {
        ASSIGN_OR_RETURN(v1::Certification old, draft.Get<v1::Certification>(name, etag));
        ASSIGN_OR_RETURN(v1::Enterprise enterprise, draft.Get<v1::Enterprise>(parent));
        ASSIGN_OR_RETURN(Renewed renewed, Renew(std::move(enterprise), std::move(old), asked, Today(draft)));
        RETURN_IF_ERROR(draft.Put(renewed.old).status());
        return Store(draft, {std::move(renewed.enterprise), std::move(renewed.renewal)});
      }};
}

absl::StatusOr<Change<v1::Certification>> RevokeCertification(EnterpriseDependencies&, const rpc::Call&,
                                                              const v1::RevokeCertificationRequest& request) {
  ASSIGN_OR_RETURN(const Day day, Day::FromProto(request.revoked_date()));
  const std::string parent = ParentOf(request.name());
  return Change<v1::Certification>{
      {parent, request.name()},
      [day, parent, name = request.name(), etag = request.etag(),
       reason = request.reason()](ledger::Draft& draft) -> absl::StatusOr<v1::Certification> {
        ASSIGN_OR_RETURN(v1::Certification held, draft.Get<v1::Certification>(name, etag));
        ASSIGN_OR_RETURN(v1::Enterprise enterprise, draft.Get<v1::Enterprise>(parent));
        ASSIGN_OR_RETURN(const Certified revoked,
                         Revoke(std::move(enterprise), std::move(held), day, reason, Today(draft)));
        RETURN_IF_ERROR(draft.Put(revoked.enterprise).status());
        return draft.Put(revoked.certification);
      }};
}

}  // namespace kechuang::enterprise
