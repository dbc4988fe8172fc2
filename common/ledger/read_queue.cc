#include "common/ledger/read_queue.h"

#include "absl/strings/str_cat.h"

#include "common/base/error.h"
#include "kechuang/api/v1/reasons.pb.h"

namespace kechuang::ledger {

absl::Status TooManyReads(size_t waiting) {
  return Refuse(absl::StatusCode::kResourceExhausted, api::v1::OVERLOADED)
      .RetryAfter(absl::Milliseconds(200))
      .Says(absl::StrCat(waiting, " reads wait already; try again in a moment"),
            absl::StrCat("已有 ", waiting, " 项查询在等待，请稍后再试"));
}

absl::Status ReadOutOfTime() {
  return Refuse(absl::StatusCode::kDeadlineExceeded, api::v1::DEADLINE)
      .Says("the time given ran out while the read waited", "查询在排队时超出了规定时间");
}

}  // namespace kechuang::ledger
