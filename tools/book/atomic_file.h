#ifndef KECHUANG_TOOLS_BOOK_ATOMIC_FILE_H_
#define KECHUANG_TOOLS_BOOK_ATOMIC_FILE_H_

#include <string>

#include "absl/status/status.h"

namespace kechuang::book {

// A file that appears under its name only when it is whole: it is written beside that name and renamed at the end, so
// that neither a full disk nor a kill leaves half a file, or harms the one that stood there. One thread at a time.
class AtomicFile {
 public:
  explicit AtomicFile(std::string path);
  // Removes what was written without Commit.
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  // Where to write; in the folder of the file.
  const std::string& temporary_path() const { return temporary_path_; }
  const std::string& path() const { return path_; }
  // Gives the file its name, in place of one that has it. The writer has closed it. UNAVAILABLE if that fails.
  absl::Status Commit();

 private:
  std::string path_;
  std::string temporary_path_;
  bool committed_ = false;
};

}  // namespace kechuang::book

#endif  // KECHUANG_TOOLS_BOOK_ATOMIC_FILE_H_
