#include "common/rpc/validate.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <set>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "google/api/field_behavior.pb.h"
#include "google/api/resource.pb.h"
#include "google/protobuf/field_mask.pb.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/date.pb.h"

#include "common/domain/credit_code.h"
#include "common/domain/day.h"
#include "common/domain/division.h"
#include "common/domain/industry.h"
#include "common/domain/name_text.h"
#include "common/domain/resource_name.h"
#include "kechuang/api/v1/options.pb.h"
#include "kechuang/api/v1/reasons.pb.h"

namespace kechuang::rpc {
namespace {

using api::v1::FieldRules;
using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

constexpr int64_t kFenMax = 9'000'000'000'000'000;
constexpr int kLengthDefault = 200;
constexpr int kListArgumentLength = 4000;
constexpr int kItemsDefault = 1000;

bool Behaves(const FieldDescriptor* field, google::api::FieldBehavior wanted) {
  const auto& options = field->options();
  for (int i = 0; i < options.ExtensionSize(google::api::field_behavior); ++i) {
    if (options.GetExtension(google::api::field_behavior, i) == wanted) return true;
  }
  return false;
}

// Looks the patterns of a resource type up in a file and all it imports.
std::vector<std::string> PatternsIn(const FileDescriptor* file, const std::string& type,
                                    std::set<const FileDescriptor*>& seen) {
  if (!seen.insert(file).second) return {};
  for (int i = 0; i < file->message_type_count(); ++i) {
    const google::api::ResourceDescriptor& resource =
        file->message_type(i)->options().GetExtension(google::api::resource);
    if (resource.type() == type) return {resource.pattern().begin(), resource.pattern().end()};
  }
  for (int i = 0; i < file->dependency_count(); ++i) {
    std::vector<std::string> found = PatternsIn(file->dependency(i), type, seen);
    if (!found.empty()) return found;
  }
  return {};
}

// How the field's value must look if it is a resource name; empty if it is none, or if its type is not imported.
std::vector<std::string> PatternsOf(const FieldDescriptor* field) {
  std::set<const FileDescriptor*> seen;
  const google::api::ResourceReference& reference = field->options().GetExtension(google::api::resource_reference);
  if (!reference.type().empty()) return PatternsIn(field->file(), reference.type(), seen);
  if (!Behaves(field, google::api::IDENTIFIER)) return {};
  const google::api::ResourceDescriptor& own = field->containing_type()->options().GetExtension(google::api::resource);
  return {own.pattern().begin(), own.pattern().end()};
}

// Everything to know of one field, worked out once a descriptor.
struct Facts {
  FieldRules rules;
  bool required = false;
  bool output_only = false;
  int64_t minimum = INT64_MIN;
  int64_t maximum = INT64_MAX;
  int length_max = kLengthDefault;
  int items_max = kItemsDefault;
  std::vector<std::string> patterns;
};

Facts Describe(const FieldDescriptor* field) {
  Facts facts;
  facts.rules = field->options().GetExtension(api::v1::field);
  facts.required = Behaves(field, google::api::REQUIRED);
  facts.output_only = Behaves(field, google::api::OUTPUT_ONLY);
  const std::string& name = field->name();
  const bool money = absl::EndsWith(name, "_fen");
  if (money || absl::EndsWith(name, "_ppm") || absl::EndsWith(name, "_days")) facts.minimum = 0;
  if (money) facts.maximum = kFenMax;
  if (facts.rules.has_minimum()) facts.minimum = facts.rules.minimum();
  if (facts.rules.has_maximum()) facts.maximum = facts.rules.maximum();
  if (name == "filter" || name == "order_by" || name == "page_token") facts.length_max = kListArgumentLength;
  if (facts.rules.max_length() > 0) facts.length_max = facts.rules.max_length();
  if (facts.rules.max_items() > 0) facts.items_max = facts.rules.max_items();
  facts.patterns = PatternsOf(field);
  return facts;
}

// The facts of a message type's fields, by index. Each thread keeps its own, so that no lock stands on the way of a
// call.
const std::vector<Facts>& FactsOf(const google::protobuf::Descriptor* type) {
  thread_local std::map<const google::protobuf::Descriptor*, std::vector<Facts>> known;
  auto found = known.find(type);
  if (found == known.end()) {
    std::vector<Facts> facts;
    for (int i = 0; i < type->field_count(); ++i) facts.push_back(Describe(type->field(i)));
    found = known.emplace(type, std::move(facts)).first;
  }
  return found->second;
}

bool HasMask(const Message& message) {
  const google::protobuf::Descriptor* type = message.GetDescriptor();
  for (int i = 0; i < type->field_count(); ++i) {
    if (type->field(i)->message_type() == google::protobuf::FieldMask::descriptor()) return true;
  }
  return false;
}

// Where a value stands. Its text is made for faults alone: most requests have none.
struct Path {
  const Path* above;  // nullptr at the top
  const std::string& name;
  int index = -1;  // of an item of a list

