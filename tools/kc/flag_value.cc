#include "tools/kc/flag_value.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "google/api/resource.pb.h"
#include "google/protobuf/field_mask.pb.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/date.pb.h"

#include "common/api/nearest.h"
#include "common/base/error.h"
#include "common/base/status_macros.h"
#include "common/domain/day.h"
#include "common/domain/fen.h"
#include "tools/kc/errors.h"
#include "tools/kc/json_text.h"
#include "tools/kc/method_form.h"
#include "tools/kc/method_words.h"

namespace kechuang::kc {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

constexpr int kChoicesShown = 16;
constexpr int kChinaOffsetSeconds = 8 * 3600;
constexpr int64_t kPpmOfPercent = 10'000;

std::string Quoted(absl::string_view text) { return absl::StrCat("\"", text.substr(0, 200), "\""); }
std::string QuotedChinese(absl::string_view text) { return absl::StrCat("“", text.substr(0, 200), "”"); }

Message& Inner(Message& holder, const FieldDescriptor& field) {
  const Reflection& reflection = *holder.GetReflection();
  return field.is_repeated() ? *reflection.AddMessage(&holder, &field) : *reflection.MutableMessage(&holder, &field);
}

absl::Status PutDate(Message& holder, const FieldDescriptor& field, absl::string_view text) {
  const absl::StatusOr<Day> day = Day::Parse(text);
  if (!day.ok()) {
    return WrongUsage(absl::StrCat(Quoted(text), " is no day; write it as 2022-03-05"),
                      absl::StrCat(QuotedChinese(text), "不是日期，应写作 2022-03-05"));
  }
  static_cast<google::type::Date&>(Inner(holder, field)) = day->ToProto();
  return absl::OkStatus();
}

absl::Status PutTime(Message& holder, const FieldDescriptor& field, absl::string_view text) {
  absl::Time time;
  const absl::StatusOr<Day> day = Day::Parse(text);
  if (day.ok()) {
    time = absl::FromCivil(absl::CivilDay(day->Year(), day->Month(), day->DayOfMonth()),
                           absl::FixedTimeZone(kChinaOffsetSeconds));
  } else if (!absl::ParseTime(absl::RFC3339_full, text, &time, nullptr)) {
    return WrongUsage(absl::StrCat(Quoted(text), " is no time; write it as 2022-03-05T08:00:00+08:00, or as a day"),
                      absl::StrCat(QuotedChinese(text), "不是时间，应写作 2022-03-05T08:00:00+08:00，或只写日期"));
  }
  auto& stamp = static_cast<google::protobuf::Timestamp&>(Inner(holder, field));
  stamp.set_seconds(absl::ToUnixSeconds(time));
  stamp.set_nanos(static_cast<int32_t>(absl::ToInt64Nanoseconds(time - absl::FromUnixSeconds(stamp.seconds()))));
  return absl::OkStatus();
}

void PutMask(Message& holder, const FieldDescriptor& field, absl::string_view text) {
  auto& mask = static_cast<google::protobuf::FieldMask&>(Inner(holder, field));
  for (const absl::string_view path : absl::StrSplit(text, ',', absl::SkipWhitespace())) {
    mask.add_paths(absl::StrReplaceAll(absl::StripAsciiWhitespace(path), {{"-", "_"}}));
  }
}

// field=value,field=value: a value may hold what is no comma before another field.
absl::Status PutPairs(Message& inner, absl::string_view text) {
  std::vector<std::pair<const FieldDescriptor*, std::string>> pairs;
  for (const absl::string_view part : absl::StrSplit(text, ',')) {
    const size_t equals = part.find('=');
    const std::string name =
        equals == absl::string_view::npos
            ? ""
            : absl::StrReplaceAll(absl::StripAsciiWhitespace(part.substr(0, equals)), {{"-", "_"}});
    const FieldDescriptor* field = inner.GetDescriptor()->FindFieldByName(name);
    if (field != nullptr) {
      pairs.emplace_back(field, std::string(part.substr(equals + 1)));
    } else if (!pairs.empty()) {
      absl::StrAppend(&pairs.back().second, ",", part);
    } else {
      std::vector<std::string> known;
      for (int i = 0; i < inner.GetDescriptor()->field_count(); ++i) {
        if (!IsOutputOnly(*inner.GetDescriptor()->field(i))) known.push_back(inner.GetDescriptor()->field(i)->name());
      }
      const std::string names = absl::StrJoin(known, ", ");
      return WrongUsage(absl::StrCat(Quoted(text), " must be JSON, or field=value,field=value of the fields ", names),
                        absl::StrCat(QuotedChinese(text), "应为 JSON，或 字段=值,字段=值，字段有 ", names));
    }
  }
  for (const auto& [field, value] : pairs) RETURN_IF_ERROR(PutText(inner, {{field}}, value, FlagForm::kExact));
  return absl::OkStatus();
}

absl::Status PutMessage(Message& holder, const FieldDescriptor& field, absl::string_view text) {
  if (field.message_type() == google::type::Date::descriptor()) return PutDate(holder, field, text);
  if (field.message_type() == google::protobuf::Timestamp::descriptor()) return PutTime(holder, field, text);
  if (field.message_type() == google::protobuf::FieldMask::descriptor()) {
    PutMask(holder, field, text);
    return absl::OkStatus();
  }
  Message& inner = Inner(holder, field);
  if (absl::StartsWith(absl::StripLeadingAsciiWhitespace(text), "{")) return MessageFromJson(text, inner);
  return PutPairs(inner, text);
}

absl::StatusOr<int64_t> ParseNumber(const FieldDescriptor& field, absl::string_view text, FlagForm form) {
  if (form == FlagForm::kPerson && absl::EndsWith(field.name(), "_fen")) return ParseMoneyText(text);
  if (form == FlagForm::kPerson && absl::EndsWith(field.name(), "_ppm")) return ParseRateText(text);
  int64_t number = 0;
  const bool small = field.cpp_type() == FieldDescriptor::CPPTYPE_INT32;
  if (absl::SimpleAtoi(text, &number) && (!small || number == static_cast<int32_t>(number))) return number;
  return WrongUsage(absl::StrCat(Quoted(text), " is no whole number"), absl::StrCat(QuotedChinese(text), "不是整数"));
}

absl::StatusOr<bool> ParseTruth(absl::string_view text) {
  const std::string word = absl::AsciiStrToLower(text);
  if (word == "true" || word == "yes" || word == "是") return true;
  if (word == "false" || word == "no" || word == "否") return false;
  return WrongUsage(absl::StrCat(Quoted(text), " must be true or false"),
                    absl::StrCat(QuotedChinese(text), "须为 true 或 false"));
}

// "banks/nxbank" of "nxbank", where the field names a record of the top level.
std::string WholeName(const FieldDescriptor& field, absl::string_view text) {
  const std::string& type = field.options().GetExtension(google::api::resource_reference).type();
  if (type.empty() || text.empty() || absl::StrContains(text, "/")) return std::string(text);
  const Descriptor* resource = ResourceOfType(type);
  if (resource == nullptr) return std::string(text);
  const std::string& pattern = resource->options().GetExtension(google::api::resource).pattern(0);
  const bool top = std::count(pattern.begin(), pattern.end(), '/') == 1;
  return top ? absl::StrCat(CollectionOf(*resource), text) : std::string(text);
}

absl::Status PutScalar(Message& holder, const FieldDescriptor& field, absl::string_view text, FlagForm form) {
  const Reflection& to = *holder.GetReflection();
  const bool list = field.is_repeated();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING: {
      std::string value = WholeName(field, text);
      list ? to.AddString(&holder, &field, std::move(value)) : to.SetString(&holder, &field, std::move(value));
      return absl::OkStatus();
    }
    case FieldDescriptor::CPPTYPE_INT64: {
      ASSIGN_OR_RETURN(const int64_t value, ParseNumber(field, text, form));
      list ? to.AddInt64(&holder, &field, value) : to.SetInt64(&holder, &field, value);
      return absl::OkStatus();
    }
    case FieldDescriptor::CPPTYPE_INT32: {
      ASSIGN_OR_RETURN(const int64_t number, ParseNumber(field, text, form));
      const auto value = static_cast<int32_t>(number);
      list ? to.AddInt32(&holder, &field, value) : to.SetInt32(&holder, &field, value);
      return absl::OkStatus();
    }
    case FieldDescriptor::CPPTYPE_BOOL: {
      ASSIGN_OR_RETURN(const bool value, ParseTruth(text));
      list ? to.AddBool(&holder, &field, value) : to.SetBool(&holder, &field, value);
      return absl::OkStatus();
    }
    case FieldDescriptor::CPPTYPE_ENUM: {
      ASSIGN_OR_RETURN(const int value, ParseEnumText(*field.enum_type(), text));
      list ? to.AddEnumValue(&holder, &field, value) : to.SetEnumValue(&holder, &field, value);
      return absl::OkStatus();
    }
    default:
      return WrongUsage(absl::StrCat(field.name(), " can be given by --from-file only"),
                        absl::StrCat(field.name(), " 只能用 --from-file 给出"));
  }
}

}  // namespace

