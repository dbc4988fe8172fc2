#include <algorithm>
#include <charconv>
#include <cmath>
#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "google/protobuf/any.pb.h"

#include "common/api/field_text.h"
#include "common/api/json.h"
#include "common/domain/name_text.h"

namespace kechuang::api {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

constexpr char kReplacement[] = "\xEF\xBF\xBD";  // U+FFFD

// Appends one byte of a text that JSON does not take as it is, or the replacement for bytes that are no UTF-8.
void AppendEscaped(unsigned char byte, std::string& out) {
  switch (byte) {
    case '"':
      out += "\\\"";
      break;
    case '\\':
      out += "\\\\";
      break;
    case '\n':
      out += "\\n";
      break;
    case '\r':
      out += "\\r";
      break;
    case '\t':
      out += "\\t";
      break;
    default:
      absl::StrAppendFormat(&out, "\\u%04x", byte);
  }
}

void AppendQuoted(absl::string_view text, std::string& out) {
  out.push_back('"');
  size_t start = 0;  // of what is not appended yet
  size_t at = 0;
  while (at < text.size()) {
    const auto byte = static_cast<unsigned char>(text[at]);
    if (byte >= ' ' && byte < 0x80 && byte != '"' && byte != '\\') {
      ++at;
      continue;
    }
    const size_t here = at;
    if (byte < 0x80) {
      ++at;
    } else if (NextCodePoint(text, at) >= 0) {
      continue;
    }
    out.append(text.data() + start, here - start);
    start = at;
    if (byte < 0x80) {
      AppendEscaped(byte, out);
    } else {
      out += kReplacement;
    }
  }
  out.append(text.data() + start, text.size() - start);
  out.push_back('"');
}

void AppendFraction(double value, std::string& out) {
  if (std::isnan(value)) {
    out += "\"NaN\"";
  } else if (std::isinf(value)) {
    out += value > 0 ? "\"Infinity\"" : "\"-Infinity\"";
  } else {
    char digits[32];
    const std::to_chars_result end = std::to_chars(digits, digits + sizeof(digits), value);
    out.append(digits, end.ptr);
  }
}

// A well-known message as its generated type, whichever way it was made.
template <typename Known>
Known As(const Message& message) {
  if (message.GetDescriptor() == Known::descriptor()) return static_cast<const Known&>(message);
  Known known;
  known.ParseFromString(message.SerializeAsString());
  return known;
}

class JsonWriter {
 public:
  JsonWriter(JsonNames names, std::string& out) : names_(names), out_(out) {}

  void Write(const Message& message) {
    switch (message.GetDescriptor()->well_known_type()) {
      case Descriptor::WELLKNOWNTYPE_TIMESTAMP:
        return AppendQuoted(TextOf(As<google::protobuf::Timestamp>(message)), out_);
      case Descriptor::WELLKNOWNTYPE_DURATION:
        return AppendQuoted(TextOf(As<google::protobuf::Duration>(message)), out_);
      case Descriptor::WELLKNOWNTYPE_FIELDMASK:
        return AppendQuoted(TextOf(As<google::protobuf::FieldMask>(message)), out_);
      case Descriptor::WELLKNOWNTYPE_ANY:
        return WriteAny(message);
      default:
        out_.push_back('{');
        WriteMembers(message, /*first=*/true);
        out_.push_back('}');
    }
  }

  void WriteField(const Message& message, const FieldDescriptor* field) {
    const Reflection* reflection = message.GetReflection();
    if (field->is_map()) return WriteMap(message, field);
    if (!field->is_repeated()) {
      const bool null = field->message_type() != nullptr && !reflection->HasField(message, field);
      if (null) {
        out_ += "null";
      } else {
        WriteValue(message, field, -1);
      }
      return;
    }
    out_.push_back('[');
    const int size = reflection->FieldSize(message, field);
    for (int i = 0; i < size; ++i) {
      if (i > 0) out_.push_back(',');
      WriteValue(message, field, i);
    }
    out_.push_back(']');
  }

 private:
  void WriteMembers(const Message& message, bool first) {
    const Descriptor& type = *message.GetDescriptor();
    const Reflection* reflection = message.GetReflection();
    for (int i = 0; i < type.field_count(); ++i) {
      const FieldDescriptor* field = type.field(i);
      if (field->has_presence() && !reflection->HasField(message, field)) continue;
      if (!first) out_.push_back(',');
      first = false;
      out_.push_back('"');
      out_ += names_ == JsonNames::kCamelCase ? field->json_name() : field->name();
      out_ += "\":";
      WriteField(message, field);
    }
  }

  // The entries by key, so that equal messages give equal texts.
  void WriteMap(const Message& message, const FieldDescriptor* field) {
    const Reflection* reflection = message.GetReflection();
    std::vector<std::pair<std::string, const Message*>> entries;
    for (int i = 0; i < reflection->FieldSize(message, field); ++i) {
      const Message& entry = reflection->GetRepeatedMessage(message, field, i);
      std::string key;
      JsonWriter(names_, key).WriteValue(entry, field->message_type()->map_key(), -1);
      entries.emplace_back(key[0] == '"' ? key : absl::StrCat("\"", key, "\""), &entry);
    }
    std::sort(entries.begin(), entries.end());
    out_.push_back('{');
    for (const auto& [key, entry] : entries) {
      if (out_.back() != '{') out_.push_back(',');
      absl::StrAppend(&out_, key, ":");
      WriteValue(*entry, field->message_type()->map_value(), -1);
    }
    out_.push_back('}');
  }

