#include "common/api/field_text.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"

#include "common/api/nearest.h"
#include "common/base/error.h"
#include "common/base/status_macros.h"
#include "common/domain/day.h"
#include "kechuang/api/v1/reasons.pb.h"

namespace kechuang::api {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::Duration;
using google::protobuf::FieldDescriptor;
using google::protobuf::FieldMask;
using google::protobuf::Message;
using google::protobuf::Reflection;
using google::protobuf::Timestamp;

constexpr int64_t kTimeFirst = -62135596800;  // 0001-01-01
constexpr int64_t kTimeLast = 253402300799;   // 9999-12-31
constexpr int64_t kDurationMost = 315'576'000'000;
constexpr size_t kDigitsMax = 30;

bool IsDigit(char c) { return absl::ascii_isdigit(static_cast<unsigned char>(c)); }
bool AreDigits(absl::string_view text) { return !text.empty() && std::all_of(text.begin(), text.end(), &IsDigit); }

absl::Status Malformed(absl::string_view english, absl::string_view chinese) {
  return Refuse(absl::StatusCode::kInvalidArgument, v1::FIELD_MALFORMED).Says(english, chinese);
}

// True if the text looks like the pattern, in which d is any digit.
bool Looks(absl::string_view text, absl::string_view pattern) {
  if (text.size() != pattern.size()) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    if (pattern[i] == 'd' ? !IsDigit(text[i]) : text[i] != pattern[i]) return false;
  }
  return true;
}

// The nanoseconds of ".5", up to nine digits; cuts them off the text. 0 if it does not begin with a point; negative if
// what follows the point is no fraction.
int32_t TakeFraction(absl::string_view& text) {
  if (!absl::ConsumePrefix(&text, ".")) return 0;
  int32_t nanos = 0;
  size_t digits = 0;
  for (; digits < text.size() && IsDigit(text[digits]); ++digits) {
    if (digits == 9) return -1;
    nanos = nanos * 10 + (text[digits] - '0');
  }
  if (digits == 0) return -1;
  text.remove_prefix(digits);
  for (; digits < 9; ++digits) nanos *= 10;
  return nanos;
}

// ".5", ".000001" or nothing: as few groups of three digits as hold it.
std::string FractionText(int32_t nanos) {
  if (nanos <= 0 || nanos > 999'999'999) return "";
  if (nanos % 1'000'000 == 0) return absl::StrFormat(".%03d", nanos / 1'000'000);
  if (nanos % 1'000 == 0) return absl::StrFormat(".%06d", nanos / 1'000);
  return absl::StrFormat(".%09d", nanos);
}

absl::Status NoTime(absl::string_view text) {
  return Malformed(absl::StrCat("\"", Shown(text),
                                "\" is no time; expected one such as 2022-03-05T08:00:00+08:00 or "
                                "2022-03-05T00:00:00Z, years 1 to 9999"),
                   absl::StrCat("“", Shown(text),
                                "”不是时间；应如 2022-03-05T08:00:00+08:00 或 "
                                "2022-03-05T00:00:00Z，公元 1 至 9999 年"));
}

absl::Status NoDuration(absl::string_view text) {
  return Malformed(absl::StrCat("\"", Shown(text), "\" is no length of time; expected seconds such as 3.5s"),
                   absl::StrCat("“", Shown(text), "”不是时长；应为秒数，如 3.5s"));
}

// "sellerName" is "seller_name"; a name in that style already stays.
std::string SnakeCase(absl::string_view name) {
  std::string snake;
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    if (absl::ascii_isupper(byte)) snake.push_back('_');
    snake.push_back(absl::ascii_tolower(byte));
  }
  return snake;
}

std::string CamelCase(absl::string_view name) {
  std::string camel;
  bool raise = false;
  for (const char c : name) {
    if (c == '_') {
      raise = true;
      continue;
    }
    camel.push_back(raise ? absl::ascii_toupper(static_cast<unsigned char>(c)) : c);
    raise = false;
  }
  return camel;
}

// "title" or "seller.partyName" or "*".
bool IsMaskPath(absl::string_view path) {
  if (path == "*") return true;
  for (const absl::string_view part : absl::StrSplit(path, '.')) {
    const bool word = std::all_of(part.begin(), part.end(), [](char c) {
      return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '_';
    });
    if (part.empty() || !word) return false;
  }
  return true;
}

