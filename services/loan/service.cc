#include "services/loan/service.h"

#include "kechuang/loan/v1/loan_service.pb.h"
#include "services/loan/handlers.h"

namespace kechuang::loan {

std::unique_ptr<RegisterService<LoanDesk>> MakeLoanService(LoanDesk& desk) {
  auto service = std::make_unique<RegisterService<LoanDesk>>("kechuang.loan.v1.LoanService", desk);
  AddPoolHandlers(*service);
  AddBankHandlers(*service);
  AddLoanHandlers(*service);
  AddMoneyHandlers(*service);
  AddTotalsHandlers(*service);
  AddImportHandlers(*service);
  return service;
}

}  // namespace kechuang::loan
