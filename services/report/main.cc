#include <string>

#include "absl/flags/flag.h"
#include "absl/status/status.h"

#include "common/rpc/authenticator.h"
#include "common/rpc/process.h"
#include "services/report/service.h"

ABSL_FLAG(std::string, division, "640105", "the bureau's own district, 6 digits");

int main(int argc, char** argv) {
  kechuang::rpc::PrepareProcess();
  const kechuang::rpc::ProcessFlags flags = kechuang::rpc::ParseProcessFlags(argc, argv);
  const absl::StatusOr<std::string> suite_key = kechuang::rpc::ReadSuiteKey(flags);
  if (!suite_key.ok()) return kechuang::rpc::FailStart(suite_key.status());
  kechuang::rpc::Channels channels(flags.addresses, flags.listening.tls,
                                   kechuang::rpc::Introduction("report", *suite_key));
  kechuang::report::ReportDependencies dependencies{channels, absl::GetFlag(FLAGS_division)};
  auto service = kechuang::report::MakeReportService(dependencies);
  // It keeps nothing of its own: whether the registers are there, each of them says of itself.
  return kechuang::rpc::RunService(flags, "report", {&service.table()}, [] { return absl::OkStatus(); });
}
