#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <string>
#include <system_error>
#include <vector>

#include "absl/strings/numbers.h"

#include "common/base/openssl_lifetime.h"
#include "tools/kc/program.h"

namespace {

std::string Variable(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  return value == nullptr ? "" : value;
}

// Columns of the terminal that standard output is: what the terminal says, else COLUMNS, else 80; 0 if it is none.
int TerminalWidth() {
  constexpr int kWidthUnlessSaid = 80;
  winsize size = {};
  if (isatty(STDOUT_FILENO) != 1) return 0;
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  int columns = 0;
  return absl::SimpleAtoi(Variable("COLUMNS"), &columns) && columns > 0 ? columns : kWidthUnlessSaid;
}

// Asks at the terminal itself, whatever the standard streams are, and shows nothing of what is typed.
bool AskSecret(const std::string& prompt, std::string& secret) {
  const int terminal = open("/dev/tty", O_RDWR | O_CLOEXEC);
  termios shown = {};
  if (terminal < 0 || tcgetattr(terminal, &shown) != 0) return false;
  termios hidden = shown;
  hidden.c_lflag &= ~static_cast<tcflag_t>(ECHO);
  tcsetattr(terminal, TCSAFLUSH, &hidden);
  const bool asked = write(terminal, prompt.data(), prompt.size()) == static_cast<ssize_t>(prompt.size());
  secret.clear();
  char c = 0;
  while (asked && read(terminal, &c, 1) == 1 && c != '\n') secret += c;
  tcsetattr(terminal, TCSAFLUSH, &shown);
  const bool ended = write(terminal, "\n", 1) == 1;
  close(terminal);
  return asked && ended;
}

// Hands a text to $PAGER, or to less, which leaves again if one screen is enough. False if there is no such program.
bool Page(const std::string& text) {
  constexpr int kNoSuchProgram = 127;
  const std::string asked = Variable("PAGER");
  if (asked == "cat") return false;
  // Whoever has read enough leaves before the end of the text.
  std::signal(SIGPIPE, SIG_IGN);
  FILE* pager = popen(asked.empty() ? "less -FRSX" : asked.c_str(), "w");
  if (pager == nullptr) return false;
  std::fwrite(text.data(), 1, text.size(), pager);
  const int status = pclose(pager);
  return status == -1 || !WIFEXITED(status) || WEXITSTATUS(status) != kNoSuchProgram;
}

}  // namespace

int main(int argc, char** argv) {
  // gRPC's own log lines are no sentences for a person; kc says what went wrong itself.
  setenv("GRPC_VERBOSITY", "NONE", 0);
  kechuang::KeepOpensslUp();
  std::ios::sync_with_stdio(false);
  std::error_code error;
  kechuang::kc::Surroundings around{Variable, std::filesystem::read_symlink("/proc/self/exe", error), std::cin,
                                    std::cout, std::cerr};
  around.out_is_terminal = isatty(STDOUT_FILENO) == 1;
  around.err_is_terminal = isatty(STDERR_FILENO) == 1;
  around.width = TerminalWidth();
  if (around.out_is_terminal) around.page = Page;
  around.ask_secret = AskSecret;
  return kechuang::kc::RunProgram({argv + 1, argv + argc}, around);
}