template <typename Value>
using Setter = void (Reflection::*)(Message*, const FieldDescriptor*, Value) const;

template <typename Value>
void Put(Message& message, const FieldDescriptor* field, Setter<Value> set, Setter<Value> add, Value value) {
  (message.GetReflection()->*(field->is_repeated() ? add : set))(&message, field, std::move(value));
}

// Sets or adds a message of a well-known type. The field's own type may be one that was made at run time.
void PutMessage(Message& message, const FieldDescriptor* field, const Message& value) {
  const Reflection* reflection = message.GetReflection();
  Message* target =
      field->is_repeated() ? reflection->AddMessage(&message, field) : reflection->MutableMessage(&message, field);
  target->ParseFromString(value.SerializeAsString());
}

template <typename Value>
absl::Status PutParsed(Message& message, const FieldDescriptor* field, const absl::StatusOr<Value>& value) {
  if (value.ok()) PutMessage(message, field, *value);
  return value.status();
}

absl::Status MessageFromText(Message& message, const FieldDescriptor* field, absl::string_view text) {
  switch (field->message_type()->well_known_type()) {
    case Descriptor::WELLKNOWNTYPE_TIMESTAMP:
      return PutParsed(message, field, TimestampFromText(text));
    case Descriptor::WELLKNOWNTYPE_DURATION:
      return PutParsed(message, field, DurationFromText(text));
    case Descriptor::WELLKNOWNTYPE_FIELDMASK:
      return PutParsed(message, field, FieldMaskFromText(text));
    default:
      break;
  }
  if (!HasTextForm(*field->message_type())) return WrongType(*field, {"a text", "文本"});
  // The error shows the text again, and a date that is much longer is none.
  ASSIGN_OR_RETURN(const Day day, Day::Parse(Shown(text)));
  PutMessage(message, field, day.ToProto());
  return absl::OkStatus();
}

absl::Status IntegerFromText(Message& message, const FieldDescriptor* field, absl::string_view text) {
  const std::optional<absl::int128> value = WholeNumber(text);
  if (value.has_value()) return SetInteger(message, field, *value);
  return WrongType(*field, {absl::StrCat("\"", Shown(text), "\""), absl::StrCat("“", Shown(text), "”")});
}

absl::Status PutFraction(Message& message, const FieldDescriptor* field, double value) {
  if (field->cpp_type() == FieldDescriptor::CPPTYPE_FLOAT) {
    Put<float>(message, field, &Reflection::SetFloat, &Reflection::AddFloat, static_cast<float>(value));
  } else {
    Put<double>(message, field, &Reflection::SetDouble, &Reflection::AddDouble, value);
  }
  return absl::OkStatus();
}

absl::Status FractionFromText(Message& message, const FieldDescriptor* field, absl::string_view text) {
  double value = 0;
  const bool named = text == "NaN" || text == "Infinity" || text == "-Infinity";
  const bool numeric = !text.empty() && text.find_first_not_of("0123456789+-.eE") == absl::string_view::npos;
  if ((!named && !numeric) || !absl::SimpleAtod(text, &value)) {
    return WrongType(*field, {absl::StrCat("\"", Shown(text), "\""), absl::StrCat("“", Shown(text), "”")});
  }
  if (named) return PutFraction(message, field, value);
  return SetFraction(message, field, value);
}

absl::Status BytesFromText(Message& message, const FieldDescriptor* field, absl::string_view text) {
  std::string bytes;
  if (!absl::Base64Unescape(text, &bytes) && !absl::WebSafeBase64Unescape(text, &bytes)) {
    return Malformed("must be bytes in base64", "须为 base64 编码的字节");
  }
  Put<std::string>(message, field, &Reflection::SetString, &Reflection::AddString, std::move(bytes));
  return absl::OkStatus();
}

