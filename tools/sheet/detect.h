#ifndef KECHUANG_TOOLS_SHEET_DETECT_H_
#define KECHUANG_TOOLS_SHEET_DETECT_H_

#include <string>

#include "absl/status/statusor.h"

#include "tools/sheet/workbook.h"

namespace kechuang::sheet {

// What a file is, judged by its bytes.
enum class FileForm { kZip, kUtf8Text, kGb18030Text };

// Reads enough of a file to say what it is; all of it for text, whose encoding must hold to the end. INVALID_ARGUMENT
// with a sentence for what is neither an archive nor text; NOT_FOUND if it cannot be opened.
absl::StatusOr<FileForm> DetectForm(const std::string& path, const Limits& limits);

}  // namespace kechuang::sheet

#endif  // KECHUANG_TOOLS_SHEET_DETECT_H_
