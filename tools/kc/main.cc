#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <string>
#include <system_error>
#include <vector>

#include "tools/kc/program.h"

namespace {

std::string Variable(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  return value == nullptr ? "" : value;
}

// Columns of the terminal that standard output is; 0 if it is none.
int TerminalWidth() {
  winsize size = {};
  return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

}  // namespace

int main(int argc, char** argv) {
  // gRPC's own log lines are no sentences for a person; kc says what went wrong itself.
  setenv("GRPC_VERBOSITY", "NONE", 0);
  std::ios::sync_with_stdio(false);
  std::error_code error;
  kechuang::kc::Surroundings around{Variable, std::filesystem::read_symlink("/proc/self/exe", error), std::cin,
                                    std::cout, std::cerr};
  around.out_is_terminal = isatty(STDOUT_FILENO) == 1;
  around.err_is_terminal = isatty(STDERR_FILENO) == 1;
  around.width = TerminalWidth();
  return kechuang::kc::RunProgram({argv + 1, argv + argc}, around);
}
