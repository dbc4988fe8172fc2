#ifndef KECHUANG_TOOLS_KC_METHOD_WORDS_H_
#define KECHUANG_TOOLS_KC_METHOD_WORDS_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "google/protobuf/descriptor.h"

namespace kechuang::kc {

// How a person says a method: kc contracts register for RegisterContract.
struct MethodWords {
  std::string noun;  // the collection of the resource that the method is about, or the service's own noun
  std::string verb;  // the method's name without it
};
MethodWords WordsOf(const google::protobuf::MethodDescriptor& method);

// Methods that one command calls: one method, or those of several registers with one name and one request, such as
// GetJournalHead.
struct MethodGroup {
  MethodWords words;
  std::vector<const google::protobuf::MethodDescriptor*> methods;
};
// Every method of these services, each in one group, no two groups with the same words. Methods that would share words
// without sharing a request get the area before the noun; what still meets keeps its whole name.
std::vector<MethodGroup> GroupMethods(const std::vector<const google::protobuf::ServiceDescriptor*>& services);

// "annual-statements" of "AnnualStatements" and of "annual_statements".
std::string KebabCase(absl::string_view name);

// The resources of a service: messages with google.api.resource that its methods take or give.
std::vector<const google::protobuf::Descriptor*> ResourcesOf(const google::protobuf::ServiceDescriptor& service);

// What the names of a resource begin with: "enterprises/" of "enterprises/{enterprise}/certifications/{...}".
std::string CollectionOf(const google::protobuf::Descriptor& resource);
// The linked message of a resource type such as "kechuang/Contract"; null if there is none.
const google::protobuf::Descriptor* ResourceOfType(absl::string_view type);

}  // namespace kechuang::kc

#endif  // KECHUANG_TOOLS_KC_METHOD_WORDS_H_
