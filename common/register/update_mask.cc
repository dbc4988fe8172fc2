#include "common/register/update_mask.h"

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

#include "common/access/masking.h"
#include "common/base/error.h"
#include "common/base/type_facts.h"
#include "common/rpc/field_behavior.h"
#include "common/rpc/validate.h"
#include "kechuang/api/v1/options.pb.h"
#include "kechuang/api/v1/reasons.pb.h"

namespace kechuang {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

bool IsFixed(const FieldDescriptor* field) {
  return rpc::Behaves(field, google::api::OUTPUT_ONLY) || rpc::Behaves(field, google::api::IDENTIFIER);
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

// Makes the field at a path in one message what it is in another. Messages on the way are made only to hold a value.
void CopyPath(const std::vector<const FieldDescriptor*>& fields, const Message& from, Message& to) {
  const FieldDescriptor* field = fields.back();
  const Message* source = &from;
  for (size_t i = 0; i + 1 < fields.size(); ++i) source = &source->GetReflection()->GetMessage(*source, fields[i]);
  const bool set = IsSet(*source, field);
  Message* target = &to;
  for (size_t i = 0; i + 1 < fields.size(); ++i) {
    if (!set && !IsSet(*target, fields[i])) return;
    target = target->GetReflection()->MutableMessage(target, fields[i]);
  }
  target->GetReflection()->ClearField(target, field);
  if (!set) return;
  const std::unique_ptr<Message> only(source->New());
  only->CopyFrom(*source);
  std::vector<const FieldDescriptor*> others;
  only->GetReflection()->ListFields(*only, &others);
  for (const FieldDescriptor* other : others) {
    if (other != field) only->GetReflection()->ClearField(only.get(), other);
  }
  target->MergeFrom(*only);
}

// Whether a text came masked that is not what the record shows.
bool StaysMasked(const Message& holder, const FieldDescriptor* field) {
  return field->cpp_type() == FieldDescriptor::CPPTYPE_STRING && !field->is_repeated() &&
         field->options().GetExtension(api::v1::field).personal_data() &&
         access::LooksMasked(holder.GetReflection()->GetString(holder, field));
}

// Notes what the messages that a path put into a record lack: an update's request is not asked for it at the door.
void CheckCopied(const Message& record, const std::vector<const FieldDescriptor*>& fields, const std::string& path,
                 Faults& faults) {
  const FieldDescriptor* field = fields.back();
  const Message* holder = &record;
  for (size_t i = 0; i + 1 < fields.size(); ++i) {
    if (!IsSet(*holder, fields[i])) return;
    holder = &holder->GetReflection()->GetMessage(*holder, fields[i]);
  }
  const Reflection* reflection = holder->GetReflection();
  if (!IsSet(*holder, field)) {
    if (rpc::Behaves(field, google::api::REQUIRED)) faults.Add(path, api::v1::FIELD_REQUIRED, "is required", "必填");
  } else if (field->is_repeated() && field->message_type() != nullptr) {
    for (int i = 0; i < reflection->FieldSize(*holder, field); ++i) {
      rpc::CheckMessage(reflection->GetRepeatedMessage(*holder, field, i), absl::StrCat(path, "[", i, "]"), faults);
    }
  } else if (field->message_type() != nullptr) {
    rpc::CheckMessage(reflection->GetMessage(*holder, field), path, faults);
  } else if (StaysMasked(*holder, field)) {
    rpc::AddMaskedFault(path, faults);
  }
}

std::vector<std::string> PathsOf(const Message& update, const google::protobuf::FieldMask& mask) {
  const bool all = mask.paths_size() == 1 && mask.paths(0) == "*";
  if (mask.paths_size() > 0 && !all) return {mask.paths().begin(), mask.paths().end()};
  std::vector<std::string> paths;
  for (int i = 0; i < update.GetDescriptor()->field_count(); ++i) {
    const FieldDescriptor* field = update.GetDescriptor()->field(i);
    const bool immutable = rpc::Behaves(field, google::api::IMMUTABLE);
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
    access::TakeBackMasked(record, *next);
    bool fixed = false;
    for (const FieldDescriptor* part : fields) {
      fixed = fixed || IsFixed(part) || rpc::Behaves(part, google::api::IMMUTABLE);
    }
    if (fixed && next->SerializeAsString() != before->SerializeAsString()) {
      faults.Add(absl::StrCat(field, ".", path), api::v1::FIELD_NOT_WRITABLE, "cannot be changed by an update",
                 "不能通过更新修改");
    } else {
      CheckCopied(*next, fields, absl::StrCat(field, ".", path), faults);
    }
  }
  if (faults.any()) return faults.status();
  record.CopyFrom(*next);
  return absl::OkStatus();
}

namespace {

// The fields of a message type that ClearOutputOnly has something to do with.
struct OutputFields {
  explicit OutputFields(const google::protobuf::Descriptor* type) {
    for (int i = 0; i < type->field_count(); ++i) {
      const FieldDescriptor* field = type->field(i);
      if (rpc::Behaves(field, google::api::OUTPUT_ONLY)) {
        cleared.push_back(field);
      } else if (field->message_type() != nullptr) {
        entered.push_back(field);
      }
    }
  }

  std::vector<const FieldDescriptor*> cleared;
  std::vector<const FieldDescriptor*> entered;  // messages, which may hold some
};

}  // namespace

void ClearOutputOnly(Message& record) {
  const Reflection* reflection = record.GetReflection();
  const OutputFields& fields = FactsOf<OutputFields>(record.GetDescriptor());
  for (const FieldDescriptor* field : fields.cleared) reflection->ClearField(&record, field);
  for (const FieldDescriptor* field : fields.entered) {
    if (!field->is_repeated()) {
      if (reflection->HasField(record, field)) ClearOutputOnly(*reflection->MutableMessage(&record, field));
      continue;
    }
    for (int i = 0; i < reflection->FieldSize(record, field); ++i) {
      ClearOutputOnly(*reflection->MutableRepeatedMessage(&record, field, i));
    }
  }
}

}  // namespace kechuang
