#ifndef KECHUANG_TOOLS_KC_IMPORT_SPOOL_H_
#define KECHUANG_TOOLS_KC_IMPORT_SPOOL_H_

#include <cstdio>
#include <memory>
#include <string>

#include "absl/status/status.h"

#include "kechuang/ledger/v1/import.pb.h"

namespace kechuang::kc {

// Outcomes of rows in their order, kept in a nameless file on disk: a million refused rows take no memory. One thread
// at a time, and one of writing and reading after the other.
class OutcomeSpool {
 public:
  // Forgets all.
  void Clear();
  // Keeps one more. What cannot be kept is told by Next.
  void Add(const ledger::v1::RowOutcome& outcome);
  // Starts to read from the first.
  void Rewind();
  // The outcome that Next goes on from; null at the end, or before Rewind.
  const ledger::v1::RowOutcome* Current() const { return at_end_ ? nullptr : &current_; }
  void Next();
  // Whether everything was kept and read back.
  const absl::Status& status() const { return status_; }

 private:
  struct Closer {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };

  std::unique_ptr<std::FILE, Closer> file_;
  ledger::v1::RowOutcome current_;
  std::string bytes_;
  bool at_end_ = true;
  absl::Status status_;
};

}  // namespace kechuang::kc

#endif  // KECHUANG_TOOLS_KC_IMPORT_SPOOL_H_
