#include "common/rpc/service.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace kechuang::rpc {

MethodTable::MethodTable(absl::string_view service_full_name)
    : descriptor_(
          google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(std::string(service_full_name))) {
  if (descriptor_ == nullptr) faults_.push_back(absl::StrCat("there is no service ", service_full_name));
}

void MethodTable::Add(const google::protobuf::Descriptor* request, const google::protobuf::Descriptor* response,
                      Method method) {
  if (descriptor_ == nullptr) return;
  for (int i = 0; i < descriptor_->method_count(); ++i) {
    const google::protobuf::MethodDescriptor* candidate = descriptor_->method(i);
    if (candidate->input_type() != request) continue;
    const bool streams = candidate->client_streaming() || candidate->server_streaming();
    if (candidate->output_type() != response) {
      faults_.push_back(absl::StrCat(candidate->full_name(), " answers with ", candidate->output_type()->full_name(),
                                     ", its handler with ", response->full_name()));
    } else if (streams != static_cast<bool>(method.stream)) {
      faults_.push_back(absl::StrCat(candidate->full_name(), " and its handler differ in streaming"));
    }
    method.descriptor = candidate;
    if (!methods_.emplace(candidate->name(), std::move(method)).second) {
      faults_.push_back(absl::StrCat(candidate->full_name(), " has two handlers"));
    }
    return;
  }
  faults_.push_back(absl::StrCat(descriptor_->full_name(), " has no method that takes ", request->full_name()));
}

std::vector<std::string> MethodTable::Missing() const {
  std::vector<std::string> missing;
  if (descriptor_ == nullptr) return missing;
  for (int i = 0; i < descriptor_->method_count(); ++i) {
    if (!methods_.contains(descriptor_->method(i)->name())) missing.push_back(descriptor_->method(i)->full_name());
  }
  return missing;
}

}  // namespace kechuang::rpc
