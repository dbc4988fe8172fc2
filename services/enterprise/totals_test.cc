#include "services/enterprise/totals.h"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <random>

#include "absl/algorithm/container.h"
#include "absl/strings/match.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "common/domain/name_text.h"
#include "services/enterprise/certification_rules.h"
#include "services/enterprise/matching.h"
#include "services/enterprise/policy.h"
#include "services/enterprise/testing.h"

namespace kechuang::enterprise {
namespace {

using enum v1::CertificationClass;
using Counts = std::map<v1::CertificationClass, int64_t>;

v1::Enterprise Located(absl::string_view division, int number = 1) {
  v1::Enterprise enterprise = MadeEnterprise("甲", number);
  enterprise.set_located_division_code(std::string(division));
  return enterprise;
}

void AddPeriod(v1::Enterprise& enterprise, v1::CertificationClass held, Day from, std::optional<Day> to,
               bool again = false) {
  v1::CertificationPeriod& period = *enterprise.add_certification_periods();
  period.set_certification_class(held);
  *period.mutable_valid_from() = from.ToProto();
  if (to.has_value()) *period.mutable_valid_to() = to->ToProto();
  period.set_re_recognition(again);
}

// What the engine would keep: every contribution added to its cell.
class Cells {
 public:
  void Add(const v1::Enterprise& enterprise) {
    for (const ledger::Contribution& one : EnterpriseTotals(enterprise)) cells_[one.cell] += one.count;
  }
  Counts Sum(const std::vector<ledger::TotalsQuery>& queries) const {
    Counts counts;
    for (const auto& [cell, count] : cells_) {
      for (const ledger::TotalsQuery& query : queries) {
        if (cell.measure != query.measure || cell.grouping != query.grouping) continue;
        if (cell.period.size() != query.first_period.size()) continue;
        if (cell.period < query.first_period || cell.period > query.last_period) continue;
        if (!absl::StartsWith(cell.cell, query.cell_prefix)) continue;
        counts[ClassOfCell(cell.cell)] += count;
      }
    }
    return counts;
  }
  int64_t Technology(absl::string_view day, absl::string_view division = "") const {
    return Sum(TechnologyEnterprisesOn(DayOf(day), division))[CERTIFICATION_CLASS_UNSPECIFIED];
  }
  int64_t Holders(v1::CertificationClass held, absl::string_view day, absl::string_view division = "") const {
    return Sum(ClassHoldersOn(DayOf(day), division))[held];
  }
  int64_t Recognised(v1::CertificationClass held, absl::string_view day, absl::string_view division = "") const {
    return Sum(RecognitionsUpTo(DayOf(day), division))[held];
  }
  int64_t ReRecognised(v1::CertificationClass held, absl::string_view day) const {
    return Sum(ReRecognitionsUpTo(DayOf(day), ""))[held];
  }

