#include "common/ledger/filter.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"

#include "common/base/error.h"
#include "common/base/status_macros.h"
#include "common/domain/day.h"
#include "common/ledger/column_time.h"
#include "common/ledger/reads.h"
#include "common/ledger/store.h"
#include "kechuang/api/v1/reasons.pb.h"

namespace kechuang::ledger {
namespace {

constexpr size_t kFilterBytesMax = 4000;
constexpr int kDepthMax = 20;

struct Token {
  enum class Kind { kWord, kText, kOperator, kOpen, kClose, kMinus, kEnd };
  Kind kind = Kind::kEnd;
  std::string text;
  size_t position = 0;
};

absl::Status BadFilter(size_t position, absl::string_view token, absl::string_view english, absl::string_view chinese) {
  return Refuse(absl::StatusCode::kInvalidArgument, api::v1::LIST_ARGUMENT)
      .With("argument", "filter")
      .With("position", position + 1)
      .With("token", token)
      .Says(absl::StrCat("filter, character ", position + 1, ", at '", token, "': ", english),
            absl::StrCat("filter 第 ", position + 1, " 个字符 '", token, "' 处：", chinese));
}

bool IsWordByte(char c) {
  return absl::ascii_isalnum(static_cast<unsigned char>(c)) || static_cast<unsigned char>(c) >= 0x80 || c == '_' ||
         c == '.' || c == '/' || c == '*' || c == '~' || c == '+';
}

absl::StatusOr<Token> QuotedText(absl::string_view filter, size_t& at) {
  const char quote = filter[at];
  Token token{Token::Kind::kText, "", at};
  for (size_t i = at + 1; i < filter.size(); ++i) {
    if (filter[i] == '\\' && i + 1 < filter.size()) {
      token.text.push_back(filter[++i]);
    } else if (filter[i] == quote) {
      at = i + 1;
      return token;
    } else {
      token.text.push_back(filter[i]);
    }
  }
  return BadFilter(at, filter.substr(at, 1), "the quoted text has no end", "引号没有结束");
}

absl::StatusOr<Token> NextToken(absl::string_view filter, size_t& at) {
  while (at < filter.size() && absl::ascii_isspace(static_cast<unsigned char>(filter[at]))) ++at;
  if (at == filter.size()) return Token{Token::Kind::kEnd, "the end", at};
  const char c = filter[at];
  const size_t start = at;
  if (c == '"' || c == '\'') return QuotedText(filter, at);
  if (c == '(') return Token{Token::Kind::kOpen, "(", at++};
  if (c == ')') return Token{Token::Kind::kClose, ")", at++};
  for (const char* op : {"!=", "<=", ">=", "=", "<", ">", ":"}) {
    if (absl::StartsWith(filter.substr(at), op)) {
      at += std::string(op).size();
      return Token{Token::Kind::kOperator, op, start};
    }
  }
  if (c == '-' && (at + 1 == filter.size() || !absl::ascii_isdigit(static_cast<unsigned char>(filter[at + 1])))) {
    return Token{Token::Kind::kMinus, "-", at++};
  }
  if (!IsWordByte(c) && c != '-') return BadFilter(at, filter.substr(at, 1), "unexpected character", "多余的字符");
  while (at < filter.size() && (IsWordByte(filter[at]) || filter[at] == '-')) ++at;
  return Token{Token::Kind::kWord, std::string(filter.substr(start, at - start)), start};
}

// Recursive descent over the tokens, building SQL as it goes.
class Parser {
 public:
  Parser(absl::string_view filter, const Columns& columns) : filter_(filter), columns_(columns) {}

  absl::StatusOr<Condition> Parse() {
    RETURN_IF_ERROR(Advance());
    if (next_.kind == Token::Kind::kEnd) return Condition();
    ASSIGN_OR_RETURN(std::string sql, Conjunction(0));
    if (next_.kind != Token::Kind::kEnd)
      return Unexpected("AND, OR or the end was expected", "此处应为 AND、OR 或结尾");
    return Condition{std::move(sql), std::move(values_)};
  }

 private:
  absl::Status Advance() {
    ASSIGN_OR_RETURN(next_, NextToken(filter_, at_));
    return absl::OkStatus();
  }
  absl::Status Unexpected(absl::string_view english, absl::string_view chinese) const {
    return BadFilter(next_.position, next_.text, english, chinese);
  }
  bool AtWord(absl::string_view word) const { return next_.kind == Token::Kind::kWord && next_.text == word; }
  bool AtTermStart() const {
    return next_.kind == Token::Kind::kOpen || next_.kind == Token::Kind::kMinus || next_.kind == Token::Kind::kWord;
  }

  absl::StatusOr<std::string> Conjunction(int depth) {
    if (depth > kDepthMax) return Unexpected("too many parentheses", "括号层数过多");
    std::vector<std::string> parts;
    do {
      if (AtWord("AND")) RETURN_IF_ERROR(Advance());
      ASSIGN_OR_RETURN(std::string part, Disjunction(depth));
      parts.push_back(std::move(part));
    } while (AtWord("AND") || (AtTermStart() && !AtWord("OR")));
    return absl::StrCat("(", absl::StrJoin(parts, " AND "), ")");
  }