absl::Status PutText(Message& message, const FieldPath& path, absl::string_view text, FlagForm form) {
  Message* holder = &message;
  for (size_t i = 0; i + 1 < path.steps.size(); ++i) {
    holder = holder->GetReflection()->MutableMessage(holder, path.steps[i]);
  }
  const FieldDescriptor& field = path.leaf();
  return field.message_type() == nullptr ? PutScalar(*holder, field, text, form) : PutMessage(*holder, field, text);
}

absl::StatusOr<int64_t> ParseMoneyText(absl::string_view text) {
  struct Unit {
    absl::string_view word;
    MoneyUnit unit;
  };
  constexpr Unit kUnits[] = {{"亿元", MoneyUnit::kYiYuan}, {"万元", MoneyUnit::kWanYuan}, {"亿", MoneyUnit::kYiYuan},
                             {"万", MoneyUnit::kWanYuan},  {"元", MoneyUnit::kYuan},      {"分", MoneyUnit::kFen},
                             {"wan", MoneyUnit::kWanYuan}, {"yuan", MoneyUnit::kYuan},    {"fen", MoneyUnit::kFen}};
  const absl::Status refusal =
      WrongUsage(absl::StrCat(Quoted(text), " must be an amount with its unit, such as 300000.00元, 30万元 or 1.2亿元"),
                 absl::StrCat(QuotedChinese(text), "须为带单位的金额，如 300000.00元、30万元、1.2亿元"));
  const absl::string_view whole = absl::StripAsciiWhitespace(text);
  for (const Unit& unit : kUnits) {
    if (!absl::EndsWithIgnoreCase(whole, unit.word)) continue;
    const std::string number = absl::StrReplaceAll(
        absl::StripAsciiWhitespace(whole.substr(0, whole.size() - unit.word.size())), {{",", ""}, {"，", ""}});
    const absl::StatusOr<Fen> fen = ParseDecimal(number, unit.unit);
    if (fen.ok()) return fen->value();
    return WrongUsage(absl::StrCat(Quoted(text), ": ", fen.status().message()),
                      absl::StrCat(QuotedChinese(text), "：", ChineseOf(fen.status())));
  }
  return refusal;
}

