#include "common/access/personal_fields.h"

#include <algorithm>
#include <set>

#include "kechuang/api/v1/options.pb.h"
#include "kechuang/api/v1/personal.pb.h"

namespace kechuang::access {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

bool IsPersonal(const FieldDescriptor& field) {
  return field.cpp_type() == FieldDescriptor::CPPTYPE_STRING &&
         field.options().GetExtension(api::v1::field).personal_data();
}

bool HoldsAny(const Descriptor* type, std::set<const Descriptor*>& seen) {
  if (!seen.insert(type).second) return false;
  for (int i = 0; i < type->field_count(); ++i) {
    const FieldDescriptor& field = *type->field(i);
    if (IsPersonal(field) || (field.message_type() != nullptr && HoldsAny(field.message_type(), seen))) return true;
  }
  return false;
}

bool Matters(const FieldDescriptor& field) {
  std::set<const Descriptor*> seen;
  return IsPersonal(field) || (field.message_type() != nullptr && HoldsAny(field.message_type(), seen));
}

}  // namespace

bool PersonalFields::Field::IsPersonalIn(const google::protobuf::Message& message) const {
  return public_with == nullptr || message.GetReflection()->GetString(message, public_with).empty();
}

PersonalFields::PersonalFields(const Descriptor* type) {
  for (int i = 0; i < type->field_count(); ++i) {
    const FieldDescriptor& field = *type->field(i);
    if (!Matters(field)) continue;
    fields_.push_back({&field, type->FindFieldByName(field.options().GetExtension(api::v1::public_with))});
  }
  std::sort(fields_.begin(), fields_.end(),
            [](const Field& a, const Field& b) { return a.field->number() < b.field->number(); });
  std::set<int> beside;
  for (const Field& each : fields_) {
    if (each.public_with != nullptr) beside.insert(each.public_with->number());
  }
  beside_.assign(beside.begin(), beside.end());
}

const PersonalFields::Field* PersonalFields::Find(int number) const {
  // A type has a handful of them.
  const auto found =
      std::find_if(fields_.begin(), fields_.end(), [&](const Field& each) { return each.field->number() == number; });
  return found == fields_.end() ? nullptr : &*found;
}

}  // namespace kechuang::access
