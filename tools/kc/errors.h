#ifndef KECHUANG_TOOLS_KC_ERRORS_H_
#define KECHUANG_TOOLS_KC_ERRORS_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "grpcpp/support/status.h"

#include "tools/kc/language.h"

namespace kechuang::kc {

// What a program of the command line answers to the shell.
inline constexpr int kDone = 0;
inline constexpr int kSomeRejected = 1;
inline constexpr int kUsage = 2;
inline constexpr int kFailed = 3;

// An error that kc itself finds, with its sentence in both languages.
absl::Status Failure(absl::StatusCode code, absl::string_view english, absl::string_view chinese);
// The same for something typed wrongly; ends with the exit code kUsage.
absl::Status WrongUsage(absl::string_view english, absl::string_view chinese);
// The status, which is no OK, as one for something typed wrongly.
absl::Status AsWrongUsage(absl::Status status);
// kDone, kUsage or kFailed.
int ExitCodeOf(const absl::Status& status);

// A call's outcome with all its details.
absl::Status FromWire(const grpc::Status& status);

// What an error's text says about the way to the suite. Empty texts where there is none yet.
struct ErrorPlace {
  std::string server;    // "127.0.0.1:7100"
  std::string key_file;  // where the key came from
  absl::Duration timeout = absl::InfiniteDuration();
  std::string ca_file = {};  // where the authority came from; empty if the way is in plain text
};

// An error as a person reads it, each line ended: the sentence, each faulty field on a line of its own, and what to do
// next where something can be done.
std::string ErrorText(const absl::Status& status, Language language, const ErrorPlace& place, bool colour);
// An error as a program reads it, on one line that is ended: {"error": google.rpc.Status with its details}, field names
// as in the protos, and the name of the code beside its number, as "status". The message is English; LocalizedMessage
// has the Chinese one.
std::string ErrorJson(const absl::Status& status, const ErrorPlace& place);

}  // namespace kechuang::kc

#endif  // KECHUANG_TOOLS_KC_ERRORS_H_
