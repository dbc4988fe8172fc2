// What it costs to know a caller and to look at its permission, as a server does for every call: one line of JSON.

#include <ctime>
#include <iostream>
#include <memory>
#include <string>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/strings/str_cat.h"

#include "common/access/caller.h"
#include "common/base/sha256.h"
#include "common/rpc/authenticator.h"
#include "common/rpc/incoming.h"
#include "nlohmann/json.hpp"

ABSL_FLAG(int, keys, 10'000, "active keys in the register");
ABSL_FLAG(int, times, 1'000'000, "calls to admit");

namespace kechuang::bench {
namespace {

double ProcessSeconds() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

std::string SecretOf(int number) { return absl::StrCat("AbCdEfGhIjKlMnOpQrStUvWxYz0123456789-", number); }

int Main() {
  const int keys = absl::GetFlag(FLAGS_keys);
  const int calls = absl::GetFlag(FLAGS_times);
  rpc::CallersByDigest callers;
  for (int i = 0; i < keys; ++i) {
    callers[Sha256(SecretOf(i))] = std::make_shared<const access::Caller>(
        access::CallerWith(absl::StrCat("keys/", i), {access::Role::REGISTRAR_ENTRY, access::Role::READER}));
  }
  rpc::Authenticator authenticator("the suite's own");
  authenticator.Learn({std::move(callers)});
  const rpc::Needed needed{"contract.read", access::Policy::Get().BitOf("contract.read").value_or(0)};
  int admitted = 0;
  const double began = ProcessSeconds();
  for (int i = 0; i < calls; ++i) {
    const auto caller = authenticator.Identify(absl::StrCat("Bearer ", SecretOf(i % keys)));
    if (caller.ok() && rpc::CheckPermission(**caller, needed).ok()) ++admitted;
  }
  const double took = ProcessSeconds() - began;
  if (admitted != calls) {
    std::cerr << "only " << admitted << " of " << calls << " calls were admitted\n";
    return 1;
  }
  std::cout << nlohmann::json{{"cpu_us", took * 1e6 / calls}}.dump() << "\n";
  return 0;
}

}  // namespace
}  // namespace kechuang::bench

int main(int argc, char** argv) {
  absl::ParseCommandLine(argc, argv);
  return kechuang::bench::Main();
}
