#include "common/api/json_scanner.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

#include "common/api/json.h"
#include "common/base/error.h"
#include "common/domain/name_text.h"
#include "kechuang/api/v1/reasons.pb.h"

namespace kechuang::api {
namespace {

bool IsDigit(char c) { return absl::ascii_isdigit(static_cast<unsigned char>(c)); }

void AppendUtf8(int code_point, std::string& out) {
  const auto byte = [&out](int value) { out.push_back(static_cast<char>(value)); };
  if (code_point < 0x80) {
    byte(code_point);
  } else if (code_point < 0x800) {
    byte(0xC0 | code_point >> 6);
    byte(0x80 | (code_point & 0x3F));
  } else if (code_point < 0x10000) {
    byte(0xE0 | code_point >> 12);
    byte(0x80 | (code_point >> 6 & 0x3F));
    byte(0x80 | (code_point & 0x3F));
  } else {
    byte(0xF0 | code_point >> 18);
    byte(0x80 | (code_point >> 12 & 0x3F));
    byte(0x80 | (code_point >> 6 & 0x3F));
    byte(0x80 | (code_point & 0x3F));
  }
}

}  // namespace

// The next character that is no white space; NUL at the end, which no JSON begins with either.
char JsonScanner::Next() {
  while (at_ < text_.size() && absl::StrContains(" \t\r\n", text_[at_])) ++at_;
  return at_ < text_.size() ? text_[at_] : '\0';
}

void JsonScanner::Fail(absl::string_view english, absl::string_view chinese) {
  if (!status_.ok()) return;
  const absl::string_view before = text_.substr(0, at_);
  const auto line = std::count(before.begin(), before.end(), '\n') + 1;
  const size_t start = before.rfind('\n') == absl::string_view::npos ? 0 : before.rfind('\n') + 1;
  const size_t character = CodePoints(before.substr(start)) + 1;
  const bool ended = at_ >= text_.size();
  status_ = Refuse(absl::StatusCode::kInvalidArgument, v1::FIELD_MALFORMED)
                .Says(absl::StrCat("this is no JSON from line ", line, ", character ", character, " on: ", english,
                                   ended ? ", but the text ends" : ""),
                      absl::StrCat("自第 ", line, " 行第 ", character, " 个字符起不是合法的 JSON：", chinese,
                                   ended ? "，但文本已结束" : ""));
}

void JsonScanner::PassLimit(absl::string_view english, absl::string_view chinese) {
  if (!status_.ok()) return;
  status_ = Refuse(absl::StatusCode::kInvalidArgument, v1::FIELD_TOO_LONG).Says(english, chinese);
}

bool JsonScanner::Count() {
  fresh_ = false;
  if (++values_ <= kJsonValuesMax) return true;
  PassLimit(absl::StrCat("the JSON holds more than ", kJsonValuesMax, " values; send smaller batches"),
            absl::StrCat("JSON 含有超过 ", kJsonValuesMax, " 个值；请分批发送"));
  return false;
}

JsonScanner::Kind JsonScanner::Peek() {
  if (!status_.ok()) return Kind::kNone;
  const char c = Next();
  if (c == '{') return Kind::kObject;
  if (c == '[') return Kind::kList;
  if (c == '"') return Kind::kText;
  if (c == '-' || IsDigit(c)) return Kind::kNumber;
  const absl::string_view rest = text_.substr(std::min(at_, text_.size()));
  if (absl::StartsWith(rest, "true") || absl::StartsWith(rest, "false")) return Kind::kBool;
  if (absl::StartsWith(rest, "null")) return Kind::kNull;
  Fail("a value is expected", "此处应为一个值");
  return Kind::kNone;
}

bool JsonScanner::Enter(char bracket) {
  if (!status_.ok() || !Count()) return false;
  if (Next() != bracket) {
    Fail("a value is expected", "此处应为一个值");
    return false;
  }
  if (depth_ == kJsonDepthMax) {
    PassLimit(absl::StrCat("the JSON is nested deeper than ", kJsonDepthMax, " levels"),
              absl::StrCat("JSON 嵌套超过 ", kJsonDepthMax, " 层"));
    return false;
  }
  ++at_;
  ++depth_;
  fresh_ = true;
  return true;
}

void JsonScanner::BeginObject() { Enter('{'); }
void JsonScanner::BeginList() { Enter('['); }

// Takes the comma before a member or an item; false at the end, after its bracket.
bool JsonScanner::NextPart(char bracket) {
  if (!status_.ok()) return false;
  const char c = Next();
  if (c == bracket) {
    ++at_;
    --depth_;
    fresh_ = false;
    return false;
  }
  if (fresh_) {
    fresh_ = false;
    return true;
  }
  if (c != ',') {
    Fail(absl::StrCat("a comma or ", absl::string_view(&bracket, 1), " is expected"),
         absl::StrCat("此处应为逗号或 ", absl::string_view(&bracket, 1)));
    return false;
  }
  ++at_;
  return true;
}

bool JsonScanner::NextMember(std::string& name) {
  if (!NextPart('}')) return false;
  if (Next() != '"') {
    Fail("a name in quotes is expected", "此处应为带引号的名称");
    return false;
  }
  if (!TakeQuoted(name)) return false;
  if (Next() != ':') {
    Fail("a colon is expected", "此处应为冒号");
    return false;
  }
  ++at_;
  return true;
}

bool JsonScanner::NextItem() { return NextPart(']'); }

int JsonScanner::TakeHex4() {
  int value = 0;
  for (int i = 0; i < 4; ++i, ++at_) {
    const char c = at_ < text_.size() ? absl::ascii_tolower(static_cast<unsigned char>(text_[at_])) : '\0';
    if (!absl::ascii_isxdigit(static_cast<unsigned char>(c))) return -1;
    value = value * 16 + (IsDigit(c) ? c - '0' : c - 'a' + 10);
  }
  return value;
}

// Takes what follows a backslash.
bool JsonScanner::TakeEscape(std::string& out) {
  constexpr absl::string_view kShort = "\"\\/bfnrt";
  constexpr absl::string_view kMeant = "\"\\/\b\f\n\r\t";
  const char c = at_ < text_.size() ? text_[at_] : '\0';
  const size_t found = c == '\0' ? absl::string_view::npos : kShort.find(c);
  if (found != absl::string_view::npos) {
    out.push_back(kMeant[found]);
    ++at_;
    return true;
  }
  if (c != 'u') {
    Fail("an escape such as \\n or \\u00e9 is expected", "此处应为转义，如 \\n 或 \\u00e9");
    return false;
  }
  ++at_;
  int code_point = TakeHex4();
  const bool high = code_point >= 0xD800 && code_point < 0xDC00;
  if (high && text_.substr(std::min(at_, text_.size()), 2) == "\\u") {
    at_ += 2;
    const int low = TakeHex4();
    code_point = low >= 0xDC00 && low < 0xE000 ? 0x10000 + (code_point - 0xD800) * 0x400 + (low - 0xDC00) : -1;
  } else if (high || (code_point >= 0xDC00 && code_point < 0xE000)) {
    code_point = -1;
  }
  if (code_point < 0) {
    Fail("four hex digits of a character are expected", "此处应为一个字符的四位十六进制编码");
    return false;
  }
  AppendUtf8(code_point, out);
  return true;
}

// Takes a text with its quotes, the first of which comes next; false after a fault.
bool JsonScanner::TakeQuoted(std::string& out) {
  out.clear();
  ++at_;
  while (true) {
    size_t end = at_;
    while (end < text_.size() && text_[end] != '"' && text_[end] != '\\' &&
           static_cast<unsigned char>(text_[end]) >= ' ') {
      ++end;
    }
    out.append(text_.data() + at_, end - at_);
    at_ = end;
    if (at_ == text_.size()) {
      Fail("a closing quote is expected", "此处应为右引号");
      return false;
    }
    const char c = text_[at_++];
    if (c == '"') return true;
    if (c != '\\') {
      --at_;
      Fail("a control character in a text is written as an escape, such as \\n", "文本中的控制字符须写成转义，如 \\n");
      return false;
    }
    if (!TakeEscape(out)) return false;
  }
}

std::string JsonScanner::TakeText() {
  std::string text;
  if (status_.ok() && Count()) TakeQuoted(text);
  return text;
}

absl::string_view JsonScanner::TakeNumber() {
  if (!status_.ok() || !Count()) return "0";
  const size_t start = at_;
  const auto digits = [this] {
    const size_t first = at_;
    while (at_ < text_.size() && IsDigit(text_[at_])) ++at_;
    return at_ > first;
  };
  const auto take = [this](absl::string_view any) {
    const bool found = at_ < text_.size() && absl::StrContains(any, text_[at_]);
    if (found) ++at_;
    return found;
  };
  take("-");
  bool well = take("0") || digits();
  if (well && take(".")) well = digits();
  if (well && take("eE")) {
    take("+-");
    well = digits();
  }
  if (!well || (at_ < text_.size() && IsDigit(text_[at_]))) {
    Fail("a number such as -12 or 0.5 is expected", "此处应为数字，如 -12 或 0.5");
    return "0";
  }
  return text_.substr(start, at_ - start);
}

bool JsonScanner::TakeBool() {
  if (!status_.ok() || !Count()) return false;
  const bool value = text_[at_] == 't';
  at_ += value ? 4 : 5;
  return value;
}

void JsonScanner::TakeNull() {
  if (status_.ok() && Count()) at_ += 4;
}

void JsonScanner::Skip() {
  std::string name;
  switch (Peek()) {
    case Kind::kObject:
      for (BeginObject(); NextMember(name);) Skip();
      return;
    case Kind::kList:
      for (BeginList(); NextItem();) Skip();
      return;
    case Kind::kText:
      TakeText();
      return;
    case Kind::kNumber:
      TakeNumber();
      return;
    case Kind::kBool:
      TakeBool();
      return;
    case Kind::kNull:
      TakeNull();
      return;
    case Kind::kNone:
      return;
  }
}

void JsonScanner::TakeEnd() {
  if (status_.ok() && (Next() != '\0' || at_ < text_.size())) {
    Fail("the end of the text is expected", "文本应在此处结束");
  }
}

}  // namespace kechuang::api
