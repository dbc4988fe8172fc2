#ifndef KECHUANG_COMMON_LEDGER_KIND_H_
#define KECHUANG_COMMON_LEDGER_KIND_H_

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

#include "common/ledger/total.h"

namespace kechuang::ledger {

// A kind of record: a message type with a google.api.resource option (its pattern says how its names look), the table
// that holds it (the message's name in snake case), and what its records add to totals and keys.
// Every such message has: string name (IDENTIFIER), string etag, google.protobuf.Timestamp create_time and update_time,
// int64 revision; a kind that is deleted softly has google.protobuf.Timestamp delete_time.
struct Kind {
  const google::protobuf::Descriptor* type = nullptr;
  std::string table;                  // "loan"
  std::vector<std::string> patterns;  // "loans/{loan}"
  // What the record adds to the totals: a pure function; empty if the kind adds nothing.
  std::function<std::vector<Contribution>(const google::protobuf::Message&)> contribution;
  // Keys by which the record is found; a pure function; each at most 190 bytes; empty if it has none.
  std::function<std::vector<std::string>(const google::protobuf::Message&)> keys;
  // Fills the fields marked derived, whenever a record is read or answered; empty if there are none.
  std::function<void(google::protobuf::Message&, absl::Time now)> derive;
  // Undoes one change of an import in a record that was changed since: makes record what it would be had before not
  // become after. False if that cannot be said. A pure function; empty if records are put back whole or not at all.
  std::function<bool(google::protobuf::Message& record, const google::protobuf::Message& before,
                     const google::protobuf::Message& after)>
      undo;
};

// The kind with a typed undo.
template <class M>
Kind WithUndo(Kind kind, bool (*undo)(M& record, const M& before, const M& after));

// Builds a Kind from typed functions; pass nullptr for what the kind does not have.
template <class M>
Kind MakeKind(std::vector<Contribution> (*contribution)(const M&) = nullptr,
              std::vector<std::string> (*keys)(const M&) = nullptr, void (*derive)(M&, absl::Time) = nullptr);

// Fills type, table and patterns from the descriptor.
Kind DescribeKind(const google::protobuf::Descriptor* type);

// The kinds of one register.
class KindTable {
 public:
  explicit KindTable(std::vector<Kind> kinds) : kinds_(std::move(kinds)) {}
  const std::vector<Kind>& all() const { return kinds_; }
  // The kind of a message type; there must be one.
  const Kind& Of(const google::protobuf::Descriptor* type) const;
  // The kind whose pattern the name fits; nullptr if none does.
  const Kind* OfName(absl::string_view name) const;

 private:
  std::vector<Kind> kinds_;
};

template <class M>
Kind WithUndo(Kind kind, bool (*undo)(M& record, const M& before, const M& after)) {
  using google::protobuf::Message;
  kind.undo = [undo](Message& record, const Message& before, const Message& after) {
    return undo(static_cast<M&>(record), static_cast<const M&>(before), static_cast<const M&>(after));
  };
  return kind;
}

template <class M>
Kind MakeKind(std::vector<Contribution> (*contribution)(const M&), std::vector<std::string> (*keys)(const M&),
              void (*derive)(M&, absl::Time)) {
  using google::protobuf::Message;
  Kind kind = DescribeKind(M::descriptor());
  if (contribution != nullptr) {
    kind.contribution = [contribution](const Message& record) { return contribution(static_cast<const M&>(record)); };
  }
  if (keys != nullptr) kind.keys = [keys](const Message& record) { return keys(static_cast<const M&>(record)); };
  if (derive != nullptr) {
    kind.derive = [derive](Message& record, absl::Time now) { derive(static_cast<M&>(record), now); };
  }
  return kind;
}

}  // namespace kechuang::ledger

#endif  // KECHUANG_COMMON_LEDGER_KIND_H_
