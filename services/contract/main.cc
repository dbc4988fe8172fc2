#include <cstdint>
#include <memory>
#include <string>

#include "absl/flags/flag.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

#include "common/domain/day.h"
#include "common/domain/division.h"
#include "common/register/run.h"
#include "services/contract/schema.h"
#include "services/contract/service.h"

namespace kechuang {

// A day on the command line: 2026-01-23.
static bool AbslParseFlag(absl::string_view text, Day* day, std::string* error) {
  const absl::StatusOr<Day> parsed = Day::Parse(text);
  if (parsed.ok()) *day = *parsed;
  if (!parsed.ok()) *error = std::string(parsed.status().message());
  return parsed.ok();
}
static std::string AbslUnparseFlag(Day day) { return day.ToString(); }

}  // namespace kechuang

ABSL_FLAG(std::string, registry_division, "640105", "division of the registry that this service runs for, 6 digits");
ABSL_FLAG(kechuang::Day, rs2026_from, kechuang::contract::Policy().rs2026_from,
          "first day on which filings are accepted under the rules of 2026");
ABSL_FLAG(int, objection_days_max, 0, "most days between a refusal and the objection; 0 sets no limit");
ABSL_FLAG(int64_t, expert_review_from_fen, 0,
          "technical amount from which a contract under the rules of 2026 needs expert review; 0 asks for none");

int main(int argc, char** argv) {
  std::unique_ptr<kechuang::contract::ContractService> service;
  kechuang::RegisterProgram program;
  program.area = "contract";
  program.journal_service = "kechuang.contract.v1.ContractJournal";
  program.migrations = kechuang::contract::ContractMigrations();
  program.versions = {1, 1};
  program.kinds = kechuang::contract::ContractKinds();
  program.make_service = [&](kechuang::ledger::Register& ledger,
                             kechuang::rpc::Channels&) -> kechuang::rpc::MethodTable& {
    kechuang::contract::Policy policy;
    policy.registry_division_code = absl::GetFlag(FLAGS_registry_division);
    policy.rs2026_from = absl::GetFlag(FLAGS_rs2026_from);
    policy.objection_days_max = absl::GetFlag(FLAGS_objection_days_max);
    policy.expert_review_from_fen = absl::GetFlag(FLAGS_expert_review_from_fen);
    service = std::make_unique<kechuang::contract::ContractService>(ledger, policy);
    return service->methods();
  };
  return kechuang::RunRegister(argc, argv, program);
}
