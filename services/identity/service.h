#ifndef KECHUANG_SERVICES_IDENTITY_SERVICE_H_
#define KECHUANG_SERVICES_IDENTITY_SERVICE_H_

#include <memory>
#include <vector>

#include "common/ledger/register.h"
#include "common/register/register_service.h"
#include "common/register/run.h"
#include "common/rpc/service.h"

namespace kechuang::identity {

// What the handlers stand on.
struct IdentityDesk {
  ledger::Register& ledger;
};

// kechuang.identity.v1.IdentityService and KeyDirectory over a register. Lives as long as its methods are served;
// threads may share it.
class IdentityService {
 public:
  explicit IdentityService(ledger::Register& ledger);
  IdentityService(const IdentityService&) = delete;
  IdentityService& operator=(const IdentityService&) = delete;

  // Those of IdentityService, and of KeyDirectory.
  std::vector<rpc::MethodTable*> methods() { return {&service_.table(), &directory_.table()}; }

 private:
  IdentityDesk desk_;
  RegisterService<IdentityDesk> service_;
  rpc::Service<IdentityDesk> directory_;
};

// The register's program. make_services puts the service into the given place, which outlives the program.
RegisterProgram IdentityProgram(std::unique_ptr<IdentityService>& service);

}  // namespace kechuang::identity

#endif  // KECHUANG_SERVICES_IDENTITY_SERVICE_H_
