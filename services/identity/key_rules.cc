#include "services/identity/key_rules.h"

#include <optional>
#include <set>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/util/time_util.h"

#include "common/access/policy.h"
#include "common/base/certificate.h"
#include "common/base/error.h"
#include "common/base/status_macros.h"
#include "common/domain/resource_name.h"
#include "kechuang/api/v1/reasons.pb.h"
#include "kechuang/identity/v1/reasons.pb.h"

namespace kechuang::identity {
namespace {

using google::protobuf::util::TimeUtil;

// Roles that somebody must hold at any time: without them nobody can be given a key, or a right, again.
constexpr v1::Role kAdministration[] = {v1::SYSTEM_ADMINISTRATOR, v1::SECURITY_ADMINISTRATOR};

std::string AdministrationKey(v1::Role role) { return absl::StrCat("administers:", v1::Role_Name(role)); }

absl::Status CheckNotRevoked(const v1::Key& held) {
  if (held.state() != v1::KEY_STATE_REVOKED) return absl::OkStatus();
  return Refuse(absl::StatusCode::kFailedPrecondition, v1::KEY_REVOKED)
      .About(held.name())
      .Says(absl::StrCat(held.name(), " is revoked, which is for good; make another key"),
            absl::StrCat(held.name(), " 已吊销，不能再变更；请新建密钥"));
}

absl::Status CheckExpiry(const v1::Key& key, absl::Time now) {
  if (!key.has_expire_time()) return absl::OkStatus();
  const absl::Time expires = absl::FromUnixMicros(TimeUtil::TimestampToMicroseconds(key.expire_time()));
  if (expires > now) return absl::OkStatus();
  Faults faults;
  faults.Add("key.expire_time", v1::EXPIRED_ALREADY, "has passed already; to end a key now, revoke it",
             "已经过去；如需立即停用，请吊销该密钥");
  return faults.status();
}

// A key ends with its certificate at the latest.
absl::Status CheckAgainstCertificate(v1::Key& key, const Certificate& certificate) {
  const google::protobuf::Timestamp ends = TimeUtil::MicrosecondsToTimestamp(absl::ToUnixMicros(certificate.ends));
  if (!key.has_expire_time()) *key.mutable_expire_time() = ends;
  if (key.expire_time() <= ends) return absl::OkStatus();
  Faults faults;
  faults.Add("key.expire_time", v1::CERTIFICATE_ENDS_BEFORE,
             absl::StrCat("lies after ", TimeUtil::ToString(ends), ", when the certificate ends"),
             absl::StrCat("晚于证书的到期时间 ", TimeUtil::ToString(ends)));
  return faults.status();
}

// What the key names as its certificate.
absl::StatusOr<Certificate> ReadCertificateOf(const v1::Key& key, absl::Time now) {
  const std::optional<Certificate> certificate = ReadCertificate(key.certificate());
  Faults faults;
  if (absl::StrContains(key.certificate(), "PRIVATE KEY")) {
    faults.Add("key.certificate", api::v1::FIELD_MALFORMED,
               "holds a private key, which nobody but its system may have: take it for known, and make another",
               "含有私钥；私钥只能由该系统自己持有，请视为已泄露并重新生成");
  } else if (!certificate.has_value()) {
    faults.Add("key.certificate", api::v1::FIELD_MALFORMED, "holds no X.509 certificate in PEM",
               "中没有 PEM 格式的 X.509 证书");
  } else if (certificate->ends <= now) {
    faults.Add("key.certificate", v1::EXPIRED_ALREADY, "has ended already", "已经过期");
  }
  if (faults.any()) return faults.status();
  return *certificate;
}

absl::Status CheckRoles(const google::protobuf::RepeatedField<int>& roles) {
  Faults faults;
  std::set<int> seen;
  for (int i = 0; i < roles.size(); ++i) {
    const std::string field = absl::StrCat("roles[", i, "]");
    const v1::Role role = static_cast<v1::Role>(roles[i]);
    if (role == v1::ROLE_UNSPECIFIED || !v1::Role_IsValid(role)) {
      faults.Add(field, api::v1::FIELD_UNKNOWN_VALUE, "is no role", "不是有效角色");
    } else if (!seen.insert(role).second) {
      faults.Add(field, api::v1::FIELD_MALFORMED, "comes twice", "重复");
    } else if (roles.size() > 1 && access::Policy::Get().IsApart(role)) {
      faults.Add(field, v1::ROLES_NOT_TOGETHER,
                 absl::StrCat(v1::Role_Name(role), " stands apart: nobody holds it together with another role"),
                 absl::StrCat(v1::Role_Name(role), " 须与其他角色分离，不能由同一主体兼任（三员分立）"));
    }
  }
  return faults.status();
}

// A scope is needed by a role that is bound to one, and by no other.
absl::Status CheckScope(const google::protobuf::RepeatedField<int>& roles, absl::string_view scope) {
  std::string bound_to;
  for (const int role : roles) {
    const std::string collection = access::Policy::Get().BoundTo(static_cast<v1::Role>(role));
    if (!collection.empty()) bound_to = collection;
  }
  Faults faults;
  if (bound_to.empty() && !scope.empty()) {
    faults.Add("scope", v1::SCOPE_MISMATCH, "must be empty: none of these roles is bound to one record's rows",
               "须为空：这些角色不限定数据范围");
  } else if (!bound_to.empty() && !FitsPattern(absl::StrCat(bound_to, "/{id}"), scope)) {
    faults.Add("scope", v1::SCOPE_MISMATCH,
               absl::StrCat("must be the name of the record whose rows the role is bound to: ", bound_to, "/..."),
               absl::StrCat("须为该角色所限定主体的记录名：", bound_to, "/..."));
  }
  return faults.status();
}

absl::Status OwnRoles(absl::string_view name) {
  return Refuse(absl::StatusCode::kFailedPrecondition, v1::OWN_ROLES)
      .About(name)
      .Says(absl::StrCat("the call was made with ", name, " itself; nobody changes their own roles"),
            absl::StrCat("不能用 ", name, " 变更其自身的角色"));
}

}  // namespace

absl::StatusOr<v1::Key> NewKey(v1::Key asked, absl::string_view id, absl::string_view secret_sha256, absl::Time now) {
  RETURN_IF_ERROR(CheckId("key_id", id));
  RETURN_IF_ERROR(CheckExpiry(asked, now));
  asked.set_name(absl::StrCat("keys/", id));
  asked.set_state(v1::KEY_STATE_ACTIVE);
  if (asked.certificate().empty()) {
    asked.set_secret_sha256(std::string(secret_sha256));
    return asked;
  }
  ASSIGN_OR_RETURN(const Certificate certificate, ReadCertificateOf(asked, now));
  asked.set_certificate_sha256(certificate.fingerprint);
  RETURN_IF_ERROR(CheckAgainstCertificate(asked, certificate));
  return asked;
}

absl::StatusOr<v1::Key> Edited(const v1::Key& held, v1::Key edited, absl::Time now) {
  RETURN_IF_ERROR(CheckNotRevoked(held));
  const bool moved = edited.expire_time().SerializeAsString() != held.expire_time().SerializeAsString();
  if (!moved) return edited;
  RETURN_IF_ERROR(CheckExpiry(edited, now));
  if (const auto certificate = ReadCertificate(held.certificate()); certificate.has_value()) {
    RETURN_IF_ERROR(CheckAgainstCertificate(edited, *certificate));
  }
  return edited;
}

absl::StatusOr<v1::Key> WithRoles(const v1::Key& held, const google::protobuf::RepeatedField<int>& roles,
                                  const std::string& scope, absl::string_view actor) {
  RETURN_IF_ERROR(CheckRoles(roles));
  RETURN_IF_ERROR(CheckScope(roles, scope));
  RETURN_IF_ERROR(CheckNotRevoked(held));
  if (held.name() == actor) return OwnRoles(actor);
  v1::Key next = held;
  *next.mutable_roles() = roles;
  next.set_scope(scope);
  return next;
}

absl::StatusOr<v1::Key> Revoked(const v1::Key& held, absl::string_view reason) {
  RETURN_IF_ERROR(CheckNotRevoked(held));
  v1::Key next = held;
  next.set_state(v1::KEY_STATE_REVOKED);
  next.set_revoke_reason(std::string(reason));
  return next;
}

std::vector<std::string> AdministrationKeys(const v1::Key& key) {
  std::vector<std::string> keys;
  if (key.state() != v1::KEY_STATE_ACTIVE || key.has_expire_time()) return keys;
  for (const v1::Role role : kAdministration) {
    for (const int held : key.roles()) {
      if (held == role) keys.push_back(AdministrationKey(role));
    }
  }
  return keys;
}

std::vector<std::string> CertificateKeys(const v1::Key& key) {
  if (key.state() == v1::KEY_STATE_REVOKED) return {};
  const std::optional<Certificate> certificate = ReadCertificate(key.certificate());
  if (!certificate.has_value()) return {};
  return {absl::StrCat("certificate:", certificate->fingerprint)};
}

std::vector<std::string> LookUpKeys(const v1::Key& key) {
  std::vector<std::string> keys = AdministrationKeys(key);
  for (std::string& certificate : CertificateKeys(key)) keys.push_back(std::move(certificate));
  return keys;
}

absl::Status CertificateTaken(absl::string_view holder) {
  return Refuse(absl::StatusCode::kAlreadyExists, v1::CERTIFICATE_TAKEN)
      .About(holder)
      .Says(absl::StrCat("the certificate is that of ", holder, " already, which is active"),
            absl::StrCat("该证书已登记于有效的 ", holder));
}

std::vector<std::string> AllAdministrationKeys() {
  std::vector<std::string> keys;
  for (const v1::Role role : kAdministration) keys.push_back(AdministrationKey(role));
  return keys;
}

absl::Status LastAdministrator(absl::string_view name) {
  return Refuse(absl::StatusCode::kFailedPrecondition, v1::LAST_ADMINISTRATOR)
      .About(name)
      .Says(absl::StrCat(name, " is the last active key of its role that does not expire; without it nobody could ",
                         "administer. Give the role to another key first"),
            absl::StrCat(name, " 是该管理角色最后一个长期有效的密钥；请先将该角色授予其他密钥"));
}

}  // namespace kechuang::identity
