#ifndef KECHUANG_COMMON_ACCESS_MASKED_BYTES_H_
#define KECHUANG_COMMON_ACCESS_MASKED_BYTES_H_

#include <string>

#include "google/protobuf/descriptor.h"

namespace kechuang::access {

// The bytes of a message of this type with its personal data masked, as MaskPersonalData does it. Only the fields that
// lead to personal data are looked into; what lies between is copied as it stands, so that the message need not be read
// and written again. The bytes must be such a message.
std::string MaskedBytes(const google::protobuf::Descriptor* type, const std::string& bytes);

}  // namespace kechuang::access

#endif  // KECHUANG_COMMON_ACCESS_MASKED_BYTES_H_
