#include <memory>

#include "common/register/run.h"
#include "services/loan/schema.h"
#include "services/loan/service.h"
#include "services/loan/totals.h"

int main(int argc, char** argv) {
  using kechuang::loan::LoanDesk;
  std::unique_ptr<LoanDesk> desk;
  std::unique_ptr<kechuang::RegisterService<LoanDesk>> service;
  kechuang::RegisterProgram program;
  program.area = "loan";
  program.journal_service = "kechuang.loan.v1.LoanJournal";
  program.port_offset = 2;
  program.migrations = kechuang::loan::LoanMigrations();
  program.versions = {1, 1};
  program.kinds = kechuang::loan::LoanKinds();
  program.make_service = [&](kechuang::ledger::Register& ledger,
                             kechuang::rpc::Channels& channels) -> kechuang::rpc::MethodTable& {
    desk = std::make_unique<LoanDesk>(ledger, channels);
    service = kechuang::loan::MakeLoanService(*desk);
    return service->table();
  };
  return kechuang::RunRegister(argc, argv, program);
}
