#include <set>
#include <string>

#include "absl/strings/str_format.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "services/report/figures.h"

namespace kechuang::report {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;
using ::testing::UnorderedElementsAre;

const std::set<std::string> kHeld = {"S03", "S04", "S08", "S09", "S10", "S11", "S28", "S29", "S30"};

Statistics SeedStatistics() {
  Statistics statistics;
  auto& enterprises = statistics.enterprises.emplace();
  const auto add = [&enterprises](enterprise::v1::CertificationClass certification_class, int64_t recognised) {
    auto& figures = *enterprises.add_classes();
    figures.set_certification_class(certification_class);
    figures.set_recognised_count(recognised);
    figures.set_valid_count(1000);
  };
  add(enterprise::v1::CERTIFICATION_CLASS_HNTE, 14);
  add(enterprise::v1::CERTIFICATION_CLASS_TECH_SME, 99);
  add(enterprise::v1::CERTIFICATION_CLASS_TECH_LITTLE_GIANT, 4);
  add(enterprise::v1::CERTIFICATION_CLASS_AGRI_HIGH_TECH_ENTERPRISE, 2);
  add(enterprise::v1::CERTIFICATION_CLASS_GAZELLE, 2);
  enterprises.set_technology_enterprise_count(227);
  enterprises.set_technology_class_sum(300);
  enterprises.add_technology_classes(enterprise::v1::CERTIFICATION_CLASS_HNTE);
  enterprises.set_include_re_recognition(true);

  auto& contracts = statistics.contracts.emplace();
  contracts.mutable_sum()->set_count(769);
  contracts.mutable_sum()->set_total_amount_fen(50'000'000'000);
  contracts.mutable_sum()->set_technical_amount_fen(40'000'000'000);

  auto& loans = statistics.loans.emplace();
  loans.mutable_issued()->set_enterprise_count(6);
  loans.mutable_issued()->set_loan_count(7);
  loans.mutable_issued()->set_amount_fen(1'190'000'000);
  loans.mutable_cumulative()->set_amount_fen(3'710'000'000);
  return statistics;
}

std::string ValueOf(const v1::AnnualReport& report, const std::string& id) {
  for (const v1::Figure& figure : report.figures()) {
    if (figure.figure_id() == id) return figure.value();
  }
  return "no such figure";
}

TEST(AnnualReport, HasEveryFigureInOrder) {
  const v1::AnnualReport report = MakeReport(2022, "640105", false, SeedStatistics());
  ASSERT_EQ(report.figures_size(), 40);
  for (int i = 0; i < 40; ++i) {
    const v1::Figure& figure = report.figures(i);
    EXPECT_EQ(figure.figure_id(), absl::StrFormat("S%02d", i + 1));
    EXPECT_FALSE(figure.label().empty() || figure.label_en().empty() || figure.unit().empty()) << figure.figure_id();
    EXPECT_FALSE(figure.definition().empty() || figure.period().empty()) << figure.figure_id();
    EXPECT_EQ(figure.held(), kHeld.contains(figure.figure_id())) << figure.figure_id();
    EXPECT_EQ(figure.held(), !figure.value().empty()) << figure.figure_id();
    EXPECT_EQ(figure.held(), !figure.source_method().empty()) << figure.figure_id();
    EXPECT_EQ(figure.held(), !figure.definition().starts_with("尚未持有")) << figure.figure_id();
  }
}

TEST(AnnualReport, PrintsTheSeedFigures) {
  const v1::AnnualReport report = MakeReport(2022, "640105", false, SeedStatistics());
  EXPECT_EQ(ValueOf(report, "S03"), "769");
  EXPECT_EQ(ValueOf(report, "S04"), "5");
  EXPECT_EQ(ValueOf(report, "S08"), "14");
  EXPECT_EQ(ValueOf(report, "S09"), "6");
  EXPECT_EQ(ValueOf(report, "S10"), "2");
  EXPECT_EQ(ValueOf(report, "S11"), "227");
  EXPECT_EQ(ValueOf(report, "S28"), "6");
  EXPECT_EQ(ValueOf(report, "S29"), "1190");
  EXPECT_EQ(ValueOf(report, "S30"), "3710");
}

TEST(AnnualReport, RoundsHundredMillionsAndKeepsTenThousandsExact) {
  Statistics statistics = SeedStatistics();
  statistics.contracts->mutable_sum()->set_total_amount_fen(236'850'000'000);
  statistics.loans->mutable_issued()->set_amount_fen(1'190'500'001);
  const v1::AnnualReport report = MakeReport(2022, "640105", false, statistics);
  EXPECT_EQ(ValueOf(report, "S04"), "23.69");
  EXPECT_EQ(ValueOf(report, "S29"), "1190.500001");
}

TEST(AnnualReport, HoldsZerosThatWereCounted) {
  Statistics statistics;
  statistics.enterprises.emplace();
  statistics.contracts.emplace();
  statistics.loans.emplace();
  const v1::AnnualReport report = MakeReport(2019, "640105", false, statistics);
  for (const std::string& id : kHeld) EXPECT_EQ(ValueOf(report, id), "0") << id;
}

TEST(AnnualReport, HoldsNoLoansOfAnotherDistrict) {
  Statistics statistics = SeedStatistics();
  statistics.loans.reset();
  std::set<std::string> held;
  const v1::AnnualReport report = MakeReport(2022, "640104", false, statistics);
  for (const v1::Figure& figure : report.figures()) {
    if (figure.held()) held.insert(figure.figure_id());
  }
  EXPECT_THAT(held, UnorderedElementsAre("S03", "S04", "S08", "S09", "S10", "S11"));
}

TEST(AnnualReport, SaysWhichTimeAFigureCovers) {
  const v1::AnnualReport report = MakeReport(2022, "640105", false, SeedStatistics());
  const auto period = [&report](int number) { return report.figures(number - 1).period(); };
  EXPECT_EQ(period(1), "2021");
  EXPECT_EQ(period(3), "2022");
  EXPECT_EQ(period(11), "2022-12-31");
  EXPECT_EQ(period(30), "2022-12-31");
  EXPECT_EQ(period(32), "2019-2021");
  EXPECT_EQ(period(33), "2021-2022");
}

TEST(AnnualReport, SaysTheDefinitionThatWasUsed) {
  const v1::AnnualReport english = MakeReport(2022, "640105", true, SeedStatistics());
  EXPECT_THAT(english.figures(7).definition(), HasSubstr("re-recognitions included"));
  EXPECT_THAT(english.figures(10).definition(), HasSubstr("classes: HNTE"));
  EXPECT_THAT(english.figures(0).definition(), StartsWith("Not held yet"));
}

}  // namespace
}  // namespace kechuang::report
