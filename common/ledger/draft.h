#ifndef KECHUANG_COMMON_LEDGER_DRAFT_H_
#define KECHUANG_COMMON_LEDGER_DRAFT_H_

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "common/ledger/register.h"
#include "common/ledger/working_set.h"

namespace kechuang::ledger {

// The draft of one command over its batch's working set: what it puts stays here until the command is known to succeed.
// overlay, if there is one, goes before the working set.
class CommandDraft : public Draft {
 public:
  CommandDraft(WorkingSet& set, const Command& command, const Overlay* overlay = nullptr)
      : set_(set), command_(command), overlay_(overlay) {}

  absl::Time now() const override { return set_.now(); }
  const Author& author() const override { return command_.author; }
  const std::string& scope() const override { return command_.scope; }
  absl::StatusOr<Amounts> Total(const Cell& cell) override { return set_.Total(cell); }
  absl::StatusOr<std::vector<std::string>> FindByKey(absl::string_view key) override;
  absl::StatusOr<std::string> MaxKey(absl::string_view prefix) override { return set_.MaxKey(std::string(prefix)); }

  void Note(RowEffect effect) override { effect_ = effect; }
  absl::StatusOr<std::vector<FieldDifference>> Differences(absl::string_view name) override;
  absl::StatusOr<std::optional<LaterChange>> ChangedSinceImport(absl::string_view name) override;
  RowEffect effect() const { return effect_; }

  // The records put, in the order of their first Put, each once.
  std::vector<std::unique_ptr<google::protobuf::Message>> TakeChanges() { return std::move(changes_); }

 protected:
  absl::StatusOr<const google::protobuf::Message*> FindMessage(const google::protobuf::Descriptor* type,
                                                               absl::string_view name) override;
  absl::StatusOr<const google::protobuf::Message*> GetMessage(const google::protobuf::Descriptor* type,
                                                              absl::string_view name, absl::string_view etag) override;
  absl::StatusOr<const google::protobuf::Message*> PutMessage(std::unique_ptr<google::protobuf::Message> next) override;
  absl::StatusOr<const google::protobuf::Message*> CreateMessage(
      std::unique_ptr<google::protobuf::Message> record) override;

 private:
  std::unique_ptr<google::protobuf::Message>* ChangeOf(absl::string_view name);
  // Whether the caller sees the record. What is nobody's stands behind what callers ask for: a pool behind a loan.
  bool MayFind(const google::protobuf::Message& record) const;
  // Whether the record would be the caller's. What another record says of it follows from that one, which was found.
  bool MayStore(const google::protobuf::Message& record) const;
  // The record as this command found it.
  absl::StatusOr<const google::protobuf::Message*> Held(const Kind& kind, absl::string_view name);

  WorkingSet& set_;
  const Command& command_;
  const Overlay* const overlay_;
  RowEffect effect_ = RowEffect::kNone;
  std::map<std::string, std::unique_ptr<google::protobuf::Message>> from_overlay_;
  std::vector<std::unique_ptr<google::protobuf::Message>> changes_;
};

// RECORD_NOT_FOUND for a name.
absl::Status RecordNotFound(absl::string_view name);

}  // namespace kechuang::ledger

#endif  // KECHUANG_COMMON_LEDGER_DRAFT_H_
