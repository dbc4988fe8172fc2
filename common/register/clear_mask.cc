#include "common/register/clear_mask.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

#include "common/base/error.h"
#include "common/rpc/field_behavior.h"
#include "kechuang/api/v1/reasons.pb.h"

namespace kechuang {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// The fields from the record down to the one that the path names; empty if it names none.
std::vector<const FieldDescriptor*> FieldsOf(const Descriptor* type, const std::string& path) {
  std::vector<const FieldDescriptor*> fields;
  for (const absl::string_view part : absl::StrSplit(path, '.')) {
    const FieldDescriptor* field = type == nullptr ? nullptr : type->FindFieldByName(std::string(part));
    if (field == nullptr || (!fields.empty() && fields.back()->is_repeated())) return {};
    fields.push_back(field);
    type = field->message_type();
  }
  return fields;
}

bool States(const Message& record, const std::vector<const FieldDescriptor*>& fields) {
  const Message* holder = &record;
  for (const FieldDescriptor* field : fields) {
    const auto* reflection = holder->GetReflection();
    if (field->is_repeated()) return reflection->FieldSize(*holder, field) > 0;
    if (!reflection->HasField(*holder, field)) return false;
    if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) holder = &reflection->GetMessage(*holder, field);
  }
  return true;
}

void CheckPath(const Message& stated, const std::string& path, absl::string_view place,
               absl::Span<const absl::string_view> clearable, Faults& faults) {
  const std::vector<const FieldDescriptor*> fields = FieldsOf(stated.GetDescriptor(), path);
  if (fields.empty()) {
    faults.Add(place, api::v1::FIELD_UNKNOWN, absl::StrCat("clear_mask names '", path, "', which is no field"),
               absl::StrCat("clear_mask 中的 '", path, "' 不是字段"));
    return;
  }
  const bool listed = clearable.empty() || std::find(clearable.begin(), clearable.end(), path) != clearable.end();
  bool writable = listed;
  for (const FieldDescriptor* field : fields) {
    writable = writable && !rpc::Behaves(field, google::api::OUTPUT_ONLY) &&
               !rpc::Behaves(field, google::api::IMMUTABLE) && !rpc::Behaves(field, google::api::IDENTIFIER);
  }
  if (rpc::Behaves(fields.back(), google::api::REQUIRED)) {
    faults.Add(place, api::v1::FIELD_REQUIRED, "is required and cannot be cleared", "必填，不能清空");
  } else if (!writable) {
    faults.Add(place, api::v1::FIELD_NOT_WRITABLE, "cannot be cleared", "不能清空");
  } else if (States(stated, fields)) {
    faults.Add(place, api::v1::FIELD_STATED_AND_CLEARED, "the row both states it and clears it",
               "本行既填写又要求清空");
  }
}

}  // namespace

absl::Status CheckClearMask(const Message& stated, const google::protobuf::FieldMask& mask, absl::string_view field,
                            absl::Span<const absl::string_view> clearable) {
  Faults faults;
  for (const std::string& path : mask.paths()) {
    CheckPath(stated, path, absl::StrCat(field, ".", path), clearable, faults);
  }
  return faults.status();
}

void ClearFields(const google::protobuf::FieldMask& mask, Message& record) {
  for (const std::string& path : mask.paths()) {
    Message* holder = &record;
    const std::vector<const FieldDescriptor*> fields = FieldsOf(record.GetDescriptor(), path);
    for (size_t i = 0; i < fields.size(); ++i) {
      if (i + 1 == fields.size()) {
        holder->GetReflection()->ClearField(holder, fields[i]);
      } else if (holder->GetReflection()->HasField(*holder, fields[i])) {
        holder = holder->GetReflection()->MutableMessage(holder, fields[i]);
      } else {
        break;
      }
    }
  }
}

}  // namespace kechuang
