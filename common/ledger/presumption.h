#ifndef KECHUANG_COMMON_LEDGER_PRESUMPTION_H_
#define KECHUANG_COMMON_LEDGER_PRESUMPTION_H_

namespace kechuang::ledger {

// Something that is mostly so, and that the database tells at the latest when it is written that it is not: going on it
// saves asking first, and costs running the batch again where it was wrong. After that the next batches ask first.
class Presumption {
 public:
  bool holds() const { return batches_to_ask_ == 0; }
  void WasWrong() { batches_to_ask_ = kBatchesToAsk; }
  void WasRight() {
    if (batches_to_ask_ > 0) --batches_to_ask_;
  }

 private:
  // Callers who always make it wrong slow the others down by a batch in so many.
  static constexpr int kBatchesToAsk = 16;
  int batches_to_ask_ = 0;
};

}  // namespace kechuang::ledger

#endif  // KECHUANG_COMMON_LEDGER_PRESUMPTION_H_
