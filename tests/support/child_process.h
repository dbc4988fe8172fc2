#ifndef KECHUANG_TESTS_SUPPORT_CHILD_PROCESS_H_
#define KECHUANG_TESTS_SUPPORT_CHILD_PROCESS_H_

#include <sys/types.h>

#include <string>
#include <vector>

namespace kechuang::testing {

// Runs a program, found in PATH, in a child process with its output appended to the file log; the child's id. The child
// is killed when this process ends, however it ends. Threads may call it.
pid_t Launch(const std::vector<std::string>& arguments, const std::string& log);

// Waits for the child to end; what it returned, or 128 and the number of the signal that ended it.
int Wait(pid_t child);

}  // namespace kechuang::testing

#endif  // KECHUANG_TESTS_SUPPORT_CHILD_PROCESS_H_
