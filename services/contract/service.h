#ifndef KECHUANG_SERVICES_CONTRACT_SERVICE_H_
#define KECHUANG_SERVICES_CONTRACT_SERVICE_H_

#include <functional>
#include <memory>
#include <vector>

#include "common/ledger/kind.h"
#include "common/ledger/register.h"
#include "common/register/register_service.h"
#include "common/register/run.h"
#include "common/rpc/service.h"
#include "services/contract/rules.h"

namespace kechuang::contract {

// What the handlers stand on.
struct ContractDependencies {
  ledger::Register& ledger;
  Policy policy;
};

// The kinds of record of this register: contracts, and who saw personal data in them.
std::vector<ledger::Kind> ContractKinds();

// kechuang.contract.v1.ContractService over a register. Lives as long as its methods are served; threads may share it.
class ContractService {
 public:
  ContractService(ledger::Register& ledger, Policy policy);
  ContractService(const ContractService&) = delete;
  ContractService& operator=(const ContractService&) = delete;

  rpc::MethodTable& methods() { return service_.table(); }

 private:
  ContractDependencies dependencies_;
  RegisterService<ContractDependencies> service_;
};

// The register's program. make_services asks for the policy, once the flags are read, and puts the service into the
// given place, which outlives the program.
RegisterProgram ContractProgram(std::unique_ptr<ContractService>& service, std::function<Policy()> policy);

}  // namespace kechuang::contract

#endif  // KECHUANG_SERVICES_CONTRACT_SERVICE_H_
