// A floor to measure against: `kechuang-floor echo`, or `kechuang-floor proxy HOST:PORT PATH...`. Prints its port.

#include <iostream>
#include <string>
#include <vector>

#include "tests/bench/echo.h"
#include "tests/bench/proxy.h"

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  if (arguments.size() == 1 && arguments[0] == "echo") return kechuang::bench::ServeEcho();
  if (arguments.size() > 2 && arguments[0] == "proxy") {
    return kechuang::bench::ServeProxy(arguments[1], {arguments.begin() + 2, arguments.end()});
  }
  std::cerr << "Usage: kechuang-floor echo | kechuang-floor proxy HOST:PORT PATH...\n";
  return 2;
}
