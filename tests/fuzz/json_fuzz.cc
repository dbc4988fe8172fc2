// JSON read into a message; what was read is written and read again.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "absl/strings/string_view.h"

#include "common/api/json.h"
#include "ledger_test/account.pb.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view input(reinterpret_cast<const char*>(data), size);
  ledger_test::Account account;
  if (!kechuang::api::ReadJson(input, account).ok()) return 0;
  const std::string text = kechuang::api::WriteJson(account);
  ledger_test::Account again;
  if (!kechuang::api::ReadJson(text, again).ok()) std::abort();
  if (kechuang::api::WriteJson(again) != text) std::abort();
  return 0;
}
