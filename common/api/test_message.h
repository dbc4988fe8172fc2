#ifndef KECHUANG_COMMON_API_TEST_MESSAGE_H_
#define KECHUANG_COMMON_API_TEST_MESSAGE_H_

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "google/protobuf/any.pb.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "google/rpc/error_details.pb.h"

namespace kechuang::api {

// Fills messages with values that try what texts have to carry: quotes, slashes, Han and astral characters, the ends of
// number ranges. The same seed gives the same messages.
class RandomMessages {
 public:
  explicit RandomMessages(uint64_t seed) : random_(seed) {}

  uint64_t Below(uint64_t end) { return std::uniform_int_distribution<uint64_t>(0, end - 1)(random_); }

  template <typename T>
  const T& OneOf(const std::vector<T>& values) {
    return values[Below(values.size())];
  }

  std::string Text() {
    static const std::vector<std::string> kPieces = {"a",  "Z9", " ", "\"", "\\", "/",  "%2F",  "%",
                                                     "+",  "&",  "=", "?",  "#",  ":",  ".",    "合同",
                                                     "𠀀", "é",  "<", "{",  "\n", "\t", "\x1F", "null"};
    std::string text;
    for (uint64_t left = Below(6); left > 0; --left) text += OneOf(kPieces);
    return text;
  }

  void Fill(google::protobuf::Message& message, int depth = 0) {
    using google::protobuf::Descriptor;
    const Descriptor& type = *message.GetDescriptor();
    const google::protobuf::Reflection& reflection = *message.GetReflection();
    if (type.full_name() == "google.type.Date") return FillNumbers(message, {{"year", 2022}, {"month", 3}, {"day", 5}});
    switch (type.well_known_type()) {
      case Descriptor::WELLKNOWNTYPE_TIMESTAMP:
        return FillNumbers(message, {{"seconds", OneOf<int64_t>({0, -62135596800, 253402300799, 1646438400})},
                                     {"nanos", OneOf<int64_t>({0, 500'000'000, 1'000, 999'999'999})}});
      case Descriptor::WELLKNOWNTYPE_FIELDMASK:
        return reflection.AddString(&message, type.FindFieldByName("paths"),
                                    OneOf<std::string>({"title", "a.b_c", "*"}));
      case Descriptor::WELLKNOWNTYPE_ANY:
        return FillAny(static_cast<google::protobuf::Any&>(message));
      default:
        break;
    }
    for (int i = 0; i < type.field_count(); ++i) {
      if (Below(3) == 0 || (depth > 3 && type.field(i)->message_type() != nullptr)) continue;
      for (uint64_t left = type.field(i)->is_repeated() ? Below(3) : 1; left > 0; --left) {
        FillField(message, type.field(i), depth);
      }
    }
  }

 private:
  static void FillNumbers(google::protobuf::Message& message,
                          const std::vector<std::pair<const char*, int64_t>>& values) {
    const google::protobuf::Reflection& reflection = *message.GetReflection();
    for (const auto& [name, value] : values) {
      const auto* field = message.GetDescriptor()->FindFieldByName(name);
      if (field->cpp_type() == google::protobuf::FieldDescriptor::CPPTYPE_INT64) {
        reflection.SetInt64(&message, field, value);
      } else {
        reflection.SetInt32(&message, field, static_cast<int32_t>(value));
      }
    }
  }

  void FillAny(google::protobuf::Any& any) {
    google::rpc::ErrorInfo info;
    info.set_reason(Text());
    (*info.mutable_metadata())[Text()] = Text();
    any.PackFrom(info);
  }

  // Sets a field, or adds an item to it.
  void FillField(google::protobuf::Message& message, const google::protobuf::FieldDescriptor* field, int depth) {
    using google::protobuf::FieldDescriptor;
    const google::protobuf::Reflection& reflection = *message.GetReflection();
    const bool add = field->is_repeated();
    switch (field->cpp_type()) {
      case FieldDescriptor::CPPTYPE_INT32: {
        const auto value = OneOf<int32_t>({0, 1, -1, INT32_MIN, INT32_MAX});
        return add ? reflection.AddInt32(&message, field, value) : reflection.SetInt32(&message, field, value);
      }
      case FieldDescriptor::CPPTYPE_INT64: {
        const auto value = OneOf<int64_t>({0, -7, INT64_MIN, INT64_MAX, (int64_t{1} << 53) + 1});
        return add ? reflection.AddInt64(&message, field, value) : reflection.SetInt64(&message, field, value);
      }
      case FieldDescriptor::CPPTYPE_BOOL: {
        const bool value = Below(2) == 1;
        return add ? reflection.AddBool(&message, field, value) : reflection.SetBool(&message, field, value);
      }
      case FieldDescriptor::CPPTYPE_ENUM: {
        const auto* value = field->enum_type()->value(
            static_cast<int>(Below(static_cast<uint64_t>(field->enum_type()->value_count()))));
        return add ? reflection.AddEnum(&message, field, value) : reflection.SetEnum(&message, field, value);
      }
      case FieldDescriptor::CPPTYPE_STRING:
        return add ? reflection.AddString(&message, field, Text()) : reflection.SetString(&message, field, Text());
      case FieldDescriptor::CPPTYPE_MESSAGE:
        return Fill(add ? *reflection.AddMessage(&message, field) : *reflection.MutableMessage(&message, field),
                    depth + 1);
      default:
        return;  // no proto of the suite holds fractions or unsigned numbers
    }
  }

  std::mt19937_64 random_;
};

// Changes a few bytes of a text.
inline std::string Mutated(std::string text, RandomMessages& random) {
  static const std::vector<std::string> kPieces = {"\"",
                                                   "{",
                                                   "}",
                                                   "[",
                                                   "]",
                                                   ",",
                                                   ":",
                                                   "\\u",
                                                   "null",
                                                   "1e9",
                                                   "-",
                                                   "%",
                                                   "%2F",
                                                   "/",
                                                   "&",
                                                   "=",
                                                   "é",
                                                   "\xFF",
                                                   "9999999999999999999",
                                                   "NaN"};
  for (uint64_t left = 1 + random.Below(4); left > 0; --left) {
    const size_t at = random.Below(text.size() + 1);
    const size_t cut = random.Below(3) == 0 ? random.Below(text.size() - at + 1) : 0;
    text.replace(at, cut, random.OneOf(kPieces));
  }
  return text;
}

// Words that a person outside must never read: of our own code, of libraries, of the machine.
inline std::vector<std::string> InternalWords() {
  return {"std::", "absl", "google::", "nlohmann",    "protobuf", "exception", "json_util",        ".cc",
          ".h:",   "0x",   "nullptr",  "string_view", "StatusOr", "Cord",      "invalid_argument", "parse_error",
          "/usr",  "/tmp", "SQL"};
}

}  // namespace kechuang::api

#endif  // KECHUANG_COMMON_API_TEST_MESSAGE_H_
