#include "common/domain/credit_code.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

#include "common/base/error.h"
#include "common/domain/name_text.h"
#include "kechuang/api/v1/reasons.pb.h"

namespace kechuang {
namespace {

constexpr size_t kLength = 18;
constexpr size_t kSubjectStart = 8;
constexpr size_t kOrgCheckAt = 16;
constexpr size_t kCheckAt = 17;
constexpr absl::string_view kAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY";

struct Authority {
  char code;
  absl::string_view categories;
};

// After amendment no. 1 of 2016.
constexpr std::array<Authority, 12> kAuthorities = {{
    {'1', "1239"},
    {'2', "19"},
    {'3', "123459"},
    {'4', "19"},
    {'5', "1239"},
    {'6', "129"},
    {'7', "129"},
    {'8', "19"},
    {'9', "123"},
    {'A', "19"},
    {'N', "1239"},
    {'Y', "1"},
}};

// The first two digits of the divisions of GB/T 2260.
constexpr absl::string_view kProvinces =
    "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82";
// Bodies that the state itself registered carry this in place of a division.
constexpr absl::string_view kNational = "100000";
constexpr absl::string_view kReplacement = "\uFFFD";  // in place of bytes that are no UTF-8

bool InAlphabet(absl::string_view text) { return text.find_first_not_of(kAlphabet) == absl::string_view::npos; }

// The check character of position 18 for the first 17, all in the alphabet (GB 32100-2015).
char CheckCharacter(absl::string_view first17) {
  size_t sum = 0;
  size_t weight = 1;
  for (const char character : first17) {
    sum += kAlphabet.find(character) * weight;
    weight = weight * 3 % 31;
  }
  return kAlphabet[(31 - sum % 31) % 31];
}

// The check character of position 17 for the eight before it (GB 11714-1997). Letters count A = 10 to Z = 35 here,
// unlike in CheckCharacter.
char OrgCheckCharacter(absl::string_view subject8) {
  constexpr std::array<int, 8> kWeights = {3, 7, 9, 10, 5, 8, 4, 2};
  int sum = 0;
  for (size_t i = 0; i < kWeights.size(); ++i) {
    const char character = subject8[i];
    sum += kWeights[i] *
           (absl::ascii_isdigit(static_cast<unsigned char>(character)) ? character - '0' : character - 'A' + 10);
  }
  constexpr absl::string_view kChecks = "0123456789X";
  return kChecks[static_cast<size_t>((11 - sum % 11) % 11)];
}

bool NamesProvince(absl::string_view division) {
  return division == kNational || absl::StrContains(kProvinces, division.substr(0, 2));
}

// A refusal of a code of 18 characters, with the right check character if it can be worked out.
Refusal Refused(absl::string_view code, api::v1::Reason reason) {
  Refusal refusal = Refuse(absl::StatusCode::kInvalidArgument, reason);
  const absl::string_view first17 = code.substr(0, kCheckAt);
  if (first17.size() < kCheckAt || !InAlphabet(first17)) return refusal;
  const char expected = reason == api::v1::CREDIT_CODE_ORG_CHECK
                            ? OrgCheckCharacter(code.substr(kSubjectStart, kOrgCheckAt - kSubjectStart))
                            : CheckCharacter(first17);
  return std::move(refusal).With("expected", std::string(1, expected));
}

absl::Status WrongLength(absl::string_view code) {
  const size_t characters = CodePoints(code);
  return Refuse(absl::StatusCode::kInvalidArgument, api::v1::CREDIT_CODE_LENGTH)
      .With("characters", characters)
      .Says(absl::StrCat("a unified social credit code has 18 characters, this has ", characters),
            absl::StrCat("统一社会信用代码应为 18 位，现为 ", characters, " 位"));
}

absl::Status WrongAlphabet(absl::string_view code) {
  const std::string meant = absl::StrReplaceAll(code, {{"O", "0"}, {"I", "1"}});
  Refusal refusal = Refused(code, api::v1::CREDIT_CODE_ALPHABET);
  if (meant != code && CreditCode::Parse(meant).ok()) {
    return std::move(refusal)
        .With("suggestion", meant)
        .Says(absl::StrCat("a unified social credit code has no letter O or I; did ", code, " mean ", meant, "?"),
              absl::StrCat("统一社会信用代码不含字母 O、I；", code, " 是否应为 ", meant, "？"));
  }
  return std::move(refusal).Says(
      absl::StrCat(code, " holds a character outside ", kAlphabet,
                   " (no I, O, S, V, Z in a unified social credit code)"),
      absl::StrCat(code, " 含有 ", kAlphabet, " 以外的字符（统一社会信用代码不含 I、O、S、V、Z）"));
}

absl::Status WrongAuthority(absl::string_view code) {
  const absl::string_view authority = code.substr(0, 1);
  return Refused(code, api::v1::CREDIT_CODE_AUTHORITY)
      .Says(absl::StrCat("the first character of ", code, ", ", authority,
                         ", names no registration authority (1 to 9, A, N, Y)"),
            absl::StrCat(code, " 第 1 位 ", authority, " 不是登记管理部门代码（1 至 9、A、N、Y）"));
}

absl::Status WrongCategory(absl::string_view code, absl::string_view categories) {
  return Refused(code, api::v1::CREDIT_CODE_CATEGORY)
      .With("allowed", categories)
      .Says(absl::StrCat("the second character of ", code, " must be one of ", categories, " for the authority ",
                         code.substr(0, 1)),
            absl::StrCat(code, " 第 2 位（机构类别）在登记管理部门 ", code.substr(0, 1), " 下应为 ", categories,
                         " 之一"));
}

absl::Status WrongDivision(absl::string_view code, api::v1::Reason reason) {
  const absl::string_view division = code.substr(2, 6);
  return Refused(code, reason)
      .Says(absl::StrCat("positions 3 to 8 of ", code, ", ", division,
                         ", must be the 6 digits of a division of an existing province, or 100000"),
            absl::StrCat(code, " 第 3 至 8 位 ", division, " 应为 6 位数字的行政区划代码（省级存在）或 100000"));
}

absl::Status WrongOrgCheck(absl::string_view code) {
  const char expected = OrgCheckCharacter(code.substr(kSubjectStart, kOrgCheckAt - kSubjectStart));
  const std::string right(1, expected);
  return Refused(code, api::v1::CREDIT_CODE_ORG_CHECK)
      .Says(absl::StrCat("position 17 of ", code, ", the check character of the subject code, should be ", right,
                         " if the eight before it are right"),
            absl::StrCat(code, " 第 17 位（主体标识码校验位）应为 ", right, "（若其前 8 位无误）"));
}

absl::Status WrongCheckCharacter(absl::string_view code) {
  const std::string right(1, CheckCharacter(code.substr(0, kCheckAt)));
  return Refused(code, api::v1::CREDIT_CODE_CHECK_CHAR)
      .Says(absl::StrCat("position 18 of ", code, ", the check character, should be ", right,
                         " if the 17 before it are right"),
            absl::StrCat(code, " 第 18 位（校验码）应为 ", right, "（若前 17 位无误）"));
}

bool IsSpace(int32_t point) {
  return point == ' ' || (point >= '\t' && point <= '\r') || point == 0x3000 || point == 0x00A0 || point == 0x200B ||
         point == 0xFEFF;
}

std::optional<absl::string_view> CategoriesOf(char authority) {
  for (const Authority& known : kAuthorities) {
    if (known.code == authority) return known.categories;
  }
  return std::nullopt;
}

}  // namespace

std::string NormaliseCode(absl::string_view text) {
  std::string code;
  for (size_t at = 0; at < text.size();) {
    const size_t start = at;
    int32_t point = NextCodePoint(text, at);
    if (point >= 0xFF01 && point <= 0xFF5E) point -= 0xFEE0;
    if (IsSpace(point)) continue;
    if (point < 0) {
      code.append(kReplacement.data(), kReplacement.size());
    } else if (point < 0x80) {
      code.push_back(absl::ascii_toupper(static_cast<unsigned char>(point)));
    } else {
      code.append(text.data() + start, at - start);
    }
  }
  return code;
}

absl::StatusOr<CreditCode> CreditCode::Parse(absl::string_view text) {
  std::string code = NormaliseCode(text);
  if (CodePoints(code) != kLength) return WrongLength(code);
  if (!InAlphabet(code)) return WrongAlphabet(code);
  const std::optional<absl::string_view> categories = CategoriesOf(code[0]);
  if (!categories.has_value()) return WrongAuthority(code);
  if (!absl::StrContains(*categories, code[1])) return WrongCategory(code, *categories);
  const absl::string_view division = absl::string_view(code).substr(2, 6);
  if (division.find_first_not_of("0123456789") != absl::string_view::npos) {
    return WrongDivision(code, api::v1::CREDIT_CODE_REGION_NOT_NUMERIC);
  }
  if (!NamesProvince(division)) return WrongDivision(code, api::v1::CREDIT_CODE_REGION_PROVINCE);
  const absl::string_view subject = absl::string_view(code).substr(kSubjectStart, kOrgCheckAt - kSubjectStart);
  if (code[kOrgCheckAt] != OrgCheckCharacter(subject)) return WrongOrgCheck(code);
  if (code[kCheckAt] != CheckCharacter(absl::string_view(code).substr(0, kCheckAt))) return WrongCheckCharacter(code);
  return CreditCode(std::move(code));
}

std::string MakeCreditCode(absl::string_view first8, absl::string_view subject8) {
  if (first8.size() != 8 || subject8.size() != 8 || !InAlphabet(first8) || !InAlphabet(subject8)) return "";
  std::string code = absl::StrCat(first8, subject8);
  code.push_back(OrgCheckCharacter(subject8));
  code.push_back(CheckCharacter(code));
  return code;
}

}  // namespace kechuang
