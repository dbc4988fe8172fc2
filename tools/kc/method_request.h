#ifndef KECHUANG_TOOLS_KC_METHOD_REQUEST_H_
#define KECHUANG_TOOLS_KC_METHOD_REQUEST_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "google/protobuf/message.h"

#include "tools/kc/command_line.h"
#include "tools/kc/method_form.h"

namespace kechuang::kc {

// A request as a command line fills it in.
struct FilledRequest {
  const google::protobuf::MethodDescriptor* method = nullptr;  // of the register that is meant
  std::unique_ptr<google::protobuf::Message> message;
  std::string made_request_id;  // the request id that the person did not give; empty if none was made
};

// Fills in a form. json is what --from-file holds, empty without one: the record of the request, or the request itself
// if it has a field of the record's name; what the command line says goes before it. An update mask names what was
// given, unless it is given itself. A request id is made where one is taken, so that the same call can be sent again.
// Wrong usage with every fault under its flag, those that must be given and are not among them.
absl::StatusOr<FilledRequest> FillRequest(const MethodForm& form, const CommandLine& command, const std::string& json);

// The status with the flags in place of the fields that it finds fault with: "--amount" for amount_fen.
absl::Status NameFlags(const MethodForm& form, const absl::Status& status);

}  // namespace kechuang::kc

#endif  // KECHUANG_TOOLS_KC_METHOD_REQUEST_H_
