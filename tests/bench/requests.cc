#include "tests/bench/requests.h"

#include "absl/strings/str_cat.h"

#include "kechuang/contract/v1/contract_service.pb.h"
#include "kechuang/enterprise/v1/enterprise_service.pb.h"

namespace kechuang::bench {
namespace {

constexpr int kPageSize = 100;

// A draft as a district files it.
std::string CreateContract(const std::string& prefix, int64_t number) {
  contract::v1::CreateContractRequest request;
  request.set_contract_id(absl::StrCat(prefix, "-", number));
  contract::v1::Contract& contract = *request.mutable_contract();
  contract.set_contract_name(absl::StrCat("节水灌溉控制系统技术开发合同 ", number));
  contract.mutable_seller()->set_party_name("银川启明智控科技有限公司");
  contract.mutable_seller()->set_division_code("640105");
  contract.mutable_buyer()->set_party_name("吴忠市绿源农业发展有限公司");
  contract.mutable_buyer()->set_division_code("640302");
  contract.set_total_amount_fen(30'000'000);
  contract.set_technical_amount_fen(25'000'000);
  return request.SerializeAsString();
}

std::string GetContract(const std::vector<std::string>& names, int64_t number) {
  contract::v1::GetContractRequest request;
  // A large odd stride: neighbouring calls read rows that do not lie side by side.
  request.set_name(names[static_cast<size_t>(number * 7919) % names.size()]);
  return request.SerializeAsString();
}

std::string ListContracts(const std::string& token) {
  contract::v1::ListContractsRequest request;
  request.set_page_size(kPageSize);
  request.set_filter("state = REGISTERED");
  request.set_page_token(token);
  return request.SerializeAsString();
}

// A year that kc gen fills first, so that registers of all sizes have contracts in it.
constexpr int kTotalsYear = 2024;

std::string ContractTotals() {
  contract::v1::GetContractTotalsRequest request;
  request.set_year(kTotalsYear);
  request.add_group_by(contract::v1::TOTALS_DIMENSION_CLASS);
  request.add_group_by(contract::v1::TOTALS_DIMENSION_TECHNOLOGY_FIELD);
  return request.SerializeAsString();
}

std::string SearchEnterprises(int64_t number) {
  static constexpr const char* kWords[] = {"智控", "启明", "新材料", "科技", "软件", "农业", "装备", "生物"};
  enterprise::v1::SearchEnterprisesRequest request;
  request.set_query(kWords[static_cast<size_t>(number) % std::size(kWords)]);
  return request.SerializeAsString();
}

}  // namespace

Requests RequestsNamed(const std::string& name, const RequestContext& context) {
  constexpr char kContracts[] = "/kechuang.contract.v1.ContractService/";
  if (name == "create-contract") {
    return {absl::StrCat(kContracts, "CreateContract"),
            [prefix = context.prefix](int64_t number) { return CreateContract(prefix, number); }};
  }
  if (name == "get-contract") {
    return {absl::StrCat(kContracts, "GetContract"),
            [names = context.names](int64_t number) { return GetContract(names, number); }};
  }
  if (name == "list-contracts") {
    return {absl::StrCat(kContracts, "ListContracts"),
            [request = ListContracts(context.token)](int64_t) { return request; }};
  }
  if (name == "contract-totals") {
    return {absl::StrCat(kContracts, "GetContractTotals"), [request = ContractTotals()](int64_t) { return request; }};
  }
  if (name == "search-enterprises") {
    return {"/kechuang.enterprise.v1.EnterpriseService/SearchEnterprises", &SearchEnterprises};
  }
  return {};
}

}  // namespace kechuang::bench
