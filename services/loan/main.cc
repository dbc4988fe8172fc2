#include <memory>

#include "common/register/run.h"
#include "services/loan/service.h"

int main(int argc, char** argv) {
  std::unique_ptr<kechuang::loan::LoanService> service;
  return kechuang::RunRegister(argc, argv, kechuang::loan::LoanProgram(service));
}
