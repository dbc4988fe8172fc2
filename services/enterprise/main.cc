#include <memory>

#include "common/register/run.h"
#include "services/enterprise/schema.h"
#include "services/enterprise/service.h"

int main(int argc, char** argv) {
  std::unique_ptr<kechuang::enterprise::EnterpriseService> service;
  kechuang::RegisterProgram program;
  program.area = "enterprise";
  program.journal_service = "kechuang.enterprise.v1.EnterpriseJournal";
  program.migrations = kechuang::enterprise::EnterpriseMigrations();
  program.versions = {1, 1};
  program.kinds = kechuang::enterprise::EnterpriseKinds();
  program.make_service = [&service](kechuang::ledger::Register& ledger,
                                    kechuang::rpc::Channels&) -> kechuang::rpc::MethodTable& {
    service = std::make_unique<kechuang::enterprise::EnterpriseService>(ledger);
    return service->table();
  };
  return kechuang::RunRegister(argc, argv, program);
}
