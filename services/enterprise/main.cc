#include <memory>

#include "common/register/run.h"
#include "services/enterprise/service.h"

int main(int argc, char** argv) {
  std::unique_ptr<kechuang::enterprise::EnterpriseService> service;
  return kechuang::RunRegister(argc, argv, kechuang::enterprise::EnterpriseProgram(service));
}
