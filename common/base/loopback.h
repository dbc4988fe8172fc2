#ifndef KECHUANG_COMMON_BASE_LOOPBACK_H_
#define KECHUANG_COMMON_BASE_LOOPBACK_H_

#include "absl/strings/string_view.h"

namespace kechuang {

// Whether what is sent to this host stays on this machine: "localhost", 127.0.0.0/8, "::1", with or without brackets.
// Whatever is no such name or address does not.
bool IsLoopbackHost(absl::string_view host);

}  // namespace kechuang

#endif  // KECHUANG_COMMON_BASE_LOOPBACK_H_
