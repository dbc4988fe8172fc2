#ifndef KECHUANG_COMMON_ACCESS_PERSONAL_FIELDS_H_
#define KECHUANG_COMMON_ACCESS_PERSONAL_FIELDS_H_

#include <vector>

#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace kechuang::access {

// The fields of a message type that matter to whoever looks for personal data: texts that are some, and messages that
// hold some at any depth. Made once a type, by FactsOf.
class PersonalFields {
 public:
  struct Field {
    const google::protobuf::FieldDescriptor* field;
    // Of a text: it is nobody's personal data if this one beside it is not empty; null if there is none such.
    const google::protobuf::FieldDescriptor* public_with;

    bool is_text() const { return field->cpp_type() == google::protobuf::FieldDescriptor::CPPTYPE_STRING; }
    // Whether the values that this text has in the message are personal data.
    bool IsPersonalIn(const google::protobuf::Message& message) const;
  };

  explicit PersonalFields(const google::protobuf::Descriptor* type);

  bool any() const { return !fields_.empty(); }
  // In the order of their numbers.
  const std::vector<Field>& fields() const { return fields_; }
  // The numbers of the fields beside which others are public.
  const std::vector<int>& beside() const { return beside_; }
  // The one of this number; null if a field of this number does not matter, or if there is none.
  const Field* Find(int number) const;

 private:
  std::vector<Field> fields_;
  std::vector<int> beside_;
};

}  // namespace kechuang::access

#endif  // KECHUANG_COMMON_ACCESS_PERSONAL_FIELDS_H_
