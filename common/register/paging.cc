#include "common/register/paging.h"

#include <algorithm>

#include "absl/strings/numbers.h"

#include "common/base/error.h"
#include "kechuang/api/v1/reasons.pb.h"

namespace kechuang {

int PageSizeOf(int asked) {
  constexpr int kDefault = 100;
  constexpr int kMax = 1000;
  return asked == 0 ? kDefault : std::min(asked, kMax);
}

absl::Status NotATokenOfThisList() {
  return Refuse(absl::StatusCode::kInvalidArgument, api::v1::LIST_ARGUMENT)
      .With("argument", "page_token")
      .Says("page_token: it is not a token of this list", "page_token：不是本列表给出的翻页标记");
}

absl::StatusOr<int64_t> NumberOfToken(const std::string& page_token) {
  if (page_token.empty()) return 0;
  int64_t number = 0;
  if (!absl::SimpleAtoi(page_token, &number) || number < 1) return NotATokenOfThisList();
  return number;
}

}  // namespace kechuang
