#ifndef KECHUANG_COMMON_RPC_FIELD_BEHAVIOR_H_
#define KECHUANG_COMMON_RPC_FIELD_BEHAVIOR_H_

#include "google/api/field_behavior.pb.h"
#include "google/protobuf/descriptor.h"

namespace kechuang::rpc {

// Whether a field is declared to behave so: (google.api.field_behavior) = OUTPUT_ONLY, say. A field may in several
// ways.
bool Behaves(const google::protobuf::FieldDescriptor* field, google::api::FieldBehavior behavior);

}  // namespace kechuang::rpc

#endif  // KECHUANG_COMMON_RPC_FIELD_BEHAVIOR_H_
