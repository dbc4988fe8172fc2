#ifndef KECHUANG_TOOLS_KC_FIELDS_H_
#define KECHUANG_TOOLS_KC_FIELDS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

#include "tools/kc/language.h"

namespace kechuang::kc {

// A value within a message, reached through its singular messages: {seller, party_name}.
struct FieldPath {
  std::vector<const google::protobuf::FieldDescriptor*> steps;

  const google::protobuf::FieldDescriptor& leaf() const { return *steps.back(); }
  // "seller.party_name".
  std::string Name() const;
};

// Who reads the text of a value.
enum class Reader {
  kProgram,        // fen, enum values without prefix, true and false, times in UTC
  kEnglishPerson,  // yuan with two decimals, times of China
  kChinesePerson,
};
Reader PersonOf(Language language);

// Every value of a message of this type in the order of the fields: singular messages by their own fields, except dates
// and times, which are one value each; lists as one value.
std::vector<FieldPath> ValuesOf(const google::protobuf::Descriptor& type);

// What stands above a column of such values: the name, for persons with _yuan in place of _fen.
std::string TitleOf(const FieldPath& path, Reader reader);

// The value as text; empty if it, or a message on the way to it, is not set. Lists are JSON for programs.
std::string TextOf(const google::protobuf::Message& message, const FieldPath& path, Reader reader);

// True for numbers and money.
bool IsNumber(const FieldPath& path);

// The values of which a table of such records tells most, at most `most` of them: the name first, then what the record
// is called, its state, money, dates and what is indexed; in the order of the fields. Values that no record has are
// left out.
std::vector<FieldPath> TellingValues(const google::protobuf::Descriptor& type,
                                     const std::vector<const google::protobuf::Message*>& records, size_t most);

// "2022-11-01 12:00:00", the time of China.
std::string ChinaTime(int64_t unix_seconds);

}  // namespace kechuang::kc

#endif  // KECHUANG_TOOLS_KC_FIELDS_H_
