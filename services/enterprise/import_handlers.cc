#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"

#include "common/base/error.h"
#include "common/base/status_macros.h"
#include "common/domain/credit_code.h"
#include "common/register/clear_mask.h"
#include "common/register/update_mask.h"
#include "common/rpc/validate.h"
#include "kechuang/enterprise/v1/reasons.pb.h"
#include "services/enterprise/handlers.h"
#include "services/enterprise/matching.h"
#include "services/enterprise/rules.h"
#include "services/enterprise/totals.h"

namespace kechuang::enterprise {
namespace {

using ::google::protobuf::FieldMask;
using ::kechuang::ledger::v1::RowOutcome;

absl::Status RowEmpty(absl::string_view field) {
  Faults faults;
  faults.Add(field, v1::ROW_EMPTY, "the row names no enterprise: give its credit code or its exact name",
             "本行没有企业：请填写统一社会信用代码或企业全称");
  return faults.status();
}

absl::Status EnterpriseUnknown(absl::string_view asked) {
  return Refuse(absl::StatusCode::kFailedPrecondition, v1::ENTERPRISE_UNKNOWN)
      .With("enterprise", asked)
      .Says(absl::StrCat("no enterprise is registered as '", asked, "'; import the enterprises first"),
            absl::StrCat("企业库中没有“", asked, "”，请先导入企业"));
}

absl::Status EnterpriseAmbiguous(absl::string_view asked, size_t bearers) {
  return Refuse(absl::StatusCode::kFailedPrecondition, v1::ENTERPRISE_AMBIGUOUS)
      .With("enterprise", asked)
      .Says(absl::StrCat(bearers, " enterprises bear or bore the name '", asked, "'; give the credit code"),
            absl::StrCat("有 ", bearers, " 家企业现用或曾用名称“", asked, "”，请填写统一社会信用代码"));
}

RowOutcome OutcomeOf(absl::string_view name, int64_t revision_before, int64_t revision_after) {
  RowOutcome outcome;
  outcome.set_name(std::string(name));
  outcome.set_kind(revision_before == 0                ? RowOutcome::KIND_INSERTED
                   : revision_before == revision_after ? RowOutcome::KIND_UNCHANGED
                                                       : RowOutcome::KIND_CHANGED);
  return outcome;
}

// The enterprise that a certification row means, by code or else by exact name, present or former.
absl::StatusOr<v1::Enterprise> FindEnterprise(ledger::Draft& draft, const v1::ImportCertificationRow& row) {
  if (!row.credit_code().empty()) {
    const std::string code = NormaliseCode(row.credit_code());
    ASSIGN_OR_RETURN(std::optional<v1::Enterprise> found, draft.Find<v1::Enterprise>(EnterpriseNameOf(code)));
    if (!found.has_value()) return EnterpriseUnknown(code);
    return *std::move(found);
  }
  ASSIGN_OR_RETURN(const std::vector<std::string> names, draft.FindByKey(NameKey(row.enterprise_name())));
  std::vector<v1::Enterprise> bearers;
  for (const std::string& name : names) {
    ASSIGN_OR_RETURN(v1::Enterprise candidate, draft.Get<v1::Enterprise>(name));
    if (Bears(candidate, row.enterprise_name())) bearers.push_back(std::move(candidate));
  }
  if (bearers.empty()) return EnterpriseUnknown(row.enterprise_name());
  if (bearers.size() > 1) return EnterpriseAmbiguous(row.enterprise_name(), bearers.size());
  return std::move(bearers.front());
}

// Makes the enterprise of the row's code, or changes what the row says of it.
absl::StatusOr<RowOutcome> TakeEnterprise(ledger::Draft& draft, const v1::Enterprise& row,
                                          const FieldMask& clear_mask) {
  ASSIGN_OR_RETURN(const v1::Enterprise made, Register(row, "", Today(draft)));
  ASSIGN_OR_RETURN(const std::optional<v1::Enterprise> held, draft.Find<v1::Enterprise>(made.name()));
  if (!held.has_value()) {
    ASSIGN_OR_RETURN(const v1::Enterprise stored, draft.Create(made));
    return OutcomeOf(stored.name(), 0, stored.revision());
  }
  v1::Enterprise cleared = *held;
  ClearFields(clear_mask, cleared);
  ASSIGN_OR_RETURN(const v1::Enterprise merged, MergeRow(*held, cleared, row, Today(draft)));
  ASSIGN_OR_RETURN(const v1::Enterprise stored, draft.Put(merged));
  return OutcomeOf(stored.name(), held->revision(), stored.revision());
}

// Enters the row's certification under its enterprise, or changes what the row says of the one that is held.
absl::StatusOr<RowOutcome> TakeCertification(ledger::Draft& draft, const v1::ImportCertificationRow& row,
                                             const FieldMask& clear_mask) {
  ASSIGN_OR_RETURN(v1::Enterprise enterprise, FindEnterprise(draft, row));
  const std::string name = HeldCertification(enterprise, row.certification());
  if (name.empty()) {
    ASSIGN_OR_RETURN(const Certified made, EnterPast(std::move(enterprise), row.certification(), Today(draft)));
    ASSIGN_OR_RETURN(const v1::Certification stored, Store(draft, made));
    return OutcomeOf(stored.name(), 0, stored.revision());
  }
  ASSIGN_OR_RETURN(const v1::Certification held, draft.Get<v1::Certification>(name));
  v1::Certification cleared = held;
  ClearFields(clear_mask, cleared);
  ASSIGN_OR_RETURN(const Certified merged,
                   MergeRow(std::move(enterprise), held, cleared, row.certification(), Today(draft)));
  ASSIGN_OR_RETURN(const v1::Certification stored, Store(draft, merged));
  return OutcomeOf(stored.name(), held.revision(), stored.revision());
}

absl::StatusOr<Change<RowOutcome>> ImportEnterprise(v1::Enterprise row, const FieldMask& clear_mask) {
  ClearOutputOnly(row);
  RETURN_IF_ERROR(CheckClearMask(row, clear_mask, "enterprise"));
  const std::string name = EnterpriseNameOf(NormaliseCode(row.credit_code()));
  Change<RowOutcome> change;
  change.new_names = {name};
  change.decide = [row = std::move(row), clear_mask](ledger::Draft& draft) {
    return TakeEnterprise(draft, row, clear_mask);
  };
  return change;
}

absl::StatusOr<Change<RowOutcome>> ImportCertification(v1::ImportCertificationRow row, const FieldMask& clear_mask) {
  Faults faults;
  rpc::CheckMessage(row, "certification", faults);  // what it must state: left open below a mask otherwise
  RETURN_IF_ERROR(faults.status());
  ClearOutputOnly(*row.mutable_certification());
  RETURN_IF_ERROR(CheckClearMask(row.certification(), clear_mask, "certification.certification"));
  if (row.credit_code().empty() && row.enterprise_name().empty()) return RowEmpty("certification.enterprise_name");
  Change<RowOutcome> change;
  if (!row.credit_code().empty()) {
    change.names.push_back(EnterpriseNameOf(NormaliseCode(row.credit_code())));
  } else {
    change.keys.push_back(NameKey(row.enterprise_name()));
  }
  if (std::string key = CertificateKey(row.certification()); !key.empty()) change.keys.push_back(std::move(key));
  change.decide = [row = std::move(row), clear_mask](ledger::Draft& draft) {
    return TakeCertification(draft, row, clear_mask);
  };
  return change;
}

}  // namespace

absl::StatusOr<Change<RowOutcome>> ImportEnterpriseRow(EnterpriseDependencies&, const rpc::Call&,
                                                       const ::kechuang::ledger::v1::ImportSource&,
                                                       const v1::ImportEnterprisesRow& row) {
  switch (row.record_case()) {
    case v1::ImportEnterprisesRow::kEnterprise:
      return ImportEnterprise(row.enterprise(), row.clear_mask());
    case v1::ImportEnterprisesRow::kCertification:
      return ImportCertification(row.certification(), row.clear_mask());
    case v1::ImportEnterprisesRow::RECORD_NOT_SET:
      return RowEmpty("record");
  }
  return RowEmpty("record");
}

}  // namespace kechuang::enterprise
