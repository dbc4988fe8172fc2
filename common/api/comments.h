#ifndef KECHUANG_COMMON_API_COMMENTS_H_
#define KECHUANG_COMMON_API_COMMENTS_H_

#include "absl/strings/string_view.h"
#include "google/protobuf/descriptor.h"

namespace kechuang::api {

// What the protos say of an element: the comment before it, with the lines of a paragraph joined and an empty line
// between paragraphs. Empty for an element of another project. The first call reads the comments of all protos, which
// are part of the program, and keeps them as long as it runs; a program that never asks pays nothing. Threads may share
// them.
absl::string_view CommentOf(const google::protobuf::Descriptor& message);
absl::string_view CommentOf(const google::protobuf::FieldDescriptor& field);
absl::string_view CommentOf(const google::protobuf::EnumDescriptor& type);
absl::string_view CommentOf(const google::protobuf::EnumValueDescriptor& value);
absl::string_view CommentOf(const google::protobuf::ServiceDescriptor& service);
absl::string_view CommentOf(const google::protobuf::MethodDescriptor& method);

// The comment without the words that repeat how a field behaves: "Required.", "Optional.", "Output only.",
// "Immutable.", "Identifier.", "Input only.". Points into the comment.
absl::string_view WithoutBehavior(absl::string_view comment);

// The first sentence after those words, with its full stop. Points into the comment.
absl::string_view FirstSentence(absl::string_view comment);

}  // namespace kechuang::api

#endif  // KECHUANG_COMMON_API_COMMENTS_H_