  void WriteAny(const Message& message) {
    const auto any = As<google::protobuf::Any>(message);
    out_ += "{\"@type\":";
    AppendQuoted(any.type_url(), out_);
    const Descriptor* type = google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName(
        any.type_url().substr(any.type_url().rfind('/') + 1));
    std::unique_ptr<Message> held;
    if (type != nullptr) held.reset(google::protobuf::MessageFactory::generated_factory()->GetPrototype(type)->New());
    if (held == nullptr || !held->ParseFromString(any.value())) {
      absl::StrAppend(&out_, ",\"value\":\"", absl::Base64Escape(any.value()), "\"");
    } else if (HasJsonOfItsOwn(*type)) {
      out_ += ",\"value\":";
      Write(*held);
    } else {
      WriteMembers(*held, /*first=*/false);
    }
    out_.push_back('}');
  }

  static bool HasJsonOfItsOwn(const Descriptor& type) {
    return type.well_known_type() != Descriptor::WELLKNOWNTYPE_UNSPECIFIED;
  }

  // Writes the value of a single field if index is negative, else one item of a repeated field.
  void WriteValue(const Message& message, const FieldDescriptor* field, int index) {
    const Reflection* reflection = message.GetReflection();
    const bool item = index >= 0;
    switch (field->cpp_type()) {
      case FieldDescriptor::CPPTYPE_INT32:
        absl::StrAppend(
            &out_, item ? reflection->GetRepeatedInt32(message, field, index) : reflection->GetInt32(message, field));
        break;
      case FieldDescriptor::CPPTYPE_UINT32:
        absl::StrAppend(
            &out_, item ? reflection->GetRepeatedUInt32(message, field, index) : reflection->GetUInt32(message, field));
        break;
      case FieldDescriptor::CPPTYPE_INT64:
        absl::StrAppend(
            &out_, "\"",
            item ? reflection->GetRepeatedInt64(message, field, index) : reflection->GetInt64(message, field), "\"");
        break;
      case FieldDescriptor::CPPTYPE_UINT64:
        absl::StrAppend(
            &out_, "\"",
            item ? reflection->GetRepeatedUInt64(message, field, index) : reflection->GetUInt64(message, field), "\"");
        break;
      case FieldDescriptor::CPPTYPE_DOUBLE:
        AppendFraction(
            item ? reflection->GetRepeatedDouble(message, field, index) : reflection->GetDouble(message, field), out_);
        break;
      case FieldDescriptor::CPPTYPE_FLOAT:
        AppendFraction(
            item ? reflection->GetRepeatedFloat(message, field, index) : reflection->GetFloat(message, field), out_);
        break;
      case FieldDescriptor::CPPTYPE_BOOL:
        out_ += (item ? reflection->GetRepeatedBool(message, field, index) : reflection->GetBool(message, field))
                    ? "true"
                    : "false";
        break;
      case FieldDescriptor::CPPTYPE_ENUM:
        WriteEnum(*field->enum_type(), item ? reflection->GetRepeatedEnumValue(message, field, index)
                                            : reflection->GetEnumValue(message, field));
        break;
      case FieldDescriptor::CPPTYPE_STRING: {
        std::string scratch;
        const std::string& text = item ? reflection->GetRepeatedStringReference(message, field, index, &scratch)
                                       : reflection->GetStringReference(message, field, &scratch);
        AppendQuoted(field->type() == FieldDescriptor::TYPE_BYTES ? absl::Base64Escape(text) : text, out_);
        break;
      }
      case FieldDescriptor::CPPTYPE_MESSAGE:
        Write(item ? reflection->GetRepeatedMessage(message, field, index) : reflection->GetMessage(message, field));
        break;
    }
  }

  // A number that the enum has no value for came from a newer program, and stays a number.
  void WriteEnum(const google::protobuf::EnumDescriptor& type, int number) {
    const google::protobuf::EnumValueDescriptor* value = type.FindValueByNumber(number);
    if (value == nullptr) {
      absl::StrAppend(&out_, number);
    } else {
      absl::StrAppend(&out_, "\"", value->name(), "\"");
    }
  }

  const JsonNames names_;
  std::string& out_;
};

}  // namespace

std::string WriteJson(const Message& message, JsonNames names) {
  std::string out;
  out.reserve(message.ByteSizeLong() * 3 + 64);
  JsonWriter(names, out).Write(message);
  return out;
}

std::string WriteJsonField(const Message& message, const FieldDescriptor* field, JsonNames names) {
  std::string out;
  JsonWriter(names, out).WriteField(message, field);
  return out;
}

std::string JsonQuoted(absl::string_view text) {
  std::string out;
  AppendQuoted(text, out);
  return out;
}

}  // namespace kechuang::api
