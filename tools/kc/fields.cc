#include "tools/kc/fields.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/date.pb.h"

#include "common/domain/fen.h"
#include "kechuang/api/v1/options.pb.h"
#include "tools/kc/json_text.h"

namespace kechuang::kc {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

constexpr int kChinaOffsetSeconds = 8 * 3600;

bool IsDate(const FieldDescriptor& field) { return field.message_type() == google::type::Date::descriptor(); }
bool IsTime(const FieldDescriptor& field) { return field.message_type() == google::protobuf::Timestamp::descriptor(); }
bool IsMoney(const FieldDescriptor& field) {
  return absl::EndsWith(field.name(), "_fen") && field.cpp_type() == FieldDescriptor::CPPTYPE_INT64;
}

std::string SnakeCase(absl::string_view pascal) {
  std::string snake;
  for (size_t i = 0; i < pascal.size(); ++i) {
    if (i > 0 && absl::ascii_isupper(pascal[i])) snake += '_';
    snake += absl::ascii_tolower(pascal[i]);
  }
  return snake;
}

void AddValues(const Descriptor& type, const FieldPath& before, std::vector<FieldPath>& values) {
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor* field = type.field(i);
    FieldPath path = before;
    path.steps.push_back(field);
    const bool inner = field->message_type() != nullptr && !field->is_repeated() && !IsDate(*field) && !IsTime(*field);
    const bool known = std::find(before.steps.begin(), before.steps.end(), field) != before.steps.end();
    if (inner && !known) {
      AddValues(*field->message_type(), path, values);
    } else if (!inner) {
      values.push_back(std::move(path));
    }
  }
}

std::string DateText(const Message& message) {
  const auto& date = static_cast<const google::type::Date&>(message);
  return absl::StrFormat("%04d-%02d-%02d", date.year(), date.month(), date.day());
}

std::string TimeText(const Message& message, Reader reader) {
  const auto& time = static_cast<const google::protobuf::Timestamp&>(message);
  if (reader != Reader::kProgram) return ChinaTime(time.seconds());
  return absl::FormatTime("%Y-%m-%dT%H:%M:%E6SZ",
                          absl::FromUnixSeconds(time.seconds()) + absl::Nanoseconds(time.nanos()), absl::UTCTimeZone());
}

// LOAN_STATE_ACTIVE of LoanState is ACTIVE; the zero value is empty.
std::string EnumText(const EnumDescriptor& type, int number) {
  const auto* value = type.FindValueByNumber(number);
  if (value == nullptr) return absl::StrCat(number);
  if (number == 0 && absl::EndsWith(value->name(), "UNSPECIFIED")) return "";
  return std::string(
      absl::StripPrefix(value->name(), absl::AsciiStrToUpper(absl::StrCat(SnakeCase(type.name()), "_"))));
}

std::string TruthText(bool truth, Reader reader) {
  switch (reader) {
    case Reader::kProgram:
      return truth ? "true" : "false";
    case Reader::kEnglishPerson:
      return truth ? "yes" : "no";
    case Reader::kChinesePerson:
      return truth ? "是" : "否";
  }
  return "";
}

std::string NumberText(int64_t number, const FieldDescriptor& field, Reader reader) {
  return reader != Reader::kProgram && IsMoney(field) ? ToYuan(Fen(number)) : absl::StrCat(number);
}

std::string SingleText(const Message& holder, const FieldDescriptor& field, Reader reader) {
  const Reflection& reflection = *holder.GetReflection();
  if (field.has_presence() && !reflection.HasField(holder, &field)) return "";
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return reflection.GetString(holder, &field);
    case FieldDescriptor::CPPTYPE_INT64:
      return NumberText(reflection.GetInt64(holder, &field), field, reader);
    case FieldDescriptor::CPPTYPE_INT32:
      return absl::StrCat(reflection.GetInt32(holder, &field));
    case FieldDescriptor::CPPTYPE_UINT64:
      return absl::StrCat(reflection.GetUInt64(holder, &field));
    case FieldDescriptor::CPPTYPE_UINT32:
      return absl::StrCat(reflection.GetUInt32(holder, &field));
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return absl::StrCat(reflection.GetDouble(holder, &field));
    case FieldDescriptor::CPPTYPE_FLOAT:
      return absl::StrCat(reflection.GetFloat(holder, &field));
    case FieldDescriptor::CPPTYPE_BOOL:
      return TruthText(reflection.GetBool(holder, &field), reader);
    case FieldDescriptor::CPPTYPE_ENUM:
      return EnumText(*field.enum_type(), reflection.GetEnumValue(holder, &field));
    case FieldDescriptor::CPPTYPE_MESSAGE: {
      const Message& inner = reflection.GetMessage(holder, &field);
      if (IsDate(field)) return DateText(inner);
      return IsTime(field) ? TimeText(inner, reader) : MessageToJson(inner, false);
    }
  }
  return "";
}

std::string ItemText(const Message& holder, const FieldDescriptor& field, int index) {
  const Reflection& reflection = *holder.GetReflection();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return JsonQuoted(reflection.GetRepeatedString(holder, &field, index));
    case FieldDescriptor::CPPTYPE_ENUM:
      return JsonQuoted(EnumText(*field.enum_type(), reflection.GetRepeatedEnumValue(holder, &field, index)));
    case FieldDescriptor::CPPTYPE_INT64:
      return absl::StrCat(reflection.GetRepeatedInt64(holder, &field, index));
    case FieldDescriptor::CPPTYPE_INT32:
      return absl::StrCat(reflection.GetRepeatedInt32(holder, &field, index));
    case FieldDescriptor::CPPTYPE_MESSAGE: {
      const Message& item = reflection.GetRepeatedMessage(holder, &field, index);
      return IsDate(field) ? JsonQuoted(DateText(item)) : MessageToJson(item, false);
    }
    default:
      return "null";
  }
}

