#ifndef KECHUANG_COMMON_LEDGER_COLUMNS_H_
#define KECHUANG_COMMON_LEDGER_COLUMNS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

#include "common/mysql/database.h"

namespace kechuang::ledger {

// One column of a record's table, and the field of the message that it holds.
struct Column {
  enum class Type { kInteger, kBoolean, kText, kEnum, kDate, kTime, kJson };
  std::string name;                                              // "seller_credit_code"
  std::string path;                                              // "seller.credit_code"
  std::vector<const google::protobuf::FieldDescriptor*> fields;  // from the record down to the value
  // Of the messages that have these fields: asking a message for its own costs more than reading a value.
  std::vector<const google::protobuf::Reflection*> reflections;
  Type type = Type::kText;
  bool nullable = false;
  bool beside_previous = false;         // in the same message as the column before
  bool indexed = false;                 // may stand in filter and order_by
  std::vector<std::string> enum_texts;  // of an enum's values, as EnumText gives them, in their order
  // What an absent field looks like, as SQL: NULL, 0 or ''. It is the column's default in the table, too.
  absl::string_view empty;

  const google::protobuf::FieldDescriptor* leaf() const { return fields.back(); }
  const google::protobuf::Reflection* leaf_reflection() const { return reflections.back(); }
};

// The columns of a record type, worked out from its descriptor: scalars as they are, enums by name without prefix,
// google.type.Date as DATE, Timestamp as DATETIME(6), other messages flattened, lists as JSON text. The fields etag and
// those marked derived have none. Immutable; threads may share one.
class Columns {
 public:
  explicit Columns(const google::protobuf::Descriptor* type);

  const std::vector<Column>& all() const { return columns_; }
  // The column of a field path such as "seller.credit_code"; nullptr if there is none.
  const Column* OfPath(absl::string_view path) const;
  // "`name`,`revision`,...": every column, in order.
  const std::string& list() const { return list_; }

  // Marks the columns that hold more than what an absent field looks like; used has an entry a column.
  void MarkUsed(const google::protobuf::Message& record, std::vector<bool>& used) const;
  // Appends the record's values of the columns that are used, in the order of the columns.
  void AppendValues(const google::protobuf::Message& record, const std::vector<bool>& used,
                    std::vector<mysql::Value>& values) const;
  // Fills an empty record from a row whose first column here is the row's column first.
  absl::Status ReadRow(const mysql::Row& row, int first, google::protobuf::Message& record) const;
  // One column's value of a record.
  static mysql::Value ValueOf(const Column& column, const google::protobuf::Message& record);

 private:
  void Collect(const google::protobuf::Descriptor* type,
               const std::vector<const google::protobuf::FieldDescriptor*>& above);

  std::vector<Column> columns_;
  std::string list_;
};

// The text of an enum value in a column: LOAN_STATE_ACTIVE of enum LoanState is "ACTIVE"; "" for the value 0.
std::string EnumText(const google::protobuf::EnumValueDescriptor* value);
// The enum value that a column's text, or its full name, means; nullptr if none.
const google::protobuf::EnumValueDescriptor* EnumOfText(const google::protobuf::EnumDescriptor* type,
                                                        absl::string_view text);

}  // namespace kechuang::ledger

#endif  // KECHUANG_COMMON_LEDGER_COLUMNS_H_
