#include "common/rpc/validate.h"

#include <algorithm>
#include <cstdint>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "google/api/resource.pb.h"
#include "google/protobuf/field_mask.pb.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/date.pb.h"

#include "common/access/masking.h"
#include "common/base/type_facts.h"
#include "common/domain/credit_code.h"
#include "common/domain/day.h"
#include "common/domain/division.h"
#include "common/domain/industry.h"
#include "common/domain/name_text.h"
#include "common/domain/resource_name.h"
#include "common/rpc/field_behavior.h"
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

// Everything to know of one field.
struct FieldFacts {
  explicit FieldFacts(const FieldDescriptor* of);

  const FieldDescriptor* field;
  FieldRules rules;
  bool required = false;
  bool output_only = false;
  bool unset_is_absent = true;  // false for a number without presence whose rules take 0: it always states a value
  int64_t minimum = INT64_MIN;
  int64_t maximum = INT64_MAX;
  int length_max = kLengthDefault;
  int items_max = kItemsDefault;
  std::vector<std::string> patterns;
};

FieldFacts::FieldFacts(const FieldDescriptor* of) : field(of), rules(of->options().GetExtension(api::v1::field)) {
  required = Behaves(field, google::api::REQUIRED);
  output_only = Behaves(field, google::api::OUTPUT_ONLY);
  const std::string& name = field->name();
  const bool money = absl::EndsWith(name, "_fen");
  if (money || absl::EndsWith(name, "_ppm") || absl::EndsWith(name, "_days")) minimum = 0;
  if (money) maximum = kFenMax;
  if (rules.has_minimum()) minimum = rules.minimum();
  if (rules.has_maximum()) maximum = rules.maximum();
  if (name == "filter" || name == "order_by" || name == "page_token") length_max = kListArgumentLength;
  if (rules.max_length() > 0) length_max = rules.max_length();
  if (rules.max_items() > 0) items_max = rules.max_items();
  patterns = PatternsOf(field);
  const bool number = field->cpp_type() == FieldDescriptor::CPPTYPE_INT32 ||
                      field->cpp_type() == FieldDescriptor::CPPTYPE_INT64 ||
                      field->cpp_type() == FieldDescriptor::CPPTYPE_BOOL;
  unset_is_absent = field->has_presence() || !number || !(rules.has_minimum() && rules.minimum() <= 0);
}

// Everything to know of one message type.
struct TypeRules {
  explicit TypeRules(const google::protobuf::Descriptor* type) {
    for (int i = 0; i < type->field_count(); ++i) {
      updates = updates || type->field(i)->name() == "update_mask";
      has_mask = has_mask || type->field(i)->message_type() == google::protobuf::FieldMask::descriptor();
      FieldFacts facts(type->field(i));
      if (!facts.output_only) checked.push_back(std::move(facts));
    }
  }

  bool has_mask = false;
  bool updates = false;             // changes a record that is there, by ApplyMask
  std::vector<FieldFacts> checked;  // the fields that are looked at
};

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
    const TypeRules& type = FactsOf<TypeRules>(message.GetDescriptor());
    masked_may_stand_ = masked_may_stand_ || type.updates;
    const Reflection& reflection = *message.GetReflection();
    const bool require_below = require && !type.has_mask;
    for (const FieldFacts& facts : type.checked) {
      CheckField({message, reflection, facts}, {above, facts.field->name()}, require, require_below);
    }
  }

 private:
  // A field of a message, or one item of it.
  struct Spot {
    const Message& message;
    const Reflection& reflection;
    const FieldFacts& facts;
    int index = -1;

    bool is_item() const { return index >= 0; }
    const FieldDescriptor* field() const { return facts.field; }
  };

  void CheckField(const Spot& spot, const Path& path, bool require, bool require_below) {
    const FieldFacts& facts = spot.facts;
    if (spot.field()->is_repeated()) {
      const int size = spot.reflection.FieldSize(spot.message, spot.field());
      if (size == 0 && facts.required && require) return Required(path);
      if (size > facts.items_max) return TooManyItems(path, facts.items_max, size);
      for (int i = 0; i < size; ++i) {
        CheckValue({spot.message, spot.reflection, facts, i}, {path.above, path.name, i}, require_below);
      }
      return;
    }
    if (facts.unset_is_absent && !spot.reflection.HasField(spot.message, spot.field())) {
      if (facts.required && require) Required(path);
      return;
    }
    CheckValue(spot, path, require_below);
  }

  void CheckValue(const Spot& spot, const Path& path, bool require) {
    const auto& [message, reflection, facts, index] = spot;
    const FieldDescriptor* field = spot.field();
    switch (field->cpp_type()) {
      case FieldDescriptor::CPPTYPE_INT32:
        return CheckNumber(
            spot.is_item() ? reflection.GetRepeatedInt32(message, field, index) : reflection.GetInt32(message, field),
            facts, path);
      case FieldDescriptor::CPPTYPE_INT64:
        return CheckNumber(
            spot.is_item() ? reflection.GetRepeatedInt64(message, field, index) : reflection.GetInt64(message, field),
            facts, path);
      case FieldDescriptor::CPPTYPE_ENUM:
        return CheckEnum(field,
                         spot.is_item() ? reflection.GetRepeatedEnumValue(message, field, index)
                                        : reflection.GetEnumValue(message, field),
                         path);
      case FieldDescriptor::CPPTYPE_STRING: {
        std::string scratch;
        return CheckText(spot.is_item() ? reflection.GetRepeatedStringReference(message, field, index, &scratch)
                                        : reflection.GetStringReference(message, field, &scratch),
                         facts, path);
      }
      case FieldDescriptor::CPPTYPE_MESSAGE:
        return CheckChild(spot.is_item() ? reflection.GetRepeatedMessage(message, field, index)
                                         : reflection.GetMessage(message, field),
                          path, require);
      default:
        return;
    }
  }

  void CheckChild(const Message& child, const Path& path, bool require) {
    const google::protobuf::Descriptor* type = child.GetDescriptor();
    if (type == google::type::Date::descriptor()) {
      faults_.Add(path.Text(), Day::FromProto(static_cast<const google::type::Date&>(child)).status());
    } else if (type == google::protobuf::Timestamp::descriptor()) {
      CheckTime(static_cast<const google::protobuf::Timestamp&>(child), path);
    } else if (type->file()->package() != "google.protobuf") {
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

  void CheckNumber(int64_t value, const FieldFacts& facts, const Path& path) {
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

  void CheckText(const std::string& text, const FieldFacts& facts, const Path& path) {
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
    if (facts.rules.personal_data() && !masked_may_stand_ && access::LooksMasked(text)) {
      return AddMaskedFault(path.Text(), faults_);
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
  bool masked_may_stand_ = false;  // ApplyMask looks whether it is what the record shows already
};

}  // namespace

void AddMaskedFault(absl::string_view path, Faults& faults) {
  faults.Add(path, api::v1::FIELD_MALFORMED,
             "is masked, as callers see it who may not see personal data; give the whole value",
             "是脱敏后的内容，请填写完整内容");
}

void CheckMessage(const Message& message, const std::string& prefix, Faults& faults) {
  const Path above = {nullptr, prefix};
  Checker(faults).Check(message, prefix.empty() ? nullptr : &above, /*require=*/true);
}

}  // namespace kechuang::rpc
