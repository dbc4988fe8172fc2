#ifndef KECHUANG_TOOLS_KC_FLAG_VALUE_H_
#define KECHUANG_TOOLS_KC_FLAG_VALUE_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

#include "tools/kc/fields.h"

namespace kechuang::kc {

// How the text of a flag is to be read.
enum class FlagForm {
  kPerson,  // money with its unit, rates in percent
  kExact,   // the stored number: fen, millionths
};

// Puts the value that a person typed into the field at the path, adding it if the field is repeated. Text; numbers;
// days as 2022-03-05; times as 2022-03-05T08:00:00Z, or a day, which begins in China; money as ParseMoneyText takes it;
// rates as 3.65%; enum values by their short names in any case; true or false; messages as JSON or as
// field=value,field=value; masks as paths between commas. A name of a record may leave out the collection: nxbank for
// banks/nxbank. Wrong usage that shows the right form otherwise.
absl::Status PutText(google::protobuf::Message& message, const FieldPath& path, absl::string_view text, FlagForm form);

// Fen of "300000.00元", "30万元", "1.2亿", "30000000分". The unit must stand there: 30 is what one person means as yuan
// and the next as 万元. Commas between digits are left out.
absl::StatusOr<int64_t> ParseMoneyText(absl::string_view text);
// Millionths of "3.65%".
absl::StatusOr<int64_t> ParseRateText(absl::string_view text);

// The number of an enum value by its short or whole name, case aside, - as _; wrong usage with the nearest, or all of a
// few, otherwise.
absl::StatusOr<int> ParseEnumText(const google::protobuf::EnumDescriptor& type, absl::string_view text);

}  // namespace kechuang::kc

#endif  // KECHUANG_TOOLS_KC_FLAG_VALUE_H_
