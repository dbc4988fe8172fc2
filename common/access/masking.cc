#include "common/access/masking.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

#include "common/access/personal_fields.h"
#include "common/base/type_facts.h"
#include "common/domain/name_text.h"

namespace kechuang::access {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

constexpr char kHidden[] = "***";
constexpr size_t kTextMin = 2;
constexpr size_t kPhoneMin = 10;
constexpr size_t kPhoneHead = 3;
constexpr size_t kPhoneTail = 4;

void MaskText(Message& message, const FieldDescriptor& field) {
  const Reflection& reflection = *message.GetReflection();
  if (!field.is_repeated()) {
    reflection.SetString(&message, &field, Masked(field, reflection.GetString(message, &field)));
    return;
  }
  for (int i = 0; i < reflection.FieldSize(message, &field); ++i) {
    reflection.SetRepeatedString(&message, &field, i, Masked(field, reflection.GetRepeatedString(message, &field, i)));
  }
}

}  // namespace

namespace {

// What every answer of a type is asked for.
struct PersonalFacts {
  explicit PersonalFacts(const Descriptor* type)
      : permission(Policy::Get().BitOf(PersonalPermission(type))), name(type->FindFieldByName("name")) {
    if (name != nullptr && (name->is_repeated() || name->cpp_type() != FieldDescriptor::CPPTYPE_STRING)) name = nullptr;
  }

  std::optional<size_t> permission;  // the bit of it
  const FieldDescriptor* name;       // the record's own; null if it has none
};

}  // namespace

bool HoldsPersonalData(const Descriptor* type) { return FactsOf<PersonalFields>(type).any(); }

std::string PersonalPermission(const Descriptor* type) {
  const std::vector<std::string> package = absl::StrSplit(type->file()->package(), '.');
  return absl::StrCat(package.size() > 1 ? package[1] : package[0], ".personal");
}

bool MaySeePersonalData(const Caller& caller, const Descriptor* type) {
  if (!HoldsPersonalData(type)) return true;
  const PersonalFacts& facts = FactsOf<PersonalFacts>(type);
  return facts.permission.has_value() && caller.permissions.test(*facts.permission);
}

namespace {

// Where the first so many characters of a text end.
size_t EndOf(absl::string_view text, size_t characters) {
  size_t at = 0;
  for (; characters > 0; --characters) NextCodePoint(text, at);
  return at;
}

}  // namespace

std::string Masked(const FieldDescriptor& field, absl::string_view value) {
  if (value.empty()) return "";
  const bool phone = absl::EndsWith(field.name(), "_phone");
  const size_t characters = CodePoints(value);
  if (characters < (phone ? kPhoneMin : kTextMin)) return kHidden;
  if (!phone) return absl::StrCat(value.substr(0, EndOf(value, 1)), kHidden);
  return absl::StrCat(value.substr(0, EndOf(value, kPhoneHead)), kHidden,
                      value.substr(EndOf(value, characters - kPhoneTail)));
}

bool LooksMasked(absl::string_view text) {
  for (size_t at = text.find('*'); at != absl::string_view::npos; at = text.find('*', at)) {
    const size_t begun = at;
    while (at < text.size() && text[at] == '*') ++at;
    if (at - begun == std::strlen(kHidden)) return true;
  }
  return false;
}

void MaskPersonalData(Message& message) {
  const Reflection& reflection = *message.GetReflection();
  for (const PersonalFields::Field& each : FactsOf<PersonalFields>(message.GetDescriptor()).fields()) {
    if (each.is_text()) {
      if (each.IsPersonalIn(message)) MaskText(message, *each.field);
    } else if (each.field->is_repeated()) {
      for (int i = 0; i < reflection.FieldSize(message, each.field); ++i) {
        MaskPersonalData(*reflection.MutableRepeatedMessage(&message, each.field, i));
      }
    } else if (reflection.HasField(message, each.field)) {
      MaskPersonalData(*reflection.MutableMessage(&message, each.field));
    }
  }
}

namespace {

void TakeBackText(const Message& held, const FieldDescriptor& field, Message& next) {
  const Reflection& reflection = *next.GetReflection();
  if (!field.is_repeated()) {
    const std::string shown = reflection.GetString(next, &field);
    if (!LooksMasked(shown)) return;
    std::string own = reflection.GetString(held, &field);
    if (Masked(field, own) == shown) reflection.SetString(&next, &field, std::move(own));
    return;
  }
  for (int i = std::min(reflection.FieldSize(held, &field), reflection.FieldSize(next, &field)); i-- > 0;) {
    const std::string shown = reflection.GetRepeatedString(next, &field, i);
    std::string own = reflection.GetRepeatedString(held, &field, i);
    if (LooksMasked(shown) && Masked(field, own) == shown) {
      reflection.SetRepeatedString(&next, &field, i, std::move(own));
    }
  }
}

}  // namespace

void TakeBackMasked(const Message& held, Message& next) {
  const Reflection& reflection = *next.GetReflection();
  for (const PersonalFields::Field& each : FactsOf<PersonalFields>(next.GetDescriptor()).fields()) {
    if (each.is_text()) {
      TakeBackText(held, *each.field, next);
    } else if (each.field->is_repeated()) {
      const int both = std::min(reflection.FieldSize(held, each.field), reflection.FieldSize(next, each.field));
      for (int i = 0; i < both; ++i) {
        TakeBackMasked(reflection.GetRepeatedMessage(held, each.field, i),
                       *reflection.MutableRepeatedMessage(&next, each.field, i));
      }
    } else if (reflection.HasField(held, each.field) && reflection.HasField(next, each.field)) {
      TakeBackMasked(reflection.GetMessage(held, each.field), *reflection.MutableMessage(&next, each.field));
    }
  }
}

namespace {

bool HasText(const Message& message, const FieldDescriptor& field) {
  const Reflection& reflection = *message.GetReflection();
  return field.is_repeated() ? reflection.FieldSize(message, &field) > 0 : reflection.HasField(message, &field);
}

// record: the one that the message is a part of; empty if it is none's.
void CollectRecords(const Message& message, std::string record, std::set<std::string>& records) {
  const Reflection& reflection = *message.GetReflection();
  if (const FieldDescriptor* name = FactsOf<PersonalFacts>(message.GetDescriptor()).name; name != nullptr) {
    if (std::string own = reflection.GetString(message, name); !own.empty()) record = std::move(own);
  }
  for (const PersonalFields::Field& each : FactsOf<PersonalFields>(message.GetDescriptor()).fields()) {
    if (each.is_text()) {
      if (HasText(message, *each.field) && each.IsPersonalIn(message)) records.insert(record);
    } else if (each.field->is_repeated()) {
      for (int i = 0; i < reflection.FieldSize(message, each.field); ++i) {
        CollectRecords(reflection.GetRepeatedMessage(message, each.field, i), record, records);
      }
    } else if (reflection.HasField(message, each.field)) {
      CollectRecords(reflection.GetMessage(message, each.field), record, records);
    }
  }
}

}  // namespace

std::set<std::string> RecordsWithPersonalData(const Message& message) {
  std::set<std::string> records;
  CollectRecords(message, "", records);
  return records;
}

}  // namespace kechuang::access
