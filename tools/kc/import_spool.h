#ifndef KECHUANG_TOOLS_KC_IMPORT_SPOOL_H_
#define KECHUANG_TOOLS_KC_IMPORT_SPOOL_H_

#include "absl/status/status.h"

#include "kechuang/ledger/v1/import.pb.h"
#include "tools/kc/message_spool.h"

namespace kechuang::kc {

// Outcomes of rows in their order, to be read beside the rows. As a MessageSpool otherwise.
class OutcomeSpool {
 public:
  void Clear();
  void Add(const ledger::v1::RowOutcome& outcome) { kept_.Add(outcome); }
  // Starts to read from the first.
  void Rewind();
  // The outcome that Next goes on from; null at the end, or before Rewind.
  const ledger::v1::RowOutcome* Current() const { return at_end_ ? nullptr : &current_; }
  void Next();
  // Whether everything was kept and read back.
  const absl::Status& status() const { return kept_.status(); }

 private:
  MessageSpool kept_{"the outcomes of the rows", "各行的处理结果"};
  ledger::v1::RowOutcome current_;
  bool at_end_ = true;
};

}  // namespace kechuang::kc

#endif  // KECHUANG_TOOLS_KC_IMPORT_SPOOL_H_
