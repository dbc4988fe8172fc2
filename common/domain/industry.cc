#include "common/domain/industry.h"

#include <array>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

#include "common/base/error.h"
#include "kechuang/api/v1/reasons.pb.h"

namespace kechuang {
namespace {

// A section (门类) and its divisions (大类), first to last.
struct Section {
  char letter;
  int first;
  int last;
  absl::string_view name;
};

constexpr std::array<Section, 20> kSections = {{
    {'A', 1, 5, "农、林、牧、渔业"},
    {'B', 6, 12, "采矿业"},
    {'C', 13, 43, "制造业"},
    {'D', 44, 46, "电力、热力、燃气及水生产和供应业"},
    {'E', 47, 50, "建筑业"},
    {'F', 51, 52, "批发和零售业"},
    {'G', 53, 60, "交通运输、仓储和邮政业"},
    {'H', 61, 62, "住宿和餐饮业"},
    {'I', 63, 65, "信息传输、软件和信息技术服务业"},
    {'J', 66, 69, "金融业"},
    {'K', 70, 70, "房地产业"},
    {'L', 71, 72, "租赁和商务服务业"},
    {'M', 73, 75, "科学研究和技术服务业"},
    {'N', 76, 79, "水利、环境和公共设施管理业"},
    {'O', 80, 82, "居民服务、修理和其他服务业"},
    {'P', 83, 83, "教育"},
    {'Q', 84, 85, "卫生和社会工作"},
    {'R', 86, 90, "文化、体育和娱乐业"},
    {'S', 91, 96, "公共管理、社会保障和社会组织"},
    {'T', 97, 97, "国际组织"},
}};

absl::Status NotAnIndustry(absl::string_view text) {
  return Refuse(absl::StatusCode::kInvalidArgument, api::v1::FIELD_MALFORMED)
      .Says(absl::StrCat("\"", text, "\" is not an industry code of GB/T 4754-2017: expected 2 to 4 digits with or ",
                         "without the section letter, such as C3824"),
            absl::StrCat("“", text, "”不是 GB/T 4754-2017 行业代码：应为 2 至 4 位数字，可带门类字母，如 C3824"));
}

absl::Status WrongLetter(absl::string_view text, const Section& section) {
  const std::string letter(1, section.letter);
  return Refuse(absl::StatusCode::kInvalidArgument, api::v1::FIELD_MALFORMED)
      .With("expected", letter)
      .Says(absl::StrCat("the division of industry code ", text, " belongs to section ", letter),
            absl::StrCat("行业代码 ", text, " 的大类属于门类 ", letter, "（", section.name, "）"));
}

const Section* SectionOf(int division) {
  for (const Section& section : kSections) {
    if (division >= section.first && division <= section.last) return &section;
  }
  return nullptr;
}

}  // namespace

absl::StatusOr<std::string> ParseIndustryCode(absl::string_view text) {
  absl::string_view digits = text;
  char letter = '\0';
  if (!text.empty() && absl::ascii_isalpha(static_cast<unsigned char>(text.front()))) {
    letter = absl::ascii_toupper(static_cast<unsigned char>(text.front()));
    digits.remove_prefix(1);
  }
  if (digits.size() < 2 || digits.size() > 4) return NotAnIndustry(text);
  if (digits.find_first_not_of("0123456789") != absl::string_view::npos) return NotAnIndustry(text);
  const Section* section = SectionOf((digits[0] - '0') * 10 + (digits[1] - '0'));
  if (section == nullptr) return NotAnIndustry(text);
  if (letter != '\0' && letter != section->letter) return WrongLetter(text, *section);
  return absl::StrCat(std::string(1, section->letter), digits);
}

absl::string_view IndustrySectionName(absl::string_view code) {
  for (const Section& section : kSections) {
    if (!code.empty() && code.front() == section.letter) return section.name;
  }
  return "";
}

}  // namespace kechuang