  absl::StatusOr<std::string> Disjunction(int depth) {
    std::vector<std::string> parts;
    do {
      if (AtWord("OR")) RETURN_IF_ERROR(Advance());
      ASSIGN_OR_RETURN(std::string part, Term(depth));
      parts.push_back(std::move(part));
    } while (AtWord("OR"));
    return absl::StrCat("(", absl::StrJoin(parts, " OR "), ")");
  }

  absl::StatusOr<std::string> Term(int depth) {
    bool negated = false;
    while (AtWord("NOT") || next_.kind == Token::Kind::kMinus) {
      negated = !negated;
      RETURN_IF_ERROR(Advance());
    }
    std::string sql;
    if (next_.kind == Token::Kind::kOpen) {
      RETURN_IF_ERROR(Advance());
      ASSIGN_OR_RETURN(sql, Conjunction(depth + 1));
      if (next_.kind != Token::Kind::kClose) return Unexpected("')' was expected", "此处应为 ')'");
      RETURN_IF_ERROR(Advance());
    } else {
      ASSIGN_OR_RETURN(sql, Comparison());
    }
    return negated ? absl::StrCat("NOT COALESCE(", sql, ",FALSE)") : sql;
  }

  absl::StatusOr<std::string> Comparison() {
    if (next_.kind != Token::Kind::kWord) return Unexpected("a field was expected", "此处应为字段名");
    const Column* column = columns_.OfPath(next_.text);
    if (column == nullptr) return Unexpected("no such field", "没有这个字段");
    if (!column->indexed)
      return Unexpected("this field is not indexed, so it cannot be filtered on", "该字段未建索引，不能用于筛选");
    RETURN_IF_ERROR(Advance());
    if (next_.kind != Token::Kind::kOperator) {
      return Unexpected("one of = != < <= > >= : was expected", "此处应为 = != < <= > >= : 之一");
    }
    const std::string op = next_.text;
    RETURN_IF_ERROR(Advance());
    if (next_.kind != Token::Kind::kWord && next_.kind != Token::Kind::kText) {
      return Unexpected("a value was expected", "此处应为值");
    }
    const Token value = next_;
    RETURN_IF_ERROR(Advance());
    return Compare(*column, op, value);
  }

  absl::StatusOr<std::string> Compare(const Column& column, const std::string& op, const Token& value) {
    const std::string name = absl::StrCat("`", column.name, "`");
    const bool text = column.type == Column::Type::kText;
    if (text && (op == "=" || op == ":") && absl::EndsWith(value.text, "*")) {
      values_.emplace_back(LikePrefix(absl::StripSuffix(value.text, "*")));
      return name + " LIKE ?";
    }
    ASSIGN_OR_RETURN(mysql::Value bound, Bind(column, value));
    values_.push_back(std::move(bound));
    if (op == ":") return name + "=?";
    if (op == "!=") return absl::StrCat("COALESCE(", name, "<>?,TRUE)");
    return absl::StrCat(name, op, "?");
  }

  absl::StatusOr<mysql::Value> Bind(const Column& column, const Token& value) const {
    const auto bad = [&](absl::string_view english, absl::string_view chinese) {
      return BadFilter(value.position, value.text, english, chinese);
    };
    switch (column.type) {
      case Column::Type::kInteger: {
        int64_t number = 0;
        if (!absl::SimpleAtoi(value.text, &number)) return bad("a whole number was expected", "此处应为整数");
        return mysql::Value(number);
      }
      case Column::Type::kBoolean:
        if (value.text != "true" && value.text != "false")
          return bad("true or false was expected", "此处应为 true 或 false");
        return mysql::Value(int64_t{value.text == "true"});
      case Column::Type::kEnum: {
        const auto* meant = EnumOfText(column.leaf()->enum_type(), value.text);
        if (meant == nullptr) return bad("no such value of this field", "该字段没有这个取值");
        return mysql::Value(EnumText(meant));
      }
      case Column::Type::kDate:
        if (!Day::Parse(value.text).ok())
          return bad("a date such as 2022-03-05 was expected", "此处应为日期，如 2022-03-05");
        return mysql::Value(value.text);
      case Column::Type::kTime: {
        absl::Time time;
        std::string error;
        if (!absl::ParseTime(absl::RFC3339_full, value.text, &time, &error)) {
          return bad("a time such as \"2022-03-05T01:02:03Z\" was expected",
                     "此处应为时间，如 \"2022-03-05T01:02:03Z\"");
        }
        return mysql::Value(TimeColumn(time));
      }
      case Column::Type::kText:
        return mysql::Value(value.text);
      case Column::Type::kJson:
        break;
    }
    return bad("a list cannot be compared", "列表字段不能比较");
  }

  absl::string_view filter_;
  const Columns& columns_;
  size_t at_ = 0;
  Token next_;
  std::vector<mysql::Value> values_;
};

}  // namespace

absl::StatusOr<Condition> ParseFilter(absl::string_view filter, const Columns& columns) {
  if (filter.size() > kFilterBytesMax) {
    return BadFilter(kFilterBytesMax, "", "a filter has at most 4000 bytes", "filter 最多 4000 字节");
  }
  return Parser(filter, columns).Parse();
}

}  // namespace kechuang::ledger
