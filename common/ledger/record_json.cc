#include "common/ledger/record_json.h"

#include <algorithm>
#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/protobuf/util/json_util.h"

#include "common/base/error.h"
#include "common/base/status_macros.h"
#include "common/base/type_facts.h"
#include "common/ledger/column_time.h"
#include "kechuang/api/v1/options.pb.h"
#include "kechuang/api/v1/reasons.pb.h"

namespace kechuang::ledger {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

// The hashes of the journal stand on these very bytes, so they are not those of the JSON that callers get, which may
// change.
bool IsEscaped(char c) { return c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20; }

void AppendEscaped(char c, std::string& out) {
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
      absl::StrAppendFormat(&out, "\\u%04x", c);
  }
}

void AppendString(absl::string_view text, std::string& out) {
  out.push_back('"');
  while (true) {
    const auto end = std::find_if(text.begin(), text.end(), IsEscaped);
    out.append(text.begin(), end);
    if (end == text.end()) break;
    AppendEscaped(*end, out);
    text.remove_prefix(static_cast<size_t>(end - text.begin()) + 1);
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
void AppendValue(const Message& message, const Reflection& reflection, const FieldDescriptor* field, int index,
                 std::string& out) {
  const bool item = index >= 0;
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      absl::StrAppend(&out,
                      item ? reflection.GetRepeatedInt32(message, field, index) : reflection.GetInt32(message, field));
      break;
    case FieldDescriptor::CPPTYPE_INT64:
      absl::StrAppend(&out,
                      item ? reflection.GetRepeatedInt64(message, field, index) : reflection.GetInt64(message, field));
      break;
    case FieldDescriptor::CPPTYPE_BOOL:
      out += (item ? reflection.GetRepeatedBool(message, field, index) : reflection.GetBool(message, field)) ? "true"
                                                                                                             : "false";
      break;
    case FieldDescriptor::CPPTYPE_ENUM:
      absl::StrAppend(
          &out, "\"",
          (item ? reflection.GetRepeatedEnum(message, field, index) : reflection.GetEnum(message, field))->name(),
          "\"");
      break;
    case FieldDescriptor::CPPTYPE_STRING: {
      std::string scratch;
      AppendString(item ? reflection.GetRepeatedStringReference(message, field, index, &scratch)
                        : reflection.GetStringReference(message, field, &scratch),
                   out);
      break;
    }
    case FieldDescriptor::CPPTYPE_MESSAGE: {
      const Message& value =
          item ? reflection.GetRepeatedMessage(message, field, index) : reflection.GetMessage(message, field);
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

void AppendField(const Message& message, const Reflection& reflection, const FieldDescriptor* field, std::string& out) {
  if (!field->is_repeated()) return AppendValue(message, reflection, field, -1, out);
  out.push_back('[');
  const int size = reflection.FieldSize(message, field);
  for (int i = 0; i < size; ++i) {
    if (i > 0) out.push_back(',');
    AppendValue(message, reflection, field, i, out);
  }
  out.push_back(']');
}

// How a message type's fields stand in JSON.
struct JsonFields {
  struct Field {
    const FieldDescriptor* field;
    bool is_message;
    std::string key;  // "name":
  };

  explicit JsonFields(const google::protobuf::Descriptor* type) {
    for (int i = 0; i < type->field_count(); ++i) {
      const FieldDescriptor* field = type->field(i);
      if (field->options().GetExtension(api::v1::field).derived()) continue;
      const bool is_message = !field->is_repeated() && field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
      kept.push_back({field, is_message, absl::StrCat("\"", field->name(), "\":")});
      if (field->name() == "etag") etag = field;
    }
  }

  std::vector<Field> kept;                // in their order
  const FieldDescriptor* etag = nullptr;  // which a whole record leaves out
};

// An empty message counts as not set: its columns cannot tell it from an absent one.
bool IsSet(const Message& message, const Reflection& reflection, const FieldDescriptor* field, bool is_message) {
  if (field->is_repeated()) return reflection.FieldSize(message, field) > 0;
  if (!reflection.HasField(message, field)) return false;
  return !is_message || reflection.GetMessage(message, field).ByteSizeLong() > 0;
}

void AppendMessage(const Message& message, bool whole_record, std::string& out) {
  out.push_back('{');
  bool first = true;
  const JsonFields& fields = FactsOf<JsonFields>(message.GetDescriptor());
  const Reflection& reflection = *message.GetReflection();
  for (const auto& [field, is_message, key] : fields.kept) {
    if (!IsSet(message, reflection, field, is_message) || (whole_record && field == fields.etag)) continue;
    if (!first) out.push_back(',');
    first = false;
    out += key;
    AppendField(message, reflection, field, out);
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
  const JsonFields& fields = FactsOf<JsonFields>(before.GetDescriptor());
  const Reflection& reflection = *before.GetReflection();
  for (const auto& [field, is_message, key] : fields.kept) {
    if (above.empty() && field == fields.etag) continue;
    const std::string path = absl::StrCat(above, field->name());
    if (IsPlainMessage(field)) {
      CollectDifferences(reflection.GetMessage(before, field), reflection.GetMessage(after, field), path + ".",
                         differences);
      continue;
    }
    FieldDifference difference{path, "", ""};
    if (IsSet(before, reflection, field, is_message)) AppendField(before, reflection, field, difference.before);
    if (IsSet(after, reflection, field, is_message)) AppendField(after, reflection, field, difference.after);
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
  const Reflection& reflection = *holder.GetReflection();
  if (reflection.FieldSize(holder, field) > 0) AppendField(holder, reflection, field, out);
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