// The least and the greatest number of an integer type.
std::pair<absl::int128, absl::int128> RangeOf(const FieldDescriptor& field) {
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return {std::numeric_limits<int32_t>::min(), std::numeric_limits<int32_t>::max()};
    case FieldDescriptor::CPPTYPE_UINT32:
      return {0, std::numeric_limits<uint32_t>::max()};
    case FieldDescriptor::CPPTYPE_UINT64:
      return {0, std::numeric_limits<uint64_t>::max()};
    default:
      return {std::numeric_limits<int64_t>::min(), std::numeric_limits<int64_t>::max()};
  }
}

std::string TextOfNumber(absl::int128 value) {
  return value < 0 ? absl::StrCat(static_cast<int64_t>(value)) : absl::StrCat(static_cast<uint64_t>(value));
}

Words MessageWords(const Descriptor& type) {
  switch (type.well_known_type()) {
    case Descriptor::WELLKNOWNTYPE_TIMESTAMP:
      return {"a time such as \"2022-03-05T08:00:00+08:00\"", "时间，如 \"2022-03-05T08:00:00+08:00\""};
    case Descriptor::WELLKNOWNTYPE_DURATION:
      return {"a length of time such as \"3.5s\"", "时长，如 \"3.5s\""};
    case Descriptor::WELLKNOWNTYPE_FIELDMASK:
      return {"field names such as \"title,seller.partyName\" or {\"paths\":[\"title\"]}",
              "字段名，如 \"title,seller.partyName\" 或 {\"paths\":[\"title\"]}"};
    default:
      break;
  }
  if (HasTextForm(type)) {
    return {"a date such as {\"year\":2022,\"month\":3,\"day\":5} or \"2022-03-05\"",
            "日期，如 {\"year\":2022,\"month\":3,\"day\":5} 或 \"2022-03-05\""};
  }
  return {"an object {...}", "对象 {...}"};
}

}  // namespace

absl::Status SetFromText(Message& message, const FieldDescriptor* field, absl::string_view text) {
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return MessageFromText(message, field, text);
    case FieldDescriptor::CPPTYPE_ENUM: {
      const std::optional<absl::int128> number = WholeNumber(text);
      if (!number.has_value()) return SetEnumByName(message, field, text);
      return SetEnumByNumber(message, field, *number);
    }
    case FieldDescriptor::CPPTYPE_BOOL:
      if (text != "true" && text != "false") {
        return WrongType(*field, {absl::StrCat("\"", Shown(text), "\""), absl::StrCat("“", Shown(text), "”")});
      }
      SetBool(message, field, text == "true");
      return absl::OkStatus();
    case FieldDescriptor::CPPTYPE_STRING:
      if (field->type() == FieldDescriptor::TYPE_BYTES) return BytesFromText(message, field, text);
      Put<std::string>(message, field, &Reflection::SetString, &Reflection::AddString, std::string(text));
      return absl::OkStatus();
    case FieldDescriptor::CPPTYPE_DOUBLE:
    case FieldDescriptor::CPPTYPE_FLOAT:
      return FractionFromText(message, field, text);
    default:
      return IntegerFromText(message, field, text);
  }
}

bool HasTextForm(const Descriptor& type) {
  switch (type.well_known_type()) {
    case Descriptor::WELLKNOWNTYPE_TIMESTAMP:
    case Descriptor::WELLKNOWNTYPE_DURATION:
    case Descriptor::WELLKNOWNTYPE_FIELDMASK:
      return true;
    default:
      return type.full_name() == "google.type.Date";
  }
}

Words WordsOf(const FieldDescriptor& field) {
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return MessageWords(*field.message_type());
    case FieldDescriptor::CPPTYPE_ENUM: {
      const google::protobuf::EnumDescriptor& type = *field.enum_type();
      const std::string& example = type.value(type.value_count() > 1 ? 1 : 0)->name();
      return {absl::StrCat("the name of a ", type.name(), ", such as ", example),
              absl::StrCat(type.name(), " 的取值名，如 ", example)};
    }
    case FieldDescriptor::CPPTYPE_BOOL:
      return {"true or false", "true 或 false"};
    case FieldDescriptor::CPPTYPE_STRING:
      if (field.type() == FieldDescriptor::TYPE_BYTES) return {"a text of base64", "base64 文本"};
      return {"a text", "文本"};
    case FieldDescriptor::CPPTYPE_DOUBLE:
    case FieldDescriptor::CPPTYPE_FLOAT:
      return {"a number", "数字"};
    default:
      return {"a whole number", "整数"};
  }
}

