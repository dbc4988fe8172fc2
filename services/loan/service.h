#ifndef KECHUANG_SERVICES_LOAN_SERVICE_H_
#define KECHUANG_SERVICES_LOAN_SERVICE_H_

#include <memory>

#include "common/ledger/register.h"
#include "common/register/register_service.h"
#include "common/rpc/channels.h"
#include "services/loan/enterprises.h"

namespace kechuang::loan {

// What the handlers of the loan register stand on.
struct LoanDesk {
  LoanDesk(ledger::Register& loan_register, rpc::Channels& channels)
      : ledger(loan_register), enterprises(channels) {}

  ledger::Register& ledger;
  Enterprises enterprises;
};

// LoanService over a register of LoanKinds(). The desk outlives what is made here.
std::unique_ptr<RegisterService<LoanDesk>> MakeLoanService(LoanDesk& desk);

}  // namespace kechuang::loan

#endif  // KECHUANG_SERVICES_LOAN_SERVICE_H_
