#ifndef KECHUANG_TOOLS_KC_PRIVATE_FILE_H_
#define KECHUANG_TOOLS_KC_PRIVATE_FILE_H_

#include <string>

namespace kechuang::kc {

// Whether a file is there, and nobody but its owner has any right to it.
bool IsPrivate(const std::string& path);

}  // namespace kechuang::kc

#endif  // KECHUANG_TOOLS_KC_PRIVATE_FILE_H_
