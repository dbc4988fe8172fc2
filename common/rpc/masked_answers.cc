#include "common/rpc/masked_answers.h"

#include <memory>

#include "absl/strings/str_cat.h"

#include "common/access/masking.h"
#include "common/base/fatal.h"

namespace kechuang::rpc {

using google::protobuf::Message;

std::string MaskedBytes(const google::protobuf::Descriptor* type, const std::string& bytes) {
  const std::unique_ptr<Message> answer(
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(type)->New());
  if (!answer->ParseFromString(bytes)) Fatal(absl::StrCat("an answer is no ", type->full_name()));
  access::MaskPersonalData(*answer);
  return answer->SerializeAsString();
}

bool MaskingStream::Write(const Message& message) {
  const std::unique_ptr<Message> masked(message.New());
  masked->CopyFrom(message);
  access::MaskPersonalData(*masked);
  return bytes_.Write(*masked);
}

}  // namespace kechuang::rpc
