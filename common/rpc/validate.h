#ifndef KECHUANG_COMMON_RPC_VALIDATE_H_
#define KECHUANG_COMMON_RPC_VALIDATE_H_

#include <string>

#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"

#include "common/base/error.h"

namespace kechuang::rpc {

// Checks a message against what its descriptor says of every field (google.api.field_behavior,
// google.api.resource_reference and kechuang.api.v1.field): required fields, enum values, number ranges, lengths,
// forms, resource names, dates. Notes every fault with the field's path below prefix. Output-only fields are not looked
// at. In a request with an update mask the required fields of its record are those that the mask names, which the
// caller of the mask checks; here they may be absent, and masked personal data may stand in the place of what a record
// holds already.
void CheckMessage(const google::protobuf::Message& message, const std::string& prefix, Faults& faults);

// Notes that the value there is masked personal data, which is no value to store.
void AddMaskedFault(absl::string_view path, Faults& faults);

}  // namespace kechuang::rpc

#endif  // KECHUANG_COMMON_RPC_VALIDATE_H_
