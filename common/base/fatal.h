#ifndef KECHUANG_COMMON_BASE_FATAL_H_
#define KECHUANG_COMMON_BASE_FATAL_H_

#include <cstdio>
#include <cstdlib>
#include <string>

namespace kechuang {

// Ends the process over a mistake in the program itself, such as a record type that no table can hold: found at start,
// never by what a caller sends.
[[noreturn]] inline void Fatal(const std::string& what) {
  std::fprintf(stderr, "fatal: %s\n", what.c_str());
  std::abort();
}

}  // namespace kechuang

#endif  // KECHUANG_COMMON_BASE_FATAL_H_
