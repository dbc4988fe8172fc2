#ifndef KECHUANG_COMMON_LEDGER_STAMPS_H_
#define KECHUANG_COMMON_LEDGER_STAMPS_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "google/protobuf/message.h"

#include "common/ledger/kind.h"

namespace kechuang::ledger {

// The fields that every record has, read and set by name.
std::string NameOf(const google::protobuf::Message& record);
int64_t RevisionOf(const google::protobuf::Message& record);
std::string EtagOf(const google::protobuf::Message& record);
bool IsDeleted(const google::protobuf::Message& record);

// Makes record the next revision after before (nullptr for a new record): sets revision, create_time and update_time.
// A new record under a name that was taken back goes on from removed_revision.
void StampNext(google::protobuf::Message& record, const google::protobuf::Message* before, absl::Time now,
               int64_t removed_revision = 0);
// Copies revision, create_time and update_time of another record of the same type.
void CopyStamps(const google::protobuf::Message& from, google::protobuf::Message& record);
// Fills etag and the derived fields: what is worked out whenever a record is read.
void FillDerived(const Kind& kind, google::protobuf::Message& record, absl::Time now);

}  // namespace kechuang::ledger

#endif  // KECHUANG_COMMON_LEDGER_STAMPS_H_