absl::Status WrongType(const FieldDescriptor& field, const Words& given) {
  const Words wanted = WordsOf(field);
  return Malformed(absl::StrCat("must be ", wanted.english, ", not ", given.english),
                   absl::StrCat("应为", wanted.chinese, "，而不是", given.chinese));
}

absl::Status SetInteger(Message& message, const FieldDescriptor* field, absl::int128 value) {
  const auto [least, most] = RangeOf(*field);
  if (value < least || value > most) {
    return Refuse(absl::StatusCode::kInvalidArgument, v1::FIELD_OUT_OF_RANGE)
        .Says(absl::StrCat("must be from ", TextOfNumber(least), " to ", TextOfNumber(most)),
              absl::StrCat("应在 ", TextOfNumber(least), " 至 ", TextOfNumber(most), " 之间"));
  }
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      Put<int32_t>(message, field, &Reflection::SetInt32, &Reflection::AddInt32, static_cast<int32_t>(value));
      break;
    case FieldDescriptor::CPPTYPE_UINT32:
      Put<uint32_t>(message, field, &Reflection::SetUInt32, &Reflection::AddUInt32, static_cast<uint32_t>(value));
      break;
    case FieldDescriptor::CPPTYPE_UINT64:
      Put<uint64_t>(message, field, &Reflection::SetUInt64, &Reflection::AddUInt64, static_cast<uint64_t>(value));
      break;
    default:
      Put<int64_t>(message, field, &Reflection::SetInt64, &Reflection::AddInt64, static_cast<int64_t>(value));
  }
  return absl::OkStatus();
}

std::optional<absl::int128> WholeNumber(absl::string_view text) {
  const bool negative = absl::ConsumePrefix(&text, "-");
  if (!AreDigits(text)) return std::nullopt;
  absl::int128 number = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    number = number * 10 + (text[i] - '0');
    if (i >= kDigitsMax) return absl::Int128Max();
  }
  return negative ? -number : number;
}

void SetBool(Message& message, const FieldDescriptor* field, bool value) {
  Put<bool>(message, field, &Reflection::SetBool, &Reflection::AddBool, value);
}

absl::Status SetFraction(Message& message, const FieldDescriptor* field, double value) {
  const bool single = field->cpp_type() == FieldDescriptor::CPPTYPE_FLOAT;
  if (std::abs(value) > (single ? std::numeric_limits<float>::max() : std::numeric_limits<double>::max())) {
    return Refuse(absl::StatusCode::kInvalidArgument, v1::FIELD_OUT_OF_RANGE)
        .Says("is greater than the field can hold", "超出该字段能容纳的范围");
  }
  return PutFraction(message, field, value);
}

absl::Status SetEnumByName(Message& message, const FieldDescriptor* field, absl::string_view name) {
  const google::protobuf::EnumDescriptor& type = *field->enum_type();
  const google::protobuf::EnumValueDescriptor* value = type.FindValueByName(std::string(name));
  if (value != nullptr) return SetEnumByNumber(message, field, value->number());
  std::string english = absl::StrCat("\"", Shown(name), "\" is no value of ", type.name());
  std::string chinese = absl::StrCat("“", Shown(name), "”不是 ", type.name(), " 的取值");
  const std::string nearest = NearestWord(name, ValueNames(type));
  if (!nearest.empty()) {
    absl::StrAppend(&english, "; did you mean ", nearest, "?");
    absl::StrAppend(&chinese, "；是否指 ", nearest, "？");
  }
  return Refuse(absl::StatusCode::kInvalidArgument, v1::FIELD_UNKNOWN_VALUE).Says(english, chinese);
}

absl::Status SetEnumByNumber(Message& message, const FieldDescriptor* field, absl::int128 number) {
  const google::protobuf::EnumDescriptor& type = *field->enum_type();
  const bool fits = number >= std::numeric_limits<int>::min() && number <= std::numeric_limits<int>::max();
  if (!fits || type.FindValueByNumber(static_cast<int>(number)) == nullptr) {
    const Words wanted = WordsOf(*field);
    return Refuse(absl::StatusCode::kInvalidArgument, v1::FIELD_UNKNOWN_VALUE)
        .Says(absl::StrCat("is the number of no value; expected ", wanted.english),
              absl::StrCat("没有此编号的取值；应为", wanted.chinese));
  }
  Put<int>(message, field, &Reflection::SetEnumValue, &Reflection::AddEnumValue, static_cast<int>(number));
  return absl::OkStatus();
}

