#include "common/ledger/stamps.h"

#include "absl/strings/str_cat.h"
#include "google/protobuf/timestamp.pb.h"

#include "common/base/type_facts.h"

namespace kechuang::ledger {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

struct StampFields {
  explicit StampFields(const google::protobuf::Descriptor* type)
      : name(type->FindFieldByName("name")),
        revision(type->FindFieldByName("revision")),
        etag(type->FindFieldByName("etag")),
        create_time(type->FindFieldByName("create_time")),
        update_time(type->FindFieldByName("update_time")),
        delete_time(type->FindFieldByName("delete_time")) {}

  const FieldDescriptor* name;
  const FieldDescriptor* revision;
  const FieldDescriptor* etag;
  const FieldDescriptor* create_time;
  const FieldDescriptor* update_time;
  const FieldDescriptor* delete_time;  // nullptr if records are never deleted
};

const StampFields& FieldsOf(const Message& record) { return FactsOf<StampFields>(record.GetDescriptor()); }

void SetTime(Message& record, const FieldDescriptor* field, absl::Time time) {
  auto& stamp = static_cast<google::protobuf::Timestamp&>(*record.GetReflection()->MutableMessage(&record, field));
  const int64_t micros = absl::ToUnixMicros(time);
  stamp.set_seconds(micros / 1'000'000);
  stamp.set_nanos(static_cast<int32_t>(micros % 1'000'000) * 1000);
}

void CopyField(const Message& from, Message& record, const FieldDescriptor* field) {
  if (!from.GetReflection()->HasField(from, field)) {
    record.GetReflection()->ClearField(&record, field);
  } else {
    record.GetReflection()->MutableMessage(&record, field)->CopyFrom(from.GetReflection()->GetMessage(from, field));
  }
}

}  // namespace

std::string NameOf(const Message& record) { return record.GetReflection()->GetString(record, FieldsOf(record).name); }

int64_t RevisionOf(const Message& record) {
  return record.GetReflection()->GetInt64(record, FieldsOf(record).revision);
}

std::string EtagOf(const Message& record) { return absl::StrCat("r", RevisionOf(record)); }

bool IsDeleted(const Message& record) {
  const FieldDescriptor* field = FieldsOf(record).delete_time;
  return field != nullptr && record.GetReflection()->HasField(record, field);
}

void StampNext(Message& record, const Message* before, absl::Time now, int64_t removed_revision) {
  const StampFields& fields = FieldsOf(record);
  record.GetReflection()->SetInt64(&record, fields.revision,
                                   (before == nullptr ? removed_revision : RevisionOf(*before)) + 1);
  if (before == nullptr) {
    SetTime(record, fields.create_time, now);
  } else {
    CopyField(*before, record, fields.create_time);
  }
  SetTime(record, fields.update_time, now);
}

void CopyStamps(const Message& from, Message& record) {
  const StampFields& fields = FieldsOf(record);
  record.GetReflection()->SetInt64(&record, fields.revision, RevisionOf(from));
  CopyField(from, record, fields.create_time);
  CopyField(from, record, fields.update_time);
}

void FillDerived(const Kind& kind, Message& record, absl::Time now) {
  record.GetReflection()->SetString(&record, FieldsOf(record).etag, EtagOf(record));
  if (kind.derive) kind.derive(record, now);
}

}  // namespace kechuang::ledger
