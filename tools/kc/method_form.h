#ifndef KECHUANG_TOOLS_KC_METHOD_FORM_H_
#define KECHUANG_TOOLS_KC_METHOD_FORM_H_

#include <string>
#include <vector>

#include "google/protobuf/descriptor.h"

#include "tools/kc/command_line.h"
#include "tools/kc/fields.h"
#include "tools/kc/method_words.h"

namespace kechuang::kc {

// A value of a request that a person gives: by a flag, or by its place.
struct FormField {
  FieldPath path;          // from the request
  std::string flag;        // "seller.party-name"; "technical-amount" for technical_amount_fen
  std::string exact_flag;  // "technical-amount-fen", which takes the stored number; empty for other fields
  std::string long_flag;   // "bank-opinion.amount", where flag is only its end; empty where it is not
  std::string mask_path;   // "seller.party_name", where an update mask names it; empty elsewhere
  bool required = false;
};

// Everything about methods that a person may fill in as a command.
struct MethodForm {
  MethodWords words;
  std::vector<const google::protobuf::MethodDescriptor*> methods;  // one; or one a register
  std::vector<FormField> places;                                   // given by place, in this order
  std::vector<FormField> fields;                                   // given by flag
  const google::protobuf::FieldDescriptor* body = nullptr;  // the record within the request; null if there is none
  const google::protobuf::FieldDescriptor* mask = nullptr;  // the update mask for it; null if there is none

  const google::protobuf::MethodDescriptor& method() const { return *methods.front(); }
  const google::protobuf::Descriptor& request() const { return *method().input_type(); }
  // True if the requests of the method come as lines of JSON.
  bool takes_lines() const { return method().client_streaming(); }
};

// A form for each method of the suite, in the order of the services.
const std::vector<MethodForm>& MethodForms();

// The command of a form, without its code: flags and help from the fields and their comments.
CommandSpec CommandOf(const MethodForm& form);

// Flags and, for fields that a text must name in full, what the help says of them.
FlagSpec FlagOf(const FormField& field);

// True if a field behaves so: OUTPUT_ONLY, REQUIRED, ...
bool IsRequired(const google::protobuf::FieldDescriptor& field);
bool IsOutputOnly(const google::protobuf::FieldDescriptor& field);

// "ACTIVE" of LOAN_STATE_ACTIVE.
std::string ShortName(const google::protobuf::EnumValueDescriptor& value);

}  // namespace kechuang::kc

#endif  // KECHUANG_TOOLS_KC_METHOD_FORM_H_
