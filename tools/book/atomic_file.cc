#include "tools/book/atomic_file.h"

#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <string>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"

namespace kechuang::book {

AtomicFile::AtomicFile(std::string path) : path_(std::move(path)) {
  static std::atomic<int> serial{0};
  const std::filesystem::path whole(path_);
  const std::string name = absl::StrCat(".", whole.filename().string(), ".", getpid(), ".", ++serial, ".tmp");
  temporary_path_ = (whole.parent_path() / name).string();
}

AtomicFile::~AtomicFile() {
  std::error_code error;
  if (!committed_) std::filesystem::remove(temporary_path_, error);
}

absl::Status AtomicFile::Commit() {
  std::error_code error;
  std::filesystem::rename(temporary_path_, path_, error);
  committed_ = !error;
  if (committed_) return absl::OkStatus();
  return absl::UnavailableError(absl::StrCat("cannot write ", path_, " (无法写入): ", error.message()));
}

}  // namespace kechuang::book
