#ifndef KECHUANG_COMMON_REGISTER_UPDATE_MASK_H_
#define KECHUANG_COMMON_REGISTER_UPDATE_MASK_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/field_mask.pb.h"
#include "google/protobuf/message.h"

namespace kechuang {

// Copies the fields that the mask names from update into record (AIP-134, AIP-161). An empty mask means every field
// that is set in update; "*" replaces every writable field. INVALID_ARGUMENT with one fault per path for a path that
// names no field (FIELD_UNKNOWN) or one that is output only or immutable and would change (FIELD_NOT_WRITABLE), and for
// every required field that the update would leave empty (FIELD_REQUIRED); the record is then as it was. Personal data
// that come as the record shows them masked stay as they are; any other masked value is FIELD_MALFORMED. field is the
// name of the request's record field, for the faults' paths.
absl::Status ApplyMask(google::protobuf::Message& record, const google::protobuf::Message& update,
                       const google::protobuf::FieldMask& mask, absl::string_view field);

// Clears every field that is annotated output only, at any depth, as a create request's record must be (AIP-203).
void ClearOutputOnly(google::protobuf::Message& record);

}  // namespace kechuang

#endif  // KECHUANG_COMMON_REGISTER_UPDATE_MASK_H_
