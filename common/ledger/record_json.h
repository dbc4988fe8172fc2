#ifndef KECHUANG_COMMON_LEDGER_RECORD_JSON_H_
#define KECHUANG_COMMON_LEDGER_RECORD_JSON_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace kechuang::ledger {

// A record as one line of JSON: proto field names, fields in the order of their numbers, only what is set, 64-bit
// integers as numbers, times in UTC. The same record always gives the same text. etag and derived fields are left out.
// It is what the journal holds: a person can read it, and JSON parsers of protobuf take it. Ten times faster than the
// general printer.
std::string RecordToJson(const google::protobuf::Message& record);

// Fills an empty record from what RecordToJson gave. Fields that the type has no more are skipped.
absl::Status RecordFromJson(absl::string_view json, google::protobuf::Message& record);

// A repeated field as a JSON array; "" for an empty one.
std::string ListToJson(const google::protobuf::Message& holder, const google::protobuf::FieldDescriptor* field);
absl::Status ListFromJson(absl::string_view json, const google::protobuf::FieldDescriptor* field,
                          google::protobuf::Message& holder);

// One field that differs between two records of one type.
struct FieldDifference {
  std::string path;    // "seller.party_name"
  std::string before;  // as JSON; empty if not set
  std::string after;
};

// What differs between two records, by field; lists are compared whole. etag and derived fields are left out.
std::vector<FieldDifference> DifferencesOf(const google::protobuf::Message& before,
                                           const google::protobuf::Message& after);

}  // namespace kechuang::ledger

#endif  // KECHUANG_COMMON_LEDGER_RECORD_JSON_H_