absl::StatusOr<Timestamp> TimestampFromText(absl::string_view text) {
  constexpr absl::string_view kDateAndTime = "dddd-dd-ddTdd:dd:dd";
  absl::string_view rest = text;
  if (!Looks(rest.substr(0, kDateAndTime.size()), kDateAndTime)) return NoTime(text);
  rest.remove_prefix(kDateAndTime.size());
  const int32_t nanos = TakeFraction(rest);
  if (nanos < 0 || (rest != "Z" && !Looks(rest, "+dd:dd") && !Looks(rest, "-dd:dd"))) return NoTime(text);
  absl::Time time;
  std::string error;
  const std::string whole = absl::StrCat(text.substr(0, kDateAndTime.size()), rest);
  if (!absl::ParseTime(absl::RFC3339_sec, whole, &time, &error)) return NoTime(text);
  const int64_t seconds = absl::ToUnixSeconds(time);
  if (seconds < kTimeFirst || seconds > kTimeLast) return NoTime(text);
  Timestamp timestamp;
  timestamp.set_seconds(seconds);
  timestamp.set_nanos(nanos);
  return timestamp;
}

std::string TextOf(const Timestamp& timestamp) {
  const absl::CivilSecond second = absl::CivilSecond(1970) + timestamp.seconds();
  std::string text = absl::StrFormat("%04d-%02d-%02dT%02d:%02d:%02d", second.year(), second.month(), second.day(),
                                     second.hour(), second.minute(), second.second());
  absl::StrAppend(&text, FractionText(timestamp.nanos()), "Z");
  return text;
}

absl::StatusOr<Duration> DurationFromText(absl::string_view text) {
  absl::string_view rest = text;
  const int sign = absl::ConsumePrefix(&rest, "-") ? -1 : 1;
  const absl::string_view digits = rest.substr(0, rest.find_first_not_of("0123456789"));
  rest.remove_prefix(digits.size());
  const std::optional<absl::int128> seconds = WholeNumber(digits);
  const int32_t nanos = TakeFraction(rest);
  if (!seconds.has_value() || *seconds > kDurationMost || nanos < 0 || rest != "s") return NoDuration(text);
  Duration duration;
  duration.set_seconds(sign * static_cast<int64_t>(*seconds));
  duration.set_nanos(sign * nanos);
  return duration;
}

std::string TextOf(const Duration& duration) {
  const bool negative = duration.seconds() < 0 || duration.nanos() < 0;
  const absl::int128 seconds = duration.seconds();
  return absl::StrCat(negative ? "-" : "", TextOfNumber(seconds < 0 ? -seconds : seconds),
                      FractionText(std::abs(std::max(duration.nanos(), -999'999'999))), "s");
}

absl::StatusOr<FieldMask> FieldMaskFromText(absl::string_view text) {
  FieldMask mask;
  if (text.empty()) return mask;
  for (const absl::string_view part : absl::StrSplit(text, ',')) {
    const absl::string_view path = absl::StripAsciiWhitespace(part);
    if (!IsMaskPath(path)) return MalformedMask(text);
    mask.add_paths(SnakeCase(path));
  }
  return mask;
}

std::string TextOf(const FieldMask& mask) {
  return absl::StrJoin(mask.paths(), ",",
                       [](std::string* out, const std::string& path) { absl::StrAppend(out, CamelCase(path)); });
}

absl::Status MalformedMask(absl::string_view given) {
  return Malformed(absl::StrCat("\"", Shown(given),
                                "\" is no field mask; expected field names joined by commas, such as "
                                "title,seller.partyName, or {\"paths\":[\"title\",\"seller.party_name\"]}"),
                   absl::StrCat("“", Shown(given),
                                "”不是字段掩码；应为以逗号分隔的字段名，如 title,seller.partyName，"
                                "或 {\"paths\":[\"title\",\"seller.party_name\"]}"));
}

}  // namespace kechuang::api