absl::StatusOr<int64_t> ParseRateText(absl::string_view text) {
  absl::string_view number = absl::StripAsciiWhitespace(text);
  const bool percent = absl::ConsumeSuffix(&number, "%") || absl::ConsumeSuffix(&number, "％");
  // A percent is 10,000 millionths, as a 万元 is 10,000 yuan: four decimals, exactly.
  const absl::StatusOr<Fen> hundredths = ParseDecimal(absl::StripAsciiWhitespace(number), MoneyUnit::kWanYuan);
  constexpr int64_t kFenOfWanYuan = 1'000'000;
  constexpr int64_t kFenOfPpm = kFenOfWanYuan / kPpmOfPercent;
  if (percent && hundredths.ok() && hundredths->value() % kFenOfPpm == 0) return hundredths->value() / kFenOfPpm;
  return WrongUsage(absl::StrCat(Quoted(text), " must be a rate in percent with at most 4 decimals, such as 3.65%"),
                    absl::StrCat(QuotedChinese(text), "须为百分比，最多 4 位小数，如 3.65%"));
}

absl::StatusOr<int> ParseEnumText(const EnumDescriptor& type, absl::string_view text) {
  const std::string wanted = absl::AsciiStrToUpper(absl::StrReplaceAll(absl::StripAsciiWhitespace(text), {{"-", "_"}}));
  std::vector<std::string> names;
  for (int i = 0; i < type.value_count(); ++i) {
    const auto& value = *type.value(i);
    if (wanted == ShortName(value) || wanted == value.name()) return value.number();
    if (value.number() != 0) names.push_back(ShortName(value));
  }
  const std::string nearest = api::NearestWord(wanted, names);
  if (!nearest.empty()) {
    return WrongUsage(absl::StrCat(Quoted(text), " is none of the values; did you mean ", nearest, "?"),
                      absl::StrCat(QuotedChinese(text), "不是可用的值；是否指 ", nearest, "？"));
  }
  if (names.size() > kChoicesShown) names.resize(kChoicesShown);
  const std::string choices = absl::StrJoin(names, ", ");
  return WrongUsage(absl::StrCat(Quoted(text), " must be one of: ", choices),
                    absl::StrCat(QuotedChinese(text), "须为以下之一：", choices));
}

}  // namespace kechuang::kc
