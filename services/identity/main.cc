#include <memory>

#include "common/register/run.h"
#include "services/identity/service.h"

int main(int argc, char** argv) {
  std::unique_ptr<kechuang::identity::IdentityService> service;
  return kechuang::RunRegister(argc, argv, kechuang::identity::IdentityProgram(service));
}