  std::string Text() const {
    std::string text = above == nullptr ? "" : above->Text();
    absl::StrAppend(&text, text.empty() || name.empty() ? "" : ".", name);
    if (index >= 0) absl::StrAppend(&text, "[", index, "]");
    return text;
  }
};

class Checker {
 public:
  explicit Checker(Faults& faults) : faults_(faults) {}

  // require: whether required fields of this message must be set.
  void Check(const Message& message, const Path* above, bool require) {
    const std::vector<Facts>& facts = FactsOf(message.GetDescriptor());
    const bool require_below = require && !HasMask(message);
    for (int i = 0; i < message.GetDescriptor()->field_count(); ++i) {
      const FieldDescriptor* field = message.GetDescriptor()->field(i);
      if (facts[static_cast<size_t>(i)].output_only) continue;
      CheckField(message, field, facts[static_cast<size_t>(i)], {above, field->name()}, require, require_below);
    }
  }

 private:
  void CheckField(const Message& message, const FieldDescriptor* field, const Facts& facts, const Path& path,
                  bool require, bool require_below) {
    const Reflection* reflection = message.GetReflection();
    if (field->is_repeated()) {
      const int size = reflection->FieldSize(message, field);
      if (size == 0 && facts.required && require) return Required(path);
      if (size > facts.items_max) return TooManyItems(path, facts.items_max, size);
      for (int i = 0; i < size; ++i) {
        CheckValue(message, field, i, facts, {path.above, path.name, i}, require_below);
      }
      return;
    }
    if (IsAbsent(message, field, facts)) {
      if (facts.required && require) Required(path);
      return;
    }
    CheckValue(message, field, -1, facts, path, require_below);
  }

  // A number without presence counts as absent when it is 0 and 0 is no value that its rules name.
  static bool IsAbsent(const Message& message, const FieldDescriptor* field, const Facts& facts) {
    if (message.GetReflection()->HasField(message, field)) return false;
    const bool number = field->cpp_type() == FieldDescriptor::CPPTYPE_INT32 ||
                        field->cpp_type() == FieldDescriptor::CPPTYPE_INT64 ||
                        field->cpp_type() == FieldDescriptor::CPPTYPE_BOOL;
    return field->has_presence() || !number || !(facts.rules.has_minimum() && facts.rules.minimum() <= 0);
  }

  void CheckValue(const Message& message, const FieldDescriptor* field, int index, const Facts& facts, const Path& path,
                  bool require) {
    const Reflection* reflection = message.GetReflection();
    const bool item = index >= 0;
    switch (field->cpp_type()) {
      case FieldDescriptor::CPPTYPE_INT32:
        return CheckNumber(
            item ? reflection->GetRepeatedInt32(message, field, index) : reflection->GetInt32(message, field), facts,
            path);
      case FieldDescriptor::CPPTYPE_INT64:
        return CheckNumber(
            item ? reflection->GetRepeatedInt64(message, field, index) : reflection->GetInt64(message, field), facts,
            path);
      case FieldDescriptor::CPPTYPE_ENUM:
        return CheckEnum(
            field,
            item ? reflection->GetRepeatedEnumValue(message, field, index) : reflection->GetEnumValue(message, field),
            path);
      case FieldDescriptor::CPPTYPE_STRING: {
        std::string scratch;
        return CheckText(item ? reflection->GetRepeatedStringReference(message, field, index, &scratch)
                              : reflection->GetStringReference(message, field, &scratch),
                         facts, path);
      }
      case FieldDescriptor::CPPTYPE_MESSAGE:
        return CheckChild(
            item ? reflection->GetRepeatedMessage(message, field, index) : reflection->GetMessage(message, field), path,
            require);
      default:
        return;
    }
  }

  void CheckChild(const Message& child, const Path& path, bool require) {
    if (child.GetDescriptor() == google::type::Date::descriptor()) {
      faults_.Add(path.Text(), Day::FromProto(static_cast<const google::type::Date&>(child)).status());
    } else if (child.GetDescriptor() == google::protobuf::Timestamp::descriptor()) {
      CheckTime(static_cast<const google::protobuf::Timestamp&>(child), path);
    } else if (child.GetDescriptor()->file()->package() != "google.protobuf") {
      Check(child, &path, require);
    }
  }

  void CheckTime(const google::protobuf::Timestamp& time, const Path& path) {
    constexpr int64_t kFirst = -62135596800;  // 0001-01-01
    constexpr int64_t kLast = 253402300799;   // 9999-12-31
    if (time.seconds() < kFirst || time.seconds() > kLast || time.nanos() < 0 || time.nanos() > 999'999'999) {
      faults_.Add(path.Text(), api::v1::FIELD_OUT_OF_RANGE, "the time is outside the years 1 to 9999",
                  "时间超出公元 1 至 9999 年");
    }
  }

