#ifndef KECHUANG_SERVICES_LOAN_ENTERPRISE_TEST_PROCESS_H_
#define KECHUANG_SERVICES_LOAN_ENTERPRISE_TEST_PROCESS_H_

#include <sys/types.h>

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

#include "common/rpc/call.h"
#include "common/rpc/channels.h"

namespace kechuang::loan::testing {

// The enterprise program itself, and the identity program that tells it who may call, on the test's private database:
// what a loan's eligibility is asked of. One for the
// whole test process, started at first use and killed with it.
class EnterpriseProcess {
 public:
  static EnterpriseProcess& Shared();

  std::string address() const;

  // Enters an enterprise in division 640105 under the number's credit code, with a certificate of class HNTE issued on
  // hnte_from if that is not empty; its resource name.
  std::string Enter(int number, const std::string& enterprise_name, absl::string_view hnte_from);

  // A right credit code, another for each number below a million.
  static std::string CodeOf(int number);

 private:
  EnterpriseProcess();

  // Whether the program comes to answer calls.
  bool Serves();
  template <class Response, class Request>
  Response Ask(const Request& request);

  int port_base_ = 0;
  std::unique_ptr<rpc::Channels> channels_;
};

}  // namespace kechuang::loan::testing

#endif  // KECHUANG_SERVICES_LOAN_ENTERPRISE_TEST_PROCESS_H_
