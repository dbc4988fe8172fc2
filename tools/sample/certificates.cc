#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

#include "common/domain/day.h"
#include "tools/sample/district.h"

namespace kechuang::sample {
namespace {

Day On(int year, int month, int day) { return *Day::Of(year, month, day); }

// Gives classes to runs of firms. Firms 0 to 226 are the technology enterprises of the end of 2022; those that follow
// hold what must not count.
class Granting {
 public:
  Granting(Random& random, District& district) : random_(random), district_(district) {}

  // High-tech enterprises are announced on a few days a year, and hold for three years.
  void HighTech(size_t first, size_t count, int year) {
    for (size_t i = 0; i < count; ++i) {
      const Day issued = i % 2 == 0 ? On(year, 10, 25) : On(year, 11, 28);
      Add(first + i, random_.Below(3) == 0 ? "国家高新技术企业" : "高新技术企业",
          absl::StrFormat("GR%d64%06d", year, 100 + ++high_tech_serial_), issued, issued.AddMonths(36).AddDays(-1));
    }
  }

  void TechSme(size_t first, size_t count, int year) {
    for (size_t i = 0; i < count; ++i) {
      Add(first + i, "科技型中小企业", absl::StrFormat("%d64010508%06d", year, ++sme_serial_),
          random_.Between(On(year, 4, 20), On(year, 9, 30)), On(year + 1, 3, 31));
    }
  }

  // Lists of the region: the number is that of the document and the place on its list.
  void Listed(size_t first, size_t count, const std::string& class_name, const std::string& document, Day issued,
              std::optional<Day> expires) {
    for (size_t i = 0; i < count; ++i) {
      Add(first + i, class_name, absl::StrCat(document, "-", i + 1), issued, expires);
    }
  }

 private:
  void Add(size_t firm, const std::string& class_name, const std::string& number, Day issued,
           std::optional<Day> expires) {
    district_.certificates.push_back({firm, class_name, number, issued, expires});
  }

  Random& random_;
  District& district_;
  int high_tech_serial_ = 0;
  int sme_serial_ = 0;
};

}  // namespace

void AddCertificates(Random& random, District& district) {
  Granting granting(random, district);
  granting.HighTech(0, 14, 2022);
  granting.HighTech(14, 30, 2021);
  granting.HighTech(44, 26, 2020);
  granting.TechSme(30, 130, 2022);  // firms 30 to 69 are high-tech as well and count once
  granting.TechSme(70, 30, 2021);   // over before the next year's evaluation
  granting.Listed(160, 67, "自治区科技型中小企业", "示例科发〔2021〕101号", On(2021, 9, 15), On(2024, 9, 14));
  granting.Listed(70, 4, "自治区科技小巨人", "示例科发〔2022〕55号", On(2022, 7, 20), std::nullopt);
  granting.Listed(74, 2, "自治区农业高新技术企业", "示例科发〔2022〕56号", On(2022, 8, 9), std::nullopt);
  granting.Listed(82, 5, "自治区科技小巨人", "示例科发〔2021〕47号", On(2021, 7, 12), std::nullopt);
  granting.Listed(14, 2, "自治区瞪羚企业", "示例科发〔2022〕60号", On(2022, 9, 5), On(2025, 9, 4));
  granting.Listed(16, 3, "自治区瞪羚企业", "示例科发〔2021〕39号", On(2021, 6, 30), On(2024, 6, 29));
  granting.Listed(76, 6, "自治区雏鹰企业", "示例科发〔2022〕61号", On(2022, 9, 5), On(2025, 9, 4));

  granting.HighTech(227, 3, 2019);  // expired within 2022
  granting.TechSme(230, 2, 2023);   // recognised later only
  granting.Listed(232, 3, "创新型中小企业", "示例工信发〔2022〕88号", On(2022, 9, 20), On(2025, 9, 19));
  granting.TechSme(235, 3, 2022);  // in the neighbouring district
}

}  // namespace kechuang::sample
