#ifndef KECHUANG_TOOLS_KC_ANY_CALL_H_
#define KECHUANG_TOOLS_KC_ANY_CALL_H_

#include <istream>

#include "absl/status/status.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

#include "tools/kc/command_line.h"
#include "tools/kc/session.h"

namespace kechuang::kc {

// kc call METHOD [JSON]: any method of any service. JSON in and JSON out; streams are one JSON object a line. "-" reads
// the requests from standard input.
int RunCall(Session& session, const CommandLine& command);

// kc methods [TEXT]: every method, or those whose name contains the text, with what it takes, gives and needs.
int RunMethods(Session& session, const CommandLine& command);

// Calls a method whose requests are a stream, each a line of JSON; its answers are printed as they come, as lines of
// JSON.
absl::Status CallStreaming(const Session& session, const google::protobuf::MethodDescriptor& method,
                           std::istream& requests);

// Calls a method whose answers are a stream, with one request, and prints them: lines of JSON, or rows.
absl::Status PrintStream(const Session& session, const google::protobuf::MethodDescriptor& method,
                         const google::protobuf::Message& request);

}  // namespace kechuang::kc

#endif  // KECHUANG_TOOLS_KC_ANY_CALL_H_
