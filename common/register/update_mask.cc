#include "common/register/update_mask.h"

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "google/api/field_behavior.pb.h"

#include "common/base/error.h"
#include "kechuang/api/v1/reasons.pb.h"

namespace kechuang {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

bool Behaves(const FieldDescriptor* field, google::api::FieldBehavior wanted) {
  const auto& options = field->options();
  for (int i = 0; i < options.ExtensionSize(google::api::field_behavior); ++i) {
    if (options.GetExtension(google::api::field_behavior, i) == wanted) return true;
  }
  return false;
}

bool IsFixed(const FieldDescriptor* field) {
  return Behaves(field, google::api::OUTPUT_ONLY) || Behaves(field, google::api::IDENTIFIER);
}

bool IsSet(const Message& message, const FieldDescriptor* field) {
  return field->is_repeated() ? message.GetReflection()->FieldSize(message, field) > 0
                              : message.GetReflection()->HasField(message, field);
}

// The fields on the way of a path such as "seller.party_name"; empty if it names none.
std::vector<const FieldDescriptor*> FieldsOf(const google::protobuf::Descriptor* type, const std::string& path) {
  std::vector<const FieldDescriptor*> fields;
  for (const std::string& part : std::vector<std::string>(absl::StrSplit(path, '.'))) {
    const FieldDescriptor* field = type == nullptr ? nullptr : type->FindFieldByName(part);
    if (field == nullptr) return {};
    fields.push_back(field);
    type = field->is_repeated() ? nullptr : field->message_type();
  }
  return fields;
}

// Both messages' holder of the last field of a path; from's may be absent.
void CopyPath(const std::vector<const FieldDescriptor*>& fields, const Message& from, Message& to) {
  const Message* source = &from;
  Message* target = &to;
  for (size_t i = 0; i + 1 < fields.size(); ++i) {
    source = &source->GetReflection()->GetMessage(*source, fields[i]);
    target = target->GetReflection()->MutableMessage(target, fields[i]);
  }
  const FieldDescriptor* field = fields.back();
  target->GetReflection()->ClearField(target, field);
  if (!IsSet(*source, field)) return;
  const std::unique_ptr<Message> only(source->New());
  only->CopyFrom(*source);
  std::vector<const FieldDescriptor*> set;
  only->GetReflection()->ListFields(*only, &set);
  for (const FieldDescriptor* other : set) {
    if (other != field) only->GetReflection()->ClearField(only.get(), other);
  }
  target->MergeFrom(*only);
}

std::vector<std::string> PathsOf(const Message& update, const google::protobuf::FieldMask& mask) {
  const bool all = mask.paths_size() == 1 && mask.paths(0) == "*";
  if (mask.paths_size() > 0 && !all) return {mask.paths().begin(), mask.paths().end()};
  std::vector<std::string> paths;
  for (int i = 0; i < update.GetDescriptor()->field_count(); ++i) {
    const FieldDescriptor* field = update.GetDescriptor()->field(i);
    const bool immutable = Behaves(field, google::api::IMMUTABLE);
    if (!IsFixed(field) && (IsSet(update, field) || (all && !immutable))) paths.push_back(field->name());
  }
  return paths;
}

}  // namespace

absl::Status ApplyMask(Message& record, const Message& update, const google::protobuf::FieldMask& mask,
                       absl::string_view field) {
  Faults faults;
  const std::unique_ptr<Message> next(record.New());
  next->CopyFrom(record);
  for (const std::string& path : PathsOf(update, mask)) {
    const std::vector<const FieldDescriptor*> fields = FieldsOf(record.GetDescriptor(), path);
    if (fields.empty()) {
      faults.Add("update_mask", api::v1::FIELD_UNKNOWN, absl::StrCat("'", path, "' names no field of ", field),
                 absl::StrCat("'", path, "' 不是 ", field, " 的字段"));
      continue;
    }
    const std::unique_ptr<Message> before(next->New());
    before->CopyFrom(*next);
    CopyPath(fields, update, *next);
    bool fixed = IsFixed(fields.front());
    for (const FieldDescriptor* part : fields) fixed = fixed || Behaves(part, google::api::IMMUTABLE);
    if (fixed && next->SerializeAsString() != before->SerializeAsString()) {
      faults.Add(absl::StrCat(field, ".", path), api::v1::FIELD_NOT_WRITABLE, "cannot be changed by an update",
                 "不能通过更新修改");
    } else if (Behaves(fields.back(), google::api::REQUIRED) && !IsSet(*next, fields.back()) && fields.size() == 1) {
      faults.Add(absl::StrCat(field, ".", path), api::v1::FIELD_REQUIRED, "is required", "必填");
    }
  }
  if (faults.any()) return faults.status();
  record.CopyFrom(*next);
  return absl::OkStatus();
}

void ClearOutputOnly(Message& record) {
  for (int i = 0; i < record.GetDescriptor()->field_count(); ++i) {
    const FieldDescriptor* field = record.GetDescriptor()->field(i);
    if (Behaves(field, google::api::OUTPUT_ONLY)) record.GetReflection()->ClearField(&record, field);
  }
}

}  // namespace kechuang
