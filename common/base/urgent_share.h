#ifndef KECHUANG_COMMON_BASE_URGENT_SHARE_H_
#define KECHUANG_COMMON_BASE_URGENT_SHARE_H_

#include <cstddef>

namespace kechuang {

// How much of something bounded, such as a queue, a call may find taken and still come in: a quarter is kept for urgent
// calls.
constexpr size_t RoomFor(bool urgent, size_t whole) { return urgent ? whole : whole - whole / 4; }

}  // namespace kechuang

#endif  // KECHUANG_COMMON_BASE_URGENT_SHARE_H_
