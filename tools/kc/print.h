#ifndef KECHUANG_TOOLS_KC_PRINT_H_
#define KECHUANG_TOOLS_KC_PRINT_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "google/protobuf/message.h"

#include "tools/kc/fields.h"
#include "tools/kc/session.h"

namespace kechuang::kc {

// The values that --columns names, in its order; none if it is not given. Wrong usage with the nearest for a name that
// the type has not; - stands for _.
absl::StatusOr<std::vector<FieldPath>> ChosenValues(const Session& session, const google::protobuf::Descriptor& type);

// Prints messages of one type as they come: a table, which waits for all of them, since its columns depend on all; CSV
// with a head; or the pieces of a JSON object {"items": [...], "next_page_token": ""}.
class RecordPrinter {
 public:
  // items names the list. Chosen values are the only ones that are printed, if there are any.
  RecordPrinter(const Session& session, std::string items, const google::protobuf::Descriptor& type,
                std::vector<FieldPath> chosen);

  // Prints one message, or keeps it for the table.
  void Add(const google::protobuf::Message& message);
  void Finish(const std::string& next_page_token);

 private:
  void PrintTable();

  const Session& session_;
  const std::string items_;
  const google::protobuf::Descriptor& type_;
  const std::vector<FieldPath> chosen_;
  const std::vector<FieldPath> values_;
  std::vector<std::unique_ptr<google::protobuf::Message>> kept_;
  bool first_ = true;
};

// Prints one message of any type in the session's format: a line for each value that is set, JSON, or CSV with a head.
void PrintMessage(const Session& session, const google::protobuf::Message& message);

// The same for the answer of any method, with the chosen values only; lists of messages become tables, and in CSV an
// answer that is one list becomes its rows.
absl::Status PrintAnswer(const Session& session, const google::protobuf::Message& answer);

}  // namespace kechuang::kc

#endif  // KECHUANG_TOOLS_KC_PRINT_H_
