#include "tools/kc/private_file.h"

#include <sys/stat.h>

namespace kechuang::kc {

bool IsPrivate(const std::string& path) {
  struct stat status = {};
  return stat(path.c_str(), &status) == 0 && (status.st_mode & 077) == 0;
}

}  // namespace kechuang::kc
