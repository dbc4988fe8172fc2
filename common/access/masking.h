#ifndef KECHUANG_COMMON_ACCESS_MASKING_H_
#define KECHUANG_COMMON_ACCESS_MASKING_H_

#include <set>
#include <string>

#include "absl/strings/string_view.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

#include "common/access/caller.h"

// Personal data, as the option personal_data marks it: what callers see of it who need not know it.
namespace kechuang::access {

// Whether messages of this type hold personal data, at any depth.
bool HoldsPersonalData(const google::protobuf::Descriptor* type);

// The permission to see the personal data of messages of this type: "enterprise.personal".
std::string PersonalPermission(const google::protobuf::Descriptor* type);

// Whether the caller may see the personal data of messages of this type; always, of a type that has none.
bool MaySeePersonalData(const Caller& caller, const google::protobuf::Descriptor* type);

// As much of a value as its holder may recognise it by: of a telephone number (a field that ends in _phone) of ten
// characters or more the first three and the last four, of any other text of two or more the first; *** for the rest,
// and for all of a shorter one. An empty text stays empty.
std::string Masked(const google::protobuf::FieldDescriptor& field, absl::string_view value);

// Whether a text comes from Masked: it has three stars in a row, no more and no fewer. Spreadsheets of bureaus mask
// with one, two or four.
bool LooksMasked(absl::string_view text);

// Masks every text of the message that is personal data.
void MaskPersonalData(google::protobuf::Message& message);

// Puts back what next shows masked of held: every personal text of next that looks as held's own in its place does when
// it is masked. So a record that was read masked can be sent back.
void TakeBackMasked(const google::protobuf::Message& held, google::protobuf::Message& next);

// The names of the records whose personal data the message shows.
std::set<std::string> RecordsWithPersonalData(const google::protobuf::Message& message);

}  // namespace kechuang::access

#endif  // KECHUANG_COMMON_ACCESS_MASKING_H_
