#include "services/contract/import_rules.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/message_differencer.h"

#include "common/base/error.h"
#include "common/base/status_macros.h"
#include "common/domain/division.h"
#include "kechuang/contract/v1/reasons.pb.h"
#include "services/contract/content.h"
#include "services/contract/life_cycle.h"

namespace kechuang::contract::rules {
namespace {

using google::protobuf::util::MessageDifferencer;

absl::Status RowNotRegistered(const v1::Contract& row, absl::string_view lacks, absl::string_view lacks_chinese) {
  return kechuang::Refuse(absl::StatusCode::kInvalidArgument, v1::ROW_NOT_REGISTERED)
      .Says(absl::StrCat("the row \"", row.contract_name(), "\" has no ", lacks,
                         "; only registered contracts are imported, others are created and submitted"),
            absl::StrCat("“", row.contract_name(), "”缺少", lacks_chinese,
                         "；只能导入已登记的合同，未登记的合同请新建并提交"));
}

absl::Status RowContractClosed(const v1::Contract& held) {
  const absl::string_view state = StateText(held.state());
  return kechuang::Refuse(absl::StatusCode::kFailedPrecondition, v1::ROW_CONTRACT_CLOSED)
      .About(held.name())
      .With("state", state)
      .Says(absl::StrCat("the row would change ", held.name(), ", which is ", state),
            absl::StrCat("该行与合同 ", held.name(), " 的内容不一致，而该合同已为 ", state, " 状态，不能更改"));
}

// The registry that a new row belongs to: the one it states, else the known division inside a 16-digit number (year 4 +
// division 6 + serial 6), else this service's own.
std::string RegistryOf(const v1::Contract& row, const Policy& policy) {
  if (!row.registry_division_code().empty()) return row.registry_division_code();
  const std::string& number = row.registration_number();
  if (number.size() == 16 && FindDivision(number.substr(4, 6)) != nullptr) return number.substr(4, 6);
  return policy.registry_division_code;
}

v1::RuleSet RuleSetOf(const v1::Contract& contract, const Policy& policy) {
  const absl::StatusOr<Day> day = Day::FromProto(contract.registration_date());
  return day.ok() && *day < policy.rs2026_from ? v1::RULE_SET_RS2000 : v1::RULE_SET_RS2026;
}

absl::Status CheckFact(const v1::Contract& contract, Day today) {
  Faults faults;
  CheckRegistered(contract, faults);
  CheckConsistent(contract, faults);
  ASSIGN_OR_RETURN(const Day registered, Day::FromProto(contract.registration_date()));
  if (registered > today) {
    faults.Add("contract.registration_date", v1::DATE_IN_FUTURE,
               absl::StrCat("the registration date ", registered.ToString(), " is after today, ", today.ToString()),
               absl::StrCat("登记日期 ", registered.ToString(), " 晚于今天 ", today.ToString()));
  }
  return faults.status();
}

}  // namespace

absl::Status CheckRowNumber(const v1::Contract& row) {
  if (row.registration_number().empty()) return RowNotRegistered(row, "registration number", "合同登记编号");
  return absl::OkStatus();
}

absl::StatusOr<v1::Contract> ImportNew(v1::Contract row, const Policy& policy, Day today) {
  RETURN_IF_ERROR(CheckRowNumber(row));
  v1::Contract contract = Tidy(std::move(row));
  if (!contract.has_registration_date()) return RowNotRegistered(contract, "registration date", "登记日期");
  RETURN_IF_ERROR(CheckFact(contract, today));
  contract.set_name(absl::StrCat("contracts/", contract.registration_number()));
  contract.set_state(v1::CONTRACT_STATE_REGISTERED);
  contract.set_source(v1::CONTRACT_SOURCE_IMPORT);
  contract.set_registry_division_code(RegistryOf(contract, policy));
  contract.set_rule_set(RuleSetOf(contract, policy));
  contract.set_version(1);
  return contract;
}

absl::StatusOr<v1::Contract> ImportAgain(const v1::Contract& held, const v1::Contract& cleared, v1::Contract row,
                                         const Policy& policy, Day today) {
  row.clear_name();
  v1::Contract merged = cleared;
  if (row.documents_size() > 0) merged.clear_documents();  // a list is stated whole
  if (row.contract_class() != v1::CONTRACT_CLASS_UNSPECIFIED && row.contract_class() != held.contract_class()) {
    merged.clear_subclass();  // one of the old class would not fit
  }
  merged.MergeFrom(row);
  merged = Tidy(std::move(merged));
  if (MessageDifferencer::Equals(merged, held)) return held;
  if (held.state() != v1::CONTRACT_STATE_REGISTERED) return RowContractClosed(held);
  RETURN_IF_ERROR(CheckFact(merged, today));
  if (held.source() == v1::CONTRACT_SOURCE_IMPORT) merged.set_rule_set(RuleSetOf(merged, policy));
  return merged;
}

}  // namespace kechuang::contract::rules
