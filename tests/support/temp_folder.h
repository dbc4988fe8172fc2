#ifndef KECHUANG_TESTS_SUPPORT_TEMP_FOLDER_H_
#define KECHUANG_TESTS_SUPPORT_TEMP_FOLDER_H_

#include <string>

namespace kechuang::testing {

// A new folder with a short path in the system's temporary folder, removed with all that it holds when this goes.
class TempFolder {
 public:
  // Ends the test program if no folder can be made.
  TempFolder();
  ~TempFolder();
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;

  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace kechuang::testing

#endif  // KECHUANG_TESTS_SUPPORT_TEMP_FOLDER_H_
