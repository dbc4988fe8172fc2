#include "common/api/comments.h"

#include <algorithm>
#include <array>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "google/protobuf/descriptor.pb.h"

#include "common/api/proto_descriptors.h"

namespace kechuang::api {
namespace {

using google::protobuf::DescriptorProto;
using google::protobuf::EnumDescriptorProto;
using google::protobuf::FileDescriptorProto;
using google::protobuf::FileDescriptorSet;
using google::protobuf::ServiceDescriptorProto;
using google::protobuf::SourceCodeInfo;
// Full name of an element -> its comment.
using Comments = absl::flat_hash_map<std::string, std::string>;

constexpr std::array<absl::string_view, 6> kBehaviors = {"Required.",  "Optional.",   "Output only.",
                                                         "Immutable.", "Identifier.", "Input only."};

// Text as the reader wants it: lines of a paragraph joined, an empty line between paragraphs.
std::string Joined(absl::string_view comment) {
  std::string text;
  bool paragraph_ended = false;
  for (absl::string_view line : absl::StrSplit(comment, '\n')) {
    line = absl::StripAsciiWhitespace(line);
    if (line.empty()) {
      paragraph_ended = true;
      continue;
    }
    const char* gap = text.empty() ? "" : paragraph_ended ? "\n\n" : " ";
    absl::StrAppend(&text, gap, line);
    paragraph_ended = false;
  }
  return text;
}

std::string Below(absl::string_view scope, absl::string_view name) {
  return scope.empty() ? std::string(name) : absl::StrCat(scope, ".", name);
}

// Walks one step of a source location's path, as descriptor.proto explains: field number and index by turns.
using Step = google::protobuf::RepeatedField<int>::const_iterator;

// Each NameOf gives the full name of the element that the path leads to below a scope; empty for all that has no name
// of its own, such as an option.
std::string NameOf(const EnumDescriptorProto& type, absl::string_view scope, Step at, Step end) {
  // Values of an enum are named beside it, not below it.
  if (at == end) return Below(scope, type.name());
  if (end - at != 2 || at[0] != EnumDescriptorProto::kValueFieldNumber) return "";
  return Below(scope, type.value(at[1]).name());
}

std::string NameOf(const DescriptorProto& message, absl::string_view scope, Step at, Step end) {
  const std::string name = Below(scope, message.name());
  if (at == end) return name;
  if (end - at < 2) return "";
  const int index = at[1];
  switch (at[0]) {
    case DescriptorProto::kFieldFieldNumber:
      return end - at == 2 ? Below(name, message.field(index).name()) : "";
    case DescriptorProto::kNestedTypeFieldNumber:
      return NameOf(message.nested_type(index), name, at + 2, end);
    case DescriptorProto::kEnumTypeFieldNumber:
      return NameOf(message.enum_type(index), name, at + 2, end);
    default:
      return "";
  }
}

std::string NameOf(const ServiceDescriptorProto& service, absl::string_view scope, Step at, Step end) {
  const std::string name = Below(scope, service.name());
  if (at == end) return name;
  if (end - at != 2 || at[0] != ServiceDescriptorProto::kMethodFieldNumber) return "";
  return Below(name, service.method(at[1]).name());
}

std::string NameOf(const FileDescriptorProto& file, const SourceCodeInfo::Location& location) {
  const Step at = location.path().begin();
  const Step end = location.path().end();
  if (end - at < 2) return "";
  switch (at[0]) {
    case FileDescriptorProto::kMessageTypeFieldNumber:
      return NameOf(file.message_type(at[1]), file.package(), at + 2, end);
    case FileDescriptorProto::kEnumTypeFieldNumber:
      return NameOf(file.enum_type(at[1]), file.package(), at + 2, end);
    case FileDescriptorProto::kServiceFieldNumber:
      return NameOf(file.service(at[1]), file.package(), at + 2, end);
    default:
      return "";
  }
}

Comments Read() {
  Comments comments;
  const absl::string_view bytes = ProtoDescriptors();
  FileDescriptorSet set;
  // protoc wrote these bytes when this program was built; were they spoilt, the test of this file would say so.
  set.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
  for (const FileDescriptorProto& file : set.file()) {
    for (const SourceCodeInfo::Location& location : file.source_code_info().location()) {
      if (!location.has_leading_comments()) continue;
      if (std::string name = NameOf(file, location); !name.empty()) {
        comments.try_emplace(std::move(name), Joined(location.leading_comments()));
      }
    }
  }
  return comments;
}

absl::string_view Find(const std::string& full_name) {
  // Never destroyed, so that views into it stay good to the end of the program.
  static const Comments& comments = *new Comments(Read());
  const auto found = comments.find(full_name);
  return found == comments.end() ? absl::string_view() : found->second;
}

}  // namespace

absl::string_view CommentOf(const google::protobuf::Descriptor& message) { return Find(message.full_name()); }
absl::string_view CommentOf(const google::protobuf::FieldDescriptor& field) { return Find(field.full_name()); }
absl::string_view CommentOf(const google::protobuf::EnumDescriptor& type) { return Find(type.full_name()); }
absl::string_view CommentOf(const google::protobuf::EnumValueDescriptor& value) { return Find(value.full_name()); }
absl::string_view CommentOf(const google::protobuf::ServiceDescriptor& service) { return Find(service.full_name()); }
absl::string_view CommentOf(const google::protobuf::MethodDescriptor& method) { return Find(method.full_name()); }

absl::string_view WithoutBehavior(absl::string_view comment) {
  for (bool found = true; found;) {
    comment = absl::StripLeadingAsciiWhitespace(comment);
    found = std::any_of(kBehaviors.begin(), kBehaviors.end(),
                        [&](absl::string_view words) { return absl::ConsumePrefix(&comment, words); });
  }
  return comment;
}

absl::string_view FirstSentence(absl::string_view comment) {
  comment = WithoutBehavior(comment);
  for (size_t i = 0; i < comment.size(); ++i) {
    if (comment[i] == '\n') return comment.substr(0, i);
    // A full stop inside a number or a name is followed by something else.
    if (comment[i] == '.' && (i + 1 == comment.size() || absl::ascii_isspace(comment[i + 1]))) {
      return comment.substr(0, i + 1);
    }
    if (absl::StartsWith(comment.substr(i), "。")) return comment.substr(0, i + absl::string_view("。").size());
  }
  return comment;
}

}  // namespace kechuang::api
