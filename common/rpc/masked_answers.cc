#include "common/rpc/masked_answers.h"

#include <memory>

#include "common/access/masking.h"

namespace kechuang::rpc {

using google::protobuf::Message;

bool MaskingStream::Write(const Message& message) {
  const std::unique_ptr<Message> masked(message.New());
  masked->CopyFrom(message);
  access::MaskPersonalData(*masked);
  return bytes_.Write(*masked);
}

}  // namespace kechuang::rpc
