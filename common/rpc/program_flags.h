#ifndef KECHUANG_COMMON_RPC_PROGRAM_FLAGS_H_
#define KECHUANG_COMMON_RPC_PROGRAM_FLAGS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace kechuang::rpc {

// Sets the flags of this program from its command line; names may be written with '-' for '_'. Ends the process with 2
// and a sentence for what is no flag, and with 0 after --print-config, which prints ConfigText.
void ParseProgramFlags(int argc, char** argv);

// OK if these arguments, without the program, are flags of this program and their values. FIELD_UNKNOWN names an
// unknown one and the nearest known one, or an argument that is none.
absl::Status CheckArguments(const std::vector<std::string>& arguments);

// Every flag of this program with its value, one a line in the order of their names, as the command line takes them:
// "--port_base=7100". What is a secret, or leads to one, is shown as "***", if it is set.
std::string ConfigText();

// The value of a flag as it may be shown: "***" if the name says that it is or names a secret (a key, a password, a
// token), else the value without the password of an address in it.
std::string ShownValue(absl::string_view name, const std::string& value);

}  // namespace kechuang::rpc

#endif  // KECHUANG_COMMON_RPC_PROGRAM_FLAGS_H_
