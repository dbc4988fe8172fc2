#include "common/ledger/record_json.h"

#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/protobuf/util/json_util.h"

#include "common/base/error.h"
#include "common/base/status_macros.h"
#include "common/ledger/column_time.h"
#include "kechuang/api/v1/options.pb.h"
#include "kechuang/api/v1/reasons.pb.h"

namespace kechuang::ledger {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

void AppendString(const std::string& text, std::string& out) {
  out.push_back('"');
  for (const char c : text) {
    switch (c) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\n':
        out += "\\n";
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x20) {
          absl::StrAppendFormat(&out, "\\u%04x", c);
        } else {
          out.push_back(c);
        }
    }
  }
  out.push_back('"');
}

void AppendTime(const google::protobuf::Timestamp& stamp, std::string& out) {
  out.push_back('"');
  AppendJsonTime(absl::FromUnixSeconds(stamp.seconds()) + absl::Nanoseconds(stamp.nanos()), out);
  out.push_back('"');
}

void AppendMessage(const Message& message, bool whole_record, std::string& out);

// Appends one value: of a singular field if index is negative, else one item of a repeated field.
void AppendValue(const Message& message, const FieldDescriptor* field, int index, std::string& out) {
  const Reflection* reflection = message.GetReflection();
  const bool item = index >= 0;
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      absl::StrAppend(
          &out, item ? reflection->GetRepeatedInt32(message, field, index) : reflection->GetInt32(message, field));
      break;
    case FieldDescriptor::CPPTYPE_INT64:
      absl::StrAppend(
          &out, item ? reflection->GetRepeatedInt64(message, field, index) : reflection->GetInt64(message, field));
      break;
    case FieldDescriptor::CPPTYPE_BOOL:
      out += (item ? reflection->GetRepeatedBool(message, field, index) : reflection->GetBool(message, field))
                 ? "true"
                 : "false";
      break;
    case FieldDescriptor::CPPTYPE_ENUM:
      absl::StrAppend(
          &out, "\"",
          (item ? reflection->GetRepeatedEnum(message, field, index) : reflection->GetEnum(message, field))->name(),
          "\"");
      break;
    case FieldDescriptor::CPPTYPE_STRING: {
      std::string scratch;
      AppendString(item ? reflection->GetRepeatedStringReference(message, field, index, &scratch)
                        : reflection->GetStringReference(message, field, &scratch),
                   out);
      break;
    }
    case FieldDescriptor::CPPTYPE_MESSAGE: {
      const Message& value =
          item ? reflection->GetRepeatedMessage(message, field, index) : reflection->GetMessage(message, field);
      if (value.GetDescriptor() == google::protobuf::Timestamp::descriptor()) {
        AppendTime(static_cast<const google::protobuf::Timestamp&>(value), out);
      } else {
        AppendMessage(value, /*whole_record=*/false, out);
      }
      break;
    }
    default:
      out += "null";  // Columns refuses such a field at start, so no record holds one
  }
}

void AppendField(const Message& message, const FieldDescriptor* field, std::string& out) {
  if (!field->is_repeated()) return AppendValue(message, field, -1, out);
  out.push_back('[');
  const int size = message.GetReflection()->FieldSize(message, field);
  for (int i = 0; i < size; ++i) {
    if (i > 0) out.push_back(',');
    AppendValue(message, field, i, out);
  }
  out.push_back(']');
}

bool IsKept(const FieldDescriptor* field, bool whole_record) {
  if (whole_record && field->name() == "etag") return false;
  return !field->options().GetExtension(api::v1::field).derived();
}

// An empty message counts as not set: its columns cannot tell it from an absent one.
bool IsSet(const Message& message, const FieldDescriptor* field) {
  const Reflection* reflection = message.GetReflection();
  if (field->is_repeated()) return reflection->FieldSize(message, field) > 0;
  if (!reflection->HasField(message, field)) return false;
  return field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE ||
         reflection->GetMessage(message, field).ByteSizeLong() > 0;
}

void AppendMessage(const Message& message, bool whole_record, std::string& out) {
  out.push_back('{');
  bool first = true;
  const google::protobuf::Descriptor* type = message.GetDescriptor();
  for (int i = 0; i < type->field_count(); ++i) {
    const FieldDescriptor* field = type->field(i);
    if (!IsSet(message, field) || !IsKept(field, whole_record)) continue;
    if (!first) out.push_back(',');
    first = false;
    absl::StrAppend(&out, "\"", field->name(), "\":");
    AppendField(message, field, out);
  }
  out.push_back('}');
}

absl::Status ParseJson(absl::string_view json, Message& message) {
  google::protobuf::util::JsonParseOptions options;
  options.ignore_unknown_fields = true;
  const auto parsed = google::protobuf::util::JsonStringToMessage(std::string(json), &message, options);
  if (parsed.ok()) return absl::OkStatus();
  return Refuse(absl::StatusCode::kDataLoss, api::v1::INTERNAL_FAULT)
      .Says("a stored record is not readable JSON", "已存记录不是可读的 JSON");
}

bool IsPlainMessage(const FieldDescriptor* field) {
  return !field->is_repeated() && field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE &&
         field->message_type()->file()->package() != "google.type" &&
         field->message_type()->file()->package() != "google.protobuf";
}

void CollectDifferences(const Message& before, const Message& after, const std::string& above,
                        std::vector<FieldDifference>& differences) {
  const google::protobuf::Descriptor* type = before.GetDescriptor();
  for (int i = 0; i < type->field_count(); ++i) {
    const FieldDescriptor* field = type->field(i);
    if (!IsKept(field, above.empty())) continue;
    const std::string path = absl::StrCat(above, field->name());
    if (IsPlainMessage(field)) {
      CollectDifferences(before.GetReflection()->GetMessage(before, field),
                         after.GetReflection()->GetMessage(after, field), path + ".", differences);
      continue;
    }
    FieldDifference difference{path, "", ""};
    if (IsSet(before, field)) AppendField(before, field, difference.before);
    if (IsSet(after, field)) AppendField(after, field, difference.after);
    if (difference.before != difference.after) differences.push_back(std::move(difference));
  }
}

}  // namespace

std::string RecordToJson(const Message& record) {
  std::string out;
  out.reserve(512);
  AppendMessage(record, /*whole_record=*/true, out);
  return out;
}

absl::Status RecordFromJson(absl::string_view json, Message& record) { return ParseJson(json, record); }

std::string ListToJson(const Message& holder, const FieldDescriptor* field) {
  std::string out;
  if (IsSet(holder, field)) AppendField(holder, field, out);
  return out;
}

absl::Status ListFromJson(absl::string_view json, const FieldDescriptor* field, Message& holder) {
  const std::unique_ptr<Message> parsed(holder.New());
  RETURN_IF_ERROR(ParseJson(absl::StrCat("{\"", field->name(), "\":", json, "}"), *parsed));
  holder.MergeFrom(*parsed);
  return absl::OkStatus();
}

std::vector<FieldDifference> DifferencesOf(const Message& before, const Message& after) {
  std::vector<FieldDifference> differences;
  CollectDifferences(before, after, "", differences);
  return differences;
}

}  // namespace kechuang::ledger
