#include "services/gateway/openapi_example.h"

#include <cstdint>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "google/protobuf/field_mask.pb.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/date.pb.h"

#include "common/api/comments.h"
#include "common/domain/day.h"
#include "kechuang/api/v1/options.pb.h"

namespace kechuang::gateway {
namespace {

using google::protobuf::FieldDescriptor;
using Json = nlohmann::ordered_json;

constexpr absl::string_view kMark = "Example: ";
// What ends an example that prose follows.
constexpr absl::string_view kEnds[] = {"\n", " for ", ", or ", ". ", "; "};
constexpr absl::string_view kArticles[] = {"a ", "an ", "the "};
constexpr char kRequestId[] = "7f1c3a52-9d0e-4f5b-8a43-0c6d1e2f3a4b";

std::optional<Json> NumberIn(absl::string_view text, bool as_text) {
  int64_t number = 0;
  if (!absl::SimpleAtoi(text, &number)) return std::nullopt;
  return as_text ? Json(absl::StrCat(number)) : Json(number);
}

// Comments name enum values without the prefix that all of them share.
std::optional<Json> ValueIn(absl::string_view text, const google::protobuf::EnumDescriptor& type) {
  for (int i = 0; i < type.value_count(); ++i) {
    const std::string& name = type.value(i)->name();
    if (name == text || absl::EndsWith(name, absl::StrCat("_", text))) return Json(name);
  }
  return std::nullopt;
}

std::optional<Json> MessageIn(const std::string& text, const google::protobuf::Descriptor& type) {
  if (&type == google::protobuf::FieldMask::descriptor() || &type == google::protobuf::Timestamp::descriptor()) {
    return Json(text);
  }
  if (&type != google::type::Date::descriptor()) return std::nullopt;
  const absl::StatusOr<Day> day = Day::Parse(text);
  if (!day.ok()) return std::nullopt;
  const google::type::Date date = day->ToProto();
  return Json{{"year", date.year()}, {"month", date.month()}, {"day", date.day()}};
}

}  // namespace

std::string ExampleIn(absl::string_view comment) {
  const size_t mark = comment.find(kMark);
  if (mark == absl::string_view::npos) return "";
  absl::string_view text = comment.substr(mark + kMark.size());
  for (const absl::string_view end : kEnds) text = text.substr(0, text.find(end));
  for (const absl::string_view article : kArticles) {
    if (absl::StartsWith(text, article)) return "";
  }
  return std::string(absl::StripSuffix(text, "."));
}

std::optional<Json> ExampleOf(const FieldDescriptor& field) {
  const std::string text = ExampleIn(api::CommentOf(field));
  if (text.empty()) {
    // A repeated call shows what it is good for only with an id that looks like one.
    if (field.options().GetExtension(api::v1::field).format() == api::v1::FORMAT_REQUEST_ID) {
      return Json(kRequestId);
    }
    return std::nullopt;
  }
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return NumberIn(text, /*as_text=*/false);
    case FieldDescriptor::CPPTYPE_INT64:
      return NumberIn(text, /*as_text=*/true);
    case FieldDescriptor::CPPTYPE_STRING:
      return field.type() == FieldDescriptor::TYPE_STRING ? std::optional<Json>(text) : std::nullopt;
    case FieldDescriptor::CPPTYPE_ENUM:
      return ValueIn(text, *field.enum_type());
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return MessageIn(text, *field.message_type());
    default:
      return std::nullopt;
  }
}

}  // namespace kechuang::gateway
