#include "common/ledger/stamps.h"

#include "absl/strings/str_cat.h"
#include "google/protobuf/timestamp.pb.h"

namespace kechuang::ledger {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

const FieldDescriptor* FieldOf(const Message& record, const char* name) {
  return record.GetDescriptor()->FindFieldByName(name);
}

void SetTime(Message& record, const char* name, absl::Time time) {
  auto& stamp = static_cast<google::protobuf::Timestamp&>(
      *record.GetReflection()->MutableMessage(&record, FieldOf(record, name)));
  const int64_t micros = absl::ToUnixMicros(time);
  stamp.set_seconds(micros / 1'000'000);
  stamp.set_nanos(static_cast<int32_t>(micros % 1'000'000) * 1000);
}

void CopyField(const Message& from, Message& record, const char* name) {
  const FieldDescriptor* field = FieldOf(from, name);
  if (!from.GetReflection()->HasField(from, field)) {
    record.GetReflection()->ClearField(&record, field);
  } else {
    record.GetReflection()->MutableMessage(&record, field)->CopyFrom(from.GetReflection()->GetMessage(from, field));
  }
}

}  // namespace

std::string NameOf(const Message& record) { return record.GetReflection()->GetString(record, FieldOf(record, "name")); }

int64_t RevisionOf(const Message& record) {
  return record.GetReflection()->GetInt64(record, FieldOf(record, "revision"));
}

std::string EtagOf(const Message& record) { return absl::StrCat("r", RevisionOf(record)); }

bool IsDeleted(const Message& record) {
  const FieldDescriptor* field = FieldOf(record, "delete_time");
  return field != nullptr && record.GetReflection()->HasField(record, field);
}

void StampNext(Message& record, const Message* before, absl::Time now, int64_t removed_revision) {
  record.GetReflection()->SetInt64(&record, FieldOf(record, "revision"),
                                   (before == nullptr ? removed_revision : RevisionOf(*before)) + 1);
  if (before == nullptr) {
    SetTime(record, "create_time", now);
  } else {
    CopyField(*before, record, "create_time");
  }
  SetTime(record, "update_time", now);
}

void CopyStamps(const Message& from, Message& record) {
  record.GetReflection()->SetInt64(&record, FieldOf(record, "revision"), RevisionOf(from));
  CopyField(from, record, "create_time");
  CopyField(from, record, "update_time");
}

void FillDerived(const Kind& kind, Message& record, absl::Time now) {
  record.GetReflection()->SetString(&record, FieldOf(record, "etag"), EtagOf(record));
  if (kind.derive) kind.derive(record, now);
}

}  // namespace kechuang::ledger
