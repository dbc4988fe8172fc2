#include "common/ledger/page_token.h"

#include <utility>
#include <variant>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

#include "common/base/error.h"
#include "common/base/sha256.h"
#include "kechuang/api/v1/reasons.pb.h"

namespace kechuang::ledger {
namespace {

using mysql::Value;

// Most characters of a token that is looked at: the values of an order are few and short.
constexpr size_t kTokenBytesMax = size_t{64} * 1024;

// The first 16 hex digits of the text's SHA-256.
std::string Digest(absl::string_view text) { return Sha256Hex(text).substr(0, 16); }

std::string EncodeValue(const Value& value) {
  if (std::holds_alternative<std::monostate>(value)) return "n";
  if (const int64_t* number = std::get_if<int64_t>(&value)) return absl::StrCat("i", *number);
  return "t" + absl::WebSafeBase64Escape(std::get<std::string>(value));
}

// Adds the value of this text; false if it is none.
bool ReadValue(absl::string_view text, std::vector<Value>& values) {
  if (text == "n") {
    values.emplace_back();
    return true;
  }
  if (absl::ConsumePrefix(&text, "i")) {
    int64_t number = 0;
    if (!absl::SimpleAtoi(text, &number)) return false;
    values.emplace_back(number);
    return true;
  }
  std::string decoded;
  if (!absl::ConsumePrefix(&text, "t") || !absl::WebSafeBase64Unescape(text, &decoded)) return false;
  values.emplace_back(std::move(decoded));
  return true;
}

// The arguments' digest and the values, with a digest of both at the end.
std::string Sealed(absl::string_view arguments_digest, const std::vector<Value>& values) {
  std::string text(arguments_digest);
  for (const Value& value : values) absl::StrAppend(&text, "|", EncodeValue(value));
  return absl::WebSafeBase64Escape(absl::StrCat(text, "|", Digest(text)));
}

absl::Status BadToken(absl::string_view english, absl::string_view chinese) {
  return Refuse(absl::StatusCode::kInvalidArgument, api::v1::LIST_ARGUMENT)
      .With("argument", "page_token")
      .Says(absl::StrCat("page_token: ", english), absl::StrCat("page_token：", chinese));
}

absl::Status NoToken() { return BadToken("it is not a token of this list", "不是本列表给出的翻页标记"); }

}  // namespace

std::string MakePageToken(absl::string_view arguments, const std::vector<Value>& values) {
  return Sealed(Digest(arguments), values);
}

absl::StatusOr<std::vector<Value>> ReadPageToken(absl::string_view token, absl::string_view arguments, size_t values) {
  std::string text;
  if (token.size() > kTokenBytesMax || !absl::WebSafeBase64Unescape(token, &text)) return NoToken();
  const std::vector<absl::string_view> parts = absl::StrSplit(text, '|');
  std::vector<Value> read;
  for (size_t i = 1; i + 1 < parts.size(); ++i) {
    if (!ReadValue(parts[i], read)) return NoToken();
  }
  // What was read must make the very token again: so nothing of it is cut, changed or written in another way.
  if (Sealed(parts[0], read) != token) return NoToken();
  if (parts[0] != Digest(arguments)) {
    return BadToken("parent, filter, order_by and show_deleted must be those of the page before",
                    "parent、filter、order_by 和 show_deleted 必须与上一页相同");
  }
  if (read.size() != values) return NoToken();
  return read;
}

}  // namespace kechuang::ledger
