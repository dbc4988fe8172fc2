#include "tools/sheet/refusal.h"

#include "common/base/error.h"
#include "kechuang/api/v1/reasons.pb.h"

namespace kechuang::sheet {

absl::Status Malformed(absl::string_view english, absl::string_view chinese) {
  return Refuse(absl::StatusCode::kInvalidArgument, api::v1::FIELD_MALFORMED).Says(english, chinese);
}

absl::Status TooLong(absl::string_view english, absl::string_view chinese) {
  return Refuse(absl::StatusCode::kInvalidArgument, api::v1::FIELD_TOO_LONG).Says(english, chinese);
}

}  // namespace kechuang::sheet
