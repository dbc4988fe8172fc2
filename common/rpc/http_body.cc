#include "common/rpc/http_body.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

#include "common/base/error.h"
#include "common/base/status_macros.h"
#include "kechuang/api/v1/reasons.pb.h"

namespace kechuang::rpc {
namespace {

constexpr size_t kSizeDigitsMax = 15;  // enough for a petabyte, and far from overflow

absl::Status Malformed() {
  return Refuse(absl::StatusCode::kInvalidArgument, api::v1::FIELD_MALFORMED)
      .Says("the chunked body is malformed: expected SIZE CRLF BYTES CRLF, with SIZE in hexadecimal",
            "分块请求体格式错误：应为 十六进制长度 CRLF 数据 CRLF");
}

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = absl::ascii_tolower(static_cast<unsigned char>(c));
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

}  // namespace

absl::Status HttpBodyReader::Take(std::string& arrived, std::string& out) {
  absl::string_view rest = arrived;
  absl::Status status;
  while (status.ok() && !is_over() && !rest.empty()) {
    if (state_ == State::kContent) {
      TakeContent(rest, out);
      continue;
    }
    const size_t end = rest.find("\r\n");
    if (end == absl::string_view::npos) {
      if (rest.size() > kChunkLineBytesMax) status = Malformed();
      break;
    }
    status = TakeLine(rest.substr(0, end));
    rest.remove_prefix(end + 2);
  }
  arrived.erase(0, arrived.size() - rest.size());
  return status;
}

void HttpBodyReader::TakeContent(absl::string_view& rest, std::string& out) {
  const size_t size = static_cast<size_t>(std::min<uint64_t>(left_, rest.size()));
  out.append(rest.data(), size);
  rest.remove_prefix(size);
  left_ -= size;
  if (left_ == 0) state_ = chunked_ ? State::kContentEnd : State::kOver;
}

// A line without its CRLF.
absl::Status HttpBodyReader::TakeLine(absl::string_view line) {
  if (line.size() > kChunkLineBytesMax) return Malformed();
  if (state_ == State::kContentEnd) {
    state_ = State::kSizeLine;
    return line.empty() ? absl::OkStatus() : Malformed();
  }
  if (state_ == State::kTrailer) {
    trailer_bytes_ += line.size();
    if (line.empty()) state_ = State::kOver;
    return trailer_bytes_ > kChunkLineBytesMax ? Malformed() : absl::OkStatus();
  }
  size_t digits = 0;
  left_ = 0;
  for (; digits < line.size() && HexDigit(line[digits]) >= 0; ++digits) {
    if (digits == kSizeDigitsMax) return Malformed();
    left_ = left_ * 16 + static_cast<uint64_t>(HexDigit(line[digits]));
  }
  const absl::string_view extension = absl::StripLeadingAsciiWhitespace(line.substr(digits));
  if (digits == 0 || (!extension.empty() && extension[0] != ';')) return Malformed();
  state_ = left_ == 0 ? State::kTrailer : State::kContent;
  return absl::OkStatus();
}

}  // namespace kechuang::rpc