 private:
  std::map<ledger::Cell, int64_t> cells_;
};

TEST(Totals, HoldOnTheFirstAndTheLastDayAndNotBesides) {
  v1::Enterprise enterprise = Located("640105");
  AddPeriod(enterprise, CERTIFICATION_CLASS_HNTE, DayOf("2021-12-31"), DayOf("2022-12-31"));
  Cells cells;
  cells.Add(enterprise);
  for (const auto& [day, count] : std::map<std::string, int64_t>{{"2021-12-30", 0},
                                                                 {"2021-12-31", 1},
                                                                 {"2022-01-01", 1},
                                                                 {"2022-12-31", 1},
                                                                 {"2023-01-01", 0},
                                                                 {"2030-06-30", 0}}) {
    EXPECT_EQ(cells.Technology(day), count) << day;
    EXPECT_EQ(cells.Technology(day, "640105"), count) << day;
    EXPECT_EQ(cells.Holders(CERTIFICATION_CLASS_HNTE, day), count) << day;
  }
}

TEST(Totals, CountAnEnterpriseOnceHoweverManyClassesItHolds) {
  v1::Enterprise enterprise = Located("640105");
  AddPeriod(enterprise, CERTIFICATION_CLASS_HNTE, DayOf("2020-01-01"), DayOf("2022-12-31"));
  AddPeriod(enterprise, CERTIFICATION_CLASS_TECH_SME, DayOf("2022-06-01"), DayOf("2023-03-31"));
  AddPeriod(enterprise, CERTIFICATION_CLASS_UNICORN, DayOf("2018-06-01"), std::nullopt);
  Cells cells;
  cells.Add(enterprise);
  EXPECT_EQ(cells.Technology("2019-12-31"), 0) << "the unicorn is no class of the set";
  EXPECT_EQ(cells.Technology("2022-12-31"), 1);
  EXPECT_EQ(cells.Technology("2023-03-31"), 1);
  EXPECT_EQ(cells.Technology("2023-04-01"), 0);
  EXPECT_EQ(cells.Holders(CERTIFICATION_CLASS_UNICORN, "2040-01-01"), 1);
}

TEST(Totals, StopAfterTheDayOnWhichTheEnterpriseLeft) {
  v1::Enterprise enterprise = Located("640105");
  AddPeriod(enterprise, CERTIFICATION_CLASS_HNTE, DayOf("2021-01-01"), DayOf("2023-12-31"));
  AddPeriod(enterprise, CERTIFICATION_CLASS_GAZELLE, DayOf("2022-08-01"), std::nullopt);
  *enterprise.mutable_active_until() = DayOf("2022-07-31").ToProto();
  Cells cells;
  cells.Add(enterprise);
  EXPECT_EQ(cells.Technology("2022-07-31"), 1);
  EXPECT_EQ(cells.Technology("2022-08-01"), 0);
  EXPECT_EQ(cells.Recognised(CERTIFICATION_CLASS_GAZELLE, "2022-12-31"), 0) << "it was not here any more";
  EXPECT_EQ(cells.Recognised(CERTIFICATION_CLASS_HNTE, "2021-12-31"), 1);
}

TEST(Totals, ADeletedEnterpriseCountsNowhere) {
  v1::Enterprise enterprise = Located("640105");
  AddPeriod(enterprise, CERTIFICATION_CLASS_HNTE, DayOf("2021-01-01"), DayOf("2023-12-31"));
  enterprise.mutable_delete_time()->set_seconds(1);
  EXPECT_TRUE(EnterpriseTotals(enterprise).empty());
  EXPECT_TRUE(EnterpriseKeys(enterprise).empty());
}

TEST(Totals, RecognitionsAreThoseOfTheYearUpToTheDay) {
  v1::Enterprise first = Located("640105", 1);
  AddPeriod(first, CERTIFICATION_CLASS_HNTE, DayOf("2019-11-05"), DayOf("2022-11-04"));
  AddPeriod(first, CERTIFICATION_CLASS_HNTE, DayOf("2022-11-05"), DayOf("2025-11-04"));
  v1::Enterprise second = Located("640105", 2);
  AddPeriod(second, CERTIFICATION_CLASS_HNTE, DayOf("2022-01-01"), DayOf("2024-12-31"));
  v1::Enterprise void_one = Located("640105", 3);
  AddPeriod(void_one, CERTIFICATION_CLASS_HNTE, DayOf("2022-03-01"), DayOf("2022-02-28"));
  v1::Enterprise stated = Located("640105", 4);
  AddPeriod(stated, CERTIFICATION_CLASS_HNTE, DayOf("2022-12-31"), std::nullopt, /*again=*/true);
  Cells cells;
  for (const v1::Enterprise& enterprise : {first, second, void_one, stated}) cells.Add(enterprise);
  EXPECT_EQ(cells.Recognised(CERTIFICATION_CLASS_HNTE, "2022-01-01"), 1);
  EXPECT_EQ(cells.Recognised(CERTIFICATION_CLASS_HNTE, "2022-11-04"), 1);
  EXPECT_EQ(cells.Recognised(CERTIFICATION_CLASS_HNTE, "2022-11-05"), 2);
  EXPECT_EQ(cells.Recognised(CERTIFICATION_CLASS_HNTE, "2022-12-31"), 3);
  EXPECT_EQ(cells.ReRecognised(CERTIFICATION_CLASS_HNTE, "2022-12-31"), 2);
  EXPECT_EQ(cells.Recognised(CERTIFICATION_CLASS_HNTE, "2023-12-31"), 0);
  EXPECT_EQ(cells.Recognised(CERTIFICATION_CLASS_HNTE, "2019-12-31"), 1);
  EXPECT_EQ(cells.ReRecognised(CERTIFICATION_CLASS_HNTE, "2019-12-31"), 0);
}

TEST(Totals, ADivisionTakesInAllBelowIt) {
  Cells cells;
  int number = 0;
  for (const char* division : {"640105", "640105", "640104", "640202", ""}) {
    v1::Enterprise enterprise = Located(division, ++number);
    AddPeriod(enterprise, CERTIFICATION_CLASS_HNTE, DayOf("2022-01-01"), std::nullopt);
    cells.Add(enterprise);
  }
  EXPECT_EQ(cells.Technology("2022-12-31"), 5);
  EXPECT_EQ(cells.Technology("2022-12-31", "640105"), 2);
  EXPECT_EQ(cells.Technology("2022-12-31", "640100"), 3);
  EXPECT_EQ(cells.Technology("2022-12-31", "640000"), 4);
  EXPECT_EQ(cells.Technology("2022-12-31", "110000"), 0);
  EXPECT_EQ(cells.Holders(CERTIFICATION_CLASS_HNTE, "2022-12-31", "640100"), 3);
  EXPECT_EQ(cells.Recognised(CERTIFICATION_CLASS_HNTE, "2022-12-31", "640105"), 2);
}

// A reference that looks at every day of every period.
bool HoldsOn(const v1::Enterprise& enterprise, Day day, v1::CertificationClass held) {
  if (enterprise.has_delete_time()) return false;
  if (enterprise.has_active_until() && day > *Day::FromProto(enterprise.active_until())) return false;
  return absl::c_any_of(enterprise.certification_periods(), [&](const v1::CertificationPeriod& period) {
    if (held == CERTIFICATION_CLASS_UNSPECIFIED ? !IsTechnologyClass(period.certification_class())
                                                : held != period.certification_class()) {
      return false;
    }
    return day >= *Day::FromProto(period.valid_from()) &&
           (!period.has_valid_to() || day <= *Day::FromProto(period.valid_to()));
  });
}

TEST(Totals, AgreeWithCountingDayByDay) {
  const char* given = std::getenv("KECHUANG_TEST_SEED");
  const unsigned seed = given != nullptr ? static_cast<unsigned>(std::atoi(given)) : std::random_device()();
  SCOPED_TRACE(absl::StrCat("KECHUANG_TEST_SEED=", seed));
  std::mt19937 random(seed);
  const auto pick = [&](int most) { return std::uniform_int_distribution<int>(0, most)(random); };
  const Day start = DayOf("2020-11-01");
  std::vector<v1::Enterprise> enterprises;
  std::vector<Day> days = {start, DayOf("2020-12-31"), DayOf("2021-01-01"), DayOf("2022-12-31")};
  for (int number = 1; number <= 60; ++number) {
    v1::Enterprise enterprise = Located(pick(1) == 0 ? "640105" : "640104", number);
    for (int periods = pick(6); periods > 0; --periods) {
      const Day from = start.AddDays(pick(500));
      std::optional<Day> to;
      if (pick(4) != 0) to = from.AddDays(pick(400) - 2);
      AddPeriod(enterprise, static_cast<v1::CertificationClass>(1 + pick(8)), from, to);
      days.insert(days.end(), {from.AddDays(-1), from, to.value_or(from), to.value_or(from).AddDays(1)});
    }
    if (pick(3) == 0) *enterprise.mutable_active_until() = start.AddDays(pick(700)).ToProto();
    if (pick(9) == 0) enterprise.mutable_delete_time()->set_seconds(1);
    enterprises.push_back(std::move(enterprise));
  }
  Cells cells;
  for (const v1::Enterprise& enterprise : enterprises) cells.Add(enterprise);
  for (const Day day : days) {
    for (const absl::string_view division : {"", "640105"}) {
      const Counts technology = cells.Sum(TechnologyEnterprisesOn(day, division));
      Counts counted = cells.Sum(ClassHoldersOn(day, division));
      counted.insert(technology.begin(), technology.end());
      for (int held = 0; held <= 9; ++held) {
        const auto asked = static_cast<v1::CertificationClass>(held);
        const int64_t expected = absl::c_count_if(enterprises, [&](const v1::Enterprise& enterprise) {
          return (division.empty() || enterprise.located_division_code() == division) &&
                 HoldsOn(enterprise, day, asked);
        });
        ASSERT_EQ(counted[asked], expected) << day.ToString() << " class " << held << " division " << division;
      }
    }
  }
}

TEST(Keys, FindAnyPartOfNamesAndCode) {
  v1::Enterprise enterprise = MadeEnterprise("银川隆基硅材料有限公司");
  enterprise.add_former_names()->set_enterprise_name("宁夏（银川）硅业公司");
  const std::vector<std::string> keys = EnterpriseKeys(enterprise);
  const auto finds = [&](absl::string_view part) {
    const std::string prefix = FindPrefix(NormaliseName(part));
    return absl::c_any_of(keys, [&](const std::string& key) { return absl::StartsWith(key, prefix); });
  };
  for (const char* part : {"银川隆基", "隆基硅", "公司", "司", "(银川)", "硅业", "91640105", "ma0000", "105MA"}) {
    EXPECT_TRUE(finds(part)) << part;
  }
  EXPECT_FALSE(finds("隆硅"));
  EXPECT_THAT(keys, ::testing::Contains(NameKey("宁夏(银川) 硅业公司")));
  EXPECT_THAT(keys, ::testing::Contains(absl::StrCat("code:", CodeOf(1))));
  for (const std::string& key : keys) EXPECT_LE(key.size(), 190u) << key;
}

TEST(Keys, OfALongNameEndAtTheEndOfACharacter) {
  std::string name;
  for (int i = 0; i < 120; ++i) name += "宁";
  const std::string key = NameKey(name);
  EXPECT_LE(key.size(), 190u);
  EXPECT_TRUE(IsValidUtf8(key));
}

TEST(Keys, ARevokedCertificationGivesItsNumberBack) {
  v1::Certification certification = AskedCertification(CERTIFICATION_CLASS_HNTE, "2022-11-04", "", "GR202264000001");
  EXPECT_THAT(CertificationKeys(certification), ::testing::ElementsAre("certificate:HNTE|GR202264000001"));
  certification.set_state(v1::CERTIFICATION_STATE_REVOKED);
  EXPECT_TRUE(CertificationKeys(certification).empty());
}

TEST(Matching, WantsEveryWord) {
  v1::Enterprise enterprise = MadeEnterprise("银川隆基硅材料有限公司");
  enterprise.add_former_names()->set_enterprise_name("宁夏硅业公司");
  EXPECT_TRUE(HoldsWords(enterprise, {"硅材料", "银川"}));
  EXPECT_TRUE(HoldsWords(enterprise, {"硅业", "ma000001"}));
  EXPECT_FALSE(HoldsWords(enterprise, {"硅材料", "固原"}));
  EXPECT_TRUE(Bears(enterprise, " 宁夏硅业公司"));
  EXPECT_FALSE(Bears(enterprise, "宁夏硅业"));
  enterprise.mutable_delete_time()->set_seconds(1);
  EXPECT_FALSE(HoldsWords(enterprise, {"银川"}));
}

}  // namespace
}  // namespace kechuang::enterprise
