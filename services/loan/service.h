#ifndef KECHUANG_SERVICES_LOAN_SERVICE_H_
#define KECHUANG_SERVICES_LOAN_SERVICE_H_

#include <memory>

#include "common/ledger/register.h"
#include "common/register/register_service.h"
#include "common/register/run.h"
#include "common/rpc/channels.h"
#include "common/rpc/service.h"
#include "services/loan/enterprises.h"

namespace kechuang::loan {

// What the handlers of the loan register stand on.
struct LoanDesk {
  LoanDesk(ledger::Register& loan_register, rpc::Channels& channels) : ledger(loan_register), enterprises(channels) {}

  ledger::Register& ledger;
  Enterprises enterprises;
};

// The methods of kechuang.loan.v1.LoanService over a register; it and the channels outlive the service.
class LoanService {
 public:
  LoanService(ledger::Register& ledger, rpc::Channels& channels);
  LoanService(const LoanService&) = delete;
  LoanService& operator=(const LoanService&) = delete;

  rpc::MethodTable& table() { return service_.table(); }

 private:
  LoanDesk desk_;
  RegisterService<LoanDesk> service_;
};

// The register's program. make_services puts the service into the given place, which outlives the program.
RegisterProgram LoanProgram(std::unique_ptr<LoanService>& service);

}  // namespace kechuang::loan

#endif  // KECHUANG_SERVICES_LOAN_SERVICE_H_
