#ifndef KECHUANG_SERVICES_ENTERPRISE_SERVICE_H_
#define KECHUANG_SERVICES_ENTERPRISE_SERVICE_H_

#include <memory>
#include <vector>

#include "common/ledger/kind.h"
#include "common/ledger/register.h"
#include "common/register/register_service.h"
#include "common/register/run.h"
#include "common/rpc/service.h"
#include "services/enterprise/handlers.h"

namespace kechuang::enterprise {

// Enterprise, Certification and AnnualStatement.
std::vector<ledger::Kind> EnterpriseKinds();

// The methods of kechuang.enterprise.v1.EnterpriseService over a register, which outlives it.
class EnterpriseService {
 public:
  explicit EnterpriseService(ledger::Register& ledger);
  EnterpriseService(const EnterpriseService&) = delete;
  EnterpriseService& operator=(const EnterpriseService&) = delete;

  rpc::MethodTable& table() { return service_.table(); }

 private:
  EnterpriseDependencies dependencies_;
  RegisterService<EnterpriseDependencies> service_;
};

// The register's program. make_services puts the service into the given place, which outlives the program.
RegisterProgram EnterpriseProgram(std::unique_ptr<EnterpriseService>& service);

}  // namespace kechuang::enterprise

#endif  // KECHUANG_SERVICES_ENTERPRISE_SERVICE_H_
