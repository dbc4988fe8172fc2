#include "services/loan/service.h"

#include "kechuang/loan/v1/loan_service.pb.h"
#include "services/loan/handlers.h"
#include "services/loan/schema.h"
#include "services/loan/totals.h"

namespace kechuang::loan {

LoanService::LoanService(ledger::Register& ledger, rpc::Channels& channels)
    : desk_(ledger, channels), service_("kechuang.loan.v1.LoanService", desk_) {
  AddPoolHandlers(service_);
  AddBankHandlers(service_);
  AddLoanHandlers(service_);
  AddMoneyHandlers(service_);
  AddTotalsHandlers(service_);
  AddImportHandlers(service_);
}

RegisterProgram LoanProgram(std::unique_ptr<LoanService>& service) {
  RegisterProgram program;
  program.area = "loan";
  program.journal_service = "kechuang.loan.v1.LoanJournal";
  program.migrations = LoanMigrations();
  program.versions = {4, 4};
  program.kinds = LoanKinds();
  program.make_services = [&service](ledger::Register& ledger, rpc::Channels& channels) {
    service = std::make_unique<LoanService>(ledger, channels);
    return std::vector<rpc::MethodTable*>{&service->table()};
  };
  return program;
}

}  // namespace kechuang::loan
