#include <cstdint>
#include <memory>
#include <string>

#include "absl/flags/flag.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

#include "common/domain/day.h"
#include "common/register/run.h"
#include "services/contract/service.h"

namespace kechuang::contract {

// A day on the command line: 2026-01-23.
struct DayFlag {
  Day day;
};

static bool AbslParseFlag(absl::string_view text, DayFlag* flag, std::string* error) {
  const absl::StatusOr<Day> day = Day::Parse(text);
  if (day.ok()) flag->day = *day;
  if (!day.ok()) *error = std::string(day.status().message());
  return day.ok();
}
static std::string AbslUnparseFlag(const DayFlag& flag) { return flag.day.ToString(); }

}  // namespace kechuang::contract

using kechuang::contract::ContractService;
using kechuang::contract::DayFlag;
using kechuang::contract::Policy;

ABSL_FLAG(std::string, registry_division, Policy().registry_division_code,
          "division of the registry that this service runs for, 6 digits");
ABSL_FLAG(DayFlag, rs2026_from, DayFlag{Policy().rs2026_from},
          "first day on which filings are accepted under the rules of 2026");
ABSL_FLAG(int, objection_days_max, Policy().objection_days_max,
          "most days between a refusal and the objection; 0 sets no limit");
ABSL_FLAG(int64_t, expert_review_from_fen, Policy().expert_review_from_fen,
          "technical amount from which a contract under the rules of 2026 needs expert review; 0 asks for none");

int main(int argc, char** argv) {
  std::unique_ptr<ContractService> service;
  return kechuang::RunRegister(argc, argv, kechuang::contract::ContractProgram(service, [] {
                                 Policy policy;
                                 policy.registry_division_code = absl::GetFlag(FLAGS_registry_division);
                                 policy.rs2026_from = absl::GetFlag(FLAGS_rs2026_from).day;
                                 policy.objection_days_max = absl::GetFlag(FLAGS_objection_days_max);
                                 policy.expert_review_from_fen = absl::GetFlag(FLAGS_expert_review_from_fen);
                                 return policy;
                               }));
}