std::string ListText(const Message& holder, const FieldDescriptor& field) {
  const int count = holder.GetReflection()->FieldSize(holder, &field);
  std::vector<std::string> items;
  for (int i = 0; i < count; ++i) items.push_back(ItemText(holder, field, i));
  return items.empty() ? "" : absl::StrCat("[", absl::StrJoin(items, ","), "]");
}

// How much a value tells about its record; 0 for what a table of many records leaves out.
int Weight(const FieldPath& path) {
  const FieldDescriptor& leaf = path.leaf();
  const bool nested = path.steps.size() > 1;
  const auto& rules = leaf.options().GetExtension(api::v1::field);
  if (leaf.is_repeated() || IsTime(leaf) || leaf.name() == "etag" || leaf.name() == "revision") return 0;
  if (rules.max_length() > 200 || (nested && !rules.indexed() && !absl::EndsWith(leaf.name(), "_name"))) return 0;
  if (leaf.name() == "name") return nested ? 0 : 100;
  if (leaf.name() == absl::StrCat(SnakeCase(leaf.containing_type()->name()), "_name")) return nested ? 85 : 95;
  if (nested && !rules.indexed()) return 0;
  if (leaf.name() == "state" || leaf.name() == "status") return 90;
  if (rules.personal_data()) return 0;
  if (leaf.enum_type() != nullptr && rules.indexed() && absl::EndsWith(leaf.name(), "_class")) return 84;
  if (absl::EndsWith(leaf.name(), "_name")) return 80;
  if (IsMoney(leaf)) return 75;
  if (IsDate(leaf)) return rules.indexed() ? 70 : 40;
  if (leaf.enum_type() != nullptr) return rules.indexed() ? 55 : 15;
  return rules.indexed() ? 50 : 10;
}

bool IsEmpty(const Message& record, const FieldPath& path) {
  const std::string text = TextOf(record, path, Reader::kProgram);
  return text.empty() || text == "0" || text == "false";
}

}  // namespace

std::string FieldPath::Name() const {
  return absl::StrJoin(steps, ".", [](std::string* out, const FieldDescriptor* step) { *out += step->name(); });
}

Reader PersonOf(Language language) {
  return language == Language::kChinese ? Reader::kChinesePerson : Reader::kEnglishPerson;
}

std::vector<FieldPath> ValuesOf(const Descriptor& type) {
  std::vector<FieldPath> values;
  AddValues(type, {}, values);
  return values;
}

std::string TitleOf(const FieldPath& path, Reader reader) {
  const std::string name = path.Name();
  if (reader == Reader::kProgram || !IsMoney(path.leaf())) return name;
  return absl::StrCat(absl::StripSuffix(name, "_fen"), "_yuan");
}

std::string TextOf(const Message& message, const FieldPath& path, Reader reader) {
  const Message* holder = &message;
  for (size_t i = 0; i + 1 < path.steps.size(); ++i) {
    if (!holder->GetReflection()->HasField(*holder, path.steps[i])) return "";
    holder = &holder->GetReflection()->GetMessage(*holder, path.steps[i]);
  }
  return path.leaf().is_repeated() ? ListText(*holder, path.leaf()) : SingleText(*holder, path.leaf(), reader);
}

bool IsNumber(const FieldPath& path) {
  const auto type = path.leaf().cpp_type();
  return !path.leaf().is_repeated() && type != FieldDescriptor::CPPTYPE_STRING &&
         type != FieldDescriptor::CPPTYPE_BOOL && type != FieldDescriptor::CPPTYPE_ENUM &&
         type != FieldDescriptor::CPPTYPE_MESSAGE;
}

std::vector<FieldPath> TellingValues(const Descriptor& type, const std::vector<const Message*>& records, size_t most) {
  struct Candidate {
    size_t place;
    int weight;
    FieldPath path;
  };
  std::vector<Candidate> candidates;
  for (FieldPath& path : ValuesOf(type)) {
    const int weight = Weight(path);
    const bool empty =
        std::all_of(records.begin(), records.end(), [&](const Message* record) { return IsEmpty(*record, path); });
    if (weight == 0 || (empty && weight < 90)) continue;
    candidates.push_back({candidates.size(), weight, std::move(path)});
  }
  std::stable_sort(candidates.begin(), candidates.end(),
                   [](const Candidate& a, const Candidate& b) { return a.weight > b.weight; });
  if (candidates.size() > most) candidates.resize(most);
  std::sort(candidates.begin(), candidates.end(),
            [](const Candidate& a, const Candidate& b) { return a.place < b.place; });
  std::vector<FieldPath> telling;
  for (Candidate& candidate : candidates) telling.push_back(std::move(candidate.path));
  return telling;
}

std::string ChinaTime(int64_t unix_seconds) {
  return absl::FormatTime("%Y-%m-%d %H:%M:%S", absl::FromUnixSeconds(unix_seconds),
                          absl::FixedTimeZone(kChinaOffsetSeconds));
}

}  // namespace kechuang::kc
