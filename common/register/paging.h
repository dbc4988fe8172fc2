#ifndef KECHUANG_COMMON_REGISTER_PAGING_H_
#define KECHUANG_COMMON_REGISTER_PAGING_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace kechuang {

// How many entries a page has whose request asks for so many: 100 for 0, 1,000 at most.
int PageSizeOf(int asked);

// LIST_ARGUMENT (kInvalidArgument): the page token is none that the list gave.
absl::Status NotATokenOfThisList();

// The number, from 1, that a page token is; 0 if it is empty. Any other is NotATokenOfThisList.
absl::StatusOr<int64_t> NumberOfToken(const std::string& page_token);

}  // namespace kechuang

#endif  // KECHUANG_COMMON_REGISTER_PAGING_H_
