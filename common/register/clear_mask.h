#ifndef KECHUANG_COMMON_REGISTER_CLEAR_MASK_H_
#define KECHUANG_COMMON_REGISTER_CLEAR_MASK_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "google/protobuf/field_mask.pb.h"
#include "google/protobuf/message.h"

namespace kechuang {

// Checks which fields an imported row asks to clear. One fault per path: FIELD_UNKNOWN for no field of the row's
// record, FIELD_REQUIRED for one that a record cannot be without, FIELD_NOT_WRITABLE for one that is fixed, that the
// register alone sets, or that is not among clearable (if that is given), FIELD_STATED_AND_CLEARED for one that the row
// also states. field is the name of the row's record field, for the faults' paths.
absl::Status CheckClearMask(const google::protobuf::Message& stated, const google::protobuf::FieldMask& mask,
                            absl::string_view field, absl::Span<const absl::string_view> clearable = {});

// Clears the fields of a record that a checked mask names.
void ClearFields(const google::protobuf::FieldMask& mask, google::protobuf::Message& record);

}  // namespace kechuang

#endif  // KECHUANG_COMMON_REGISTER_CLEAR_MASK_H_