  void CheckNumber(int64_t value, const Facts& facts, const Path& path) {
    if (value >= facts.minimum && value <= facts.maximum) return;
    if (facts.maximum == INT64_MAX) {
      faults_.Add(path.Text(), api::v1::FIELD_OUT_OF_RANGE,
                  absl::StrCat("must be ", facts.minimum, " or more, not ", value),
                  absl::StrCat("应不小于 ", facts.minimum, "，实际为 ", value));
      return;
    }
    const std::string least = facts.minimum == INT64_MIN ? "" : absl::StrCat(facts.minimum);
    faults_.Add(path.Text(), api::v1::FIELD_OUT_OF_RANGE,
                absl::StrCat("must be from ", least, " to ", facts.maximum, ", not ", value),
                absl::StrCat("应在 ", least, " 至 ", facts.maximum, " 之间，实际为 ", value));
  }

  void CheckEnum(const FieldDescriptor* field, int number, const Path& path) {
    const google::protobuf::EnumDescriptor* type = field->enum_type();
    if (type->FindValueByNumber(number) != nullptr) return;
    std::vector<std::string> names;
    for (int i = 0; i < type->value_count(); ++i) {
      if (type->value(i)->number() != 0) names.push_back(type->value(i)->name());
    }
    const std::string known = absl::StrJoin(names, ", ");
    faults_.Add(path.Text(), api::v1::FIELD_UNKNOWN_VALUE, absl::StrCat(number, " is not one of ", known),
                absl::StrCat(number, " 不是允许的取值：", known));
  }

  void CheckText(const std::string& text, const Facts& facts, const Path& path) {
    if (text.empty()) return;
    // The bytes are looked at first, so that a text of megabytes is refused without being walked through.
    const size_t most = static_cast<size_t>(facts.length_max);
    if (text.size() > most * 4 || CodePoints(text) > most) {
      faults_.Add(path.Text(), api::v1::FIELD_TOO_LONG, absl::StrCat("has more than ", most, " characters"),
                  absl::StrCat("超过 ", most, " 个字符"));
      return;
    }
    if (text.find('\0') != std::string::npos) {
      faults_.Add(path.Text(), api::v1::FIELD_MALFORMED, "holds a NUL character", "含有空字符");
      return;
    }
    CheckForm(text, facts.rules.format(), path);
    CheckName(text, facts.patterns, path);
  }

  void CheckName(const std::string& text, const std::vector<std::string>& patterns, const Path& path) {
    if (patterns.empty()) return;
    for (const std::string& pattern : patterns) {
      if (FitsPattern(pattern, text)) return;
    }
    const std::string forms = absl::StrJoin(patterns, ", ");
    faults_.Add(path.Text(), api::v1::FIELD_MALFORMED, absl::StrCat("is not a name of the form ", forms),
                absl::StrCat("不是 ", forms, " 形式的名称"));
  }

  void CheckForm(const std::string& text, api::v1::Format format, const Path& path) {
    switch (format) {
      case api::v1::FORMAT_CREDIT_CODE:
        return faults_.Add(path.Text(), CreditCode::Parse(text).status());
      case api::v1::FORMAT_DIVISION_CODE:
        if (!IsDivisionCode(text))
          Malformed(path, "a division code of 6 digits (GB/T 2260)", "6 位行政区划代码（GB/T 2260）");
        return;
      case api::v1::FORMAT_INDUSTRY_CODE:
        return faults_.Add(path.Text(), ParseIndustryCode(text).status());
      case api::v1::FORMAT_REQUEST_ID:
        if (!std::all_of(text.begin(), text.end(), [](char c) {
              return absl::ascii_isalnum(static_cast<unsigned char>(c)) ||
                     absl::StrContains("._:-", absl::string_view(&c, 1));
            })) {
          Malformed(path, "letters, digits and . _ : -", "字母、数字及 . _ : - 组成的编号");
        }
        return;
      case api::v1::FORMAT_REGISTRATION_NUMBER:
        if ((text.size() != 14 && text.size() != 16) || !std::all_of(text.begin(), text.end(), [](char c) {
              return absl::ascii_isdigit(static_cast<unsigned char>(c));
            })) {
          Malformed(path, "a registration number of 14 or 16 digits", "14 或 16 位数字的登记编号");
        }
        return;
      default:
        return;
    }
  }

  void Malformed(const Path& path, absl::string_view english, absl::string_view chinese) {
    faults_.Add(path.Text(), api::v1::FIELD_MALFORMED, absl::StrCat("is not ", english), absl::StrCat("应为", chinese));
  }
  void Required(const Path& path) { faults_.Add(path.Text(), api::v1::FIELD_REQUIRED, "is required", "必填"); }
  void TooManyItems(const Path& path, int most, int found) {
    faults_.Add(path.Text(), api::v1::FIELD_TOO_LONG, absl::StrCat("has ", found, " items, more than ", most),
                absl::StrCat("有 ", found, " 项，超过 ", most, " 项"));
  }

  Faults& faults_;
};

}  // namespace

void CheckMessage(const Message& message, const std::string& prefix, Faults& faults) {
  const Path above = {nullptr, prefix};
  Checker(faults).Check(message, prefix.empty() ? nullptr : &above, /*require=*/true);
}

}  // namespace kechuang::rpc
