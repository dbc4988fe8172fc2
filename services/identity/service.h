#ifndef KECHUANG_SERVICES_IDENTITY_SERVICE_H_
#define KECHUANG_SERVICES_IDENTITY_SERVICE_H_

#include <memory>
#include <vector>

#include "common/ledger/register.h"
#include "common/register/register_service.h"
#include "common/register/run.h"
#include "common/rpc/service.h"
#include "services/identity/desk.h"

namespace kechuang::identity {

// kechuang.identity.v1.IdentityService and KeyDirectory over a register. Lives as long as its methods are served;
// threads may share it.
class IdentityService {
 public:
  // accounts is filled before the first call.
  IdentityService(ledger::Register& ledger, const std::unique_ptr<Accounts>& accounts);
  IdentityService(const IdentityService&) = delete;
  IdentityService& operator=(const IdentityService&) = delete;

  // Those of IdentityService, and of KeyDirectory.
  std::vector<rpc::MethodTable*> methods() { return {&service_.table(), &directory_.table()}; }

 private:
  IdentityDesk desk_;
  RegisterService<IdentityDesk> service_;
  rpc::Service<IdentityDesk> directory_;
};

// The register's program. make_services puts the service into the given place, prepare the accounts into theirs; both
// outlive the program.
RegisterProgram IdentityProgram(std::unique_ptr<IdentityService>& service, std::unique_ptr<Accounts>& accounts);

}  // namespace kechuang::identity

#endif  // KECHUANG_SERVICES_IDENTITY_SERVICE_H_
