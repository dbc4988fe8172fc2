#include "tools/kc/import_spool.h"

namespace kechuang::kc {

void OutcomeSpool::Clear() {
  kept_.Clear();
  at_end_ = true;
}

void OutcomeSpool::Rewind() {
  kept_.Rewind();
  at_end_ = false;
  Next();
}

void OutcomeSpool::Next() {
  if (!at_end_) at_end_ = !kept_.Read(current_);
}

}  // namespace kechuang::kc
