#include "common/access/masked_bytes.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/message.h"
#include "google/protobuf/wire_format_lite.h"

#include "common/access/masking.h"
#include "common/access/personal_fields.h"
#include "common/base/fatal.h"
#include "common/base/type_facts.h"

namespace kechuang::access {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::internal::WireFormatLite;
using google::protobuf::io::CodedInputStream;
using google::protobuf::io::CodedOutputStream;

// One field of a message on the wire.
struct WireField {
  int number = 0;
  bool has_length = false;  // a text or a message, whose value is then its bytes
  size_t value_from = 0;    // where its length stands
  size_t end = 0;
  absl::string_view value;
};

// Goes through the fields of one message as they stand on the wire.
class WireFields {
 public:
  explicit WireFields(absl::string_view bytes)
      : bytes_(bytes), in_(reinterpret_cast<const uint8_t*>(bytes.data()), static_cast<int>(bytes.size())) {}

  // False at the end, and where the bytes are no message.
  bool Next(WireField& field) {
    const uint32_t tag = in_.ReadTag();
    if (tag == 0) return false;
    field.number = WireFormatLite::GetTagFieldNumber(tag);
    field.has_length = WireFormatLite::GetTagWireType(tag) == WireFormatLite::WIRETYPE_LENGTH_DELIMITED;
    field.value_from = At();
    whole_ = field.has_length ? TakeLength(field) : WireFormatLite::SkipField(&in_, tag);
    field.end = At();
    return whole_;
  }
  // Whether the bytes were a message, once Next has said false.
  bool whole() { return whole_ && in_.ConsumedEntireMessage(); }

 private:
  size_t At() const { return static_cast<size_t>(in_.CurrentPosition()); }
  bool TakeLength(WireField& field) {
    uint32_t length = 0;
    if (!in_.ReadVarint32(&length) || length > bytes_.size() - At()) return false;
    field.value = bytes_.substr(At(), length);
    return in_.Skip(static_cast<int>(length));
  }

  const absl::string_view bytes_;
  CodedInputStream in_;
  bool whole_ = true;
};

void AppendWithLength(absl::string_view value, std::string& out) {
  uint8_t length[10];
  const uint8_t* const end = CodedOutputStream::WriteVarint32ToArray(static_cast<uint32_t>(value.size()), length);
  out.append(reinterpret_cast<const char*>(length), static_cast<size_t>(end - length));
  out.append(value.data(), value.size());
}

// A handful of field numbers.
using Numbers = absl::InlinedVector<int, 4>;

bool Holds(const Numbers& numbers, int number) {
  return std::find(numbers.begin(), numbers.end(), number) != numbers.end();
}

// The numbers of the fields that are not empty, of those beside which others are public.
Numbers FilledBeside(const PersonalFields& personal, absl::string_view bytes) {
  const std::vector<int>& beside = personal.beside();
  Numbers filled;
  if (beside.empty()) return filled;
  WireFields fields(bytes);
  for (WireField field; fields.Next(field);) {
    if (!field.has_length || std::find(beside.begin(), beside.end(), field.number) == beside.end()) continue;
    filled.erase(std::remove(filled.begin(), filled.end(), field.number), filled.end());
    if (!field.value.empty()) filled.push_back(field.number);
  }
  return filled;
}

// Appends the message masked to out. False, with out of no use, if it is none, or written in a way that nobody's
// serialiser writes it: a single message in parts.
bool AppendMasked(const Descriptor* type, absl::string_view bytes, std::string& out) {
  const PersonalFields& personal = FactsOf<PersonalFields>(type);
  const Numbers filled = FilledBeside(personal, bytes);
  Numbers seen;
  size_t copied = 0;
  WireFields fields(bytes);
  for (WireField field; fields.Next(field);) {
    const PersonalFields::Field* const known = personal.Find(field.number);
    if (known == nullptr) continue;
    if (!field.has_length) return false;
    std::string masked;
    if (known->is_text()) {
      if (known->public_with != nullptr && Holds(filled, known->public_with->number())) continue;
      masked = Masked(*known->field, field.value);
    } else {
      if (!known->field->is_repeated() && Holds(seen, field.number)) return false;
      if (!known->field->is_repeated()) seen.push_back(field.number);
      masked.reserve(field.value.size());
      if (!AppendMasked(known->field->message_type(), field.value, masked)) return false;
    }
    out.append(bytes.data() + copied, field.value_from - copied);
    AppendWithLength(masked, out);
    copied = field.end;
  }
  out.append(bytes.data() + copied, bytes.size() - copied);
  return fields.whole();
}

// The long way, for what the short one does not take.
std::string MaskedThroughMessage(const Descriptor* type, const std::string& bytes) {
  const std::unique_ptr<Message> message(
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(type)->New());
  if (!message->ParseFromString(bytes)) Fatal(absl::StrCat("an answer is no ", type->full_name()));
  MaskPersonalData(*message);
  return message->SerializeAsString();
}

}  // namespace

std::string MaskedBytes(const Descriptor* type, const std::string& bytes) {
  std::string masked;
  masked.reserve(bytes.size());
  return AppendMasked(type, bytes, masked) ? masked : MaskedThroughMessage(type, bytes);
}

}  // namespace kechuang::access
