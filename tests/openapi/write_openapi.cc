// Prints the OpenAPI document of all services, for the validator.
#include <cstdio>
#include <string>
#include <vector>

#include "services/gateway/gateway.h"
#include "services/gateway/openapi.h"

int main() {
  std::vector<const google::protobuf::ServiceDescriptor*> services;
  for (const char* area : {"enterprise", "loan", "contract", "report"}) {
    for (const google::protobuf::ServiceDescriptor* service : kechuang::gateway::ServicesOf(area)) {
      services.push_back(service);
    }
  }
  const std::string document = kechuang::gateway::OpenApiJson(services);
  return std::fwrite(document.data(), 1, document.size(), stdout) == document.size() ? 0 : 1;
}
