#ifndef KECHUANG_SERVICES_CONTRACT_TEST_CONTRACT_H_
#define KECHUANG_SERVICES_CONTRACT_TEST_CONTRACT_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "google/rpc/error_details.pb.h"

#include "common/base/error.h"
#include "common/domain/day.h"
#include "kechuang/contract/v1/contract.pb.h"

// Contracts and readings that the tests of this folder share.
namespace kechuang::contract {

inline Day DayOf(int year, int month, int day) { return *Day::Of(year, month, day); }

// A draft that may be submitted: 500,000.00 yuan, of which 400,000.00 technical.
inline v1::Contract CompleteDraft() {
  v1::Contract contract;
  contract.set_name("contracts/d-1");
  contract.set_contract_name("高效节能电机控制系统开发");
  contract.set_contract_class(v1::CONTRACT_CLASS_DEVELOPMENT);
  contract.set_subclass(v1::CONTRACT_SUBCLASS_COMMISSIONED_DEVELOPMENT);
  contract.set_legacy_class(v1::CONTRACT_CLASS_DEVELOPMENT);
  contract.set_state(v1::CONTRACT_STATE_DRAFT);
  contract.mutable_seller()->set_party_name("宁夏示例大学");
  contract.mutable_seller()->set_credit_code("11640103010094039Q");
  contract.mutable_seller()->set_party_type("022");
  contract.mutable_seller()->set_division_code("640105");
  contract.mutable_buyer()->set_party_name("银川示例电机有限公司");
  contract.mutable_buyer()->set_party_type("150");
  contract.mutable_buyer()->set_division_code("640104");
  *contract.mutable_signing_date() = DayOf(2022, 3, 1).ToProto();
  contract.set_total_amount_fen(50'000'000);
  contract.set_technical_amount_fen(40'000'000);
  contract.set_technology_field(v1::TECHNOLOGY_FIELD_ADVANCED_MANUFACTURING);
  contract.set_ip_type(v1::IP_TYPE_TECHNICAL_SECRET);
  v1::Document& document = *contract.add_documents();
  document.set_kind(v1::DOCUMENT_KIND_CONTRACT_TEXT);
  document.set_title("技术开发合同.pdf");
  contract.set_registry_division_code("640105");
  contract.set_source(v1::CONTRACT_SOURCE_FILED);
  return contract;
}

// The row of a list that says the least that a registered contract needs.
inline v1::Contract LeastRow() {
  v1::Contract row;
  row.set_registration_number("2022640105000001");
  *row.mutable_registration_date() = DayOf(2022, 3, 5).ToProto();
  row.set_contract_name("节水灌溉技术服务");
  row.set_contract_class(v1::CONTRACT_CLASS_SERVICE);
  row.mutable_seller()->set_party_name("宁夏示例节水技术公司");
  row.mutable_buyer()->set_party_name("示例农业合作社");
  row.set_total_amount_fen(30'000'000);
  return row;
}

// "field: reason" of every field fault in the status, in order.
inline std::vector<std::string> FaultsOf(const absl::Status& status) {
  std::vector<std::string> faults;
  const auto bad_request = DetailOf<google::rpc::BadRequest>(status);
  if (!bad_request.has_value()) return faults;
  for (const auto& violation : bad_request->field_violations()) {
    faults.push_back(absl::StrCat(violation.field(), ": ", violation.reason()));
  }
  return faults;
}

}  // namespace kechuang::contract

#endif  // KECHUANG_SERVICES_CONTRACT_TEST_CONTRACT_H_
