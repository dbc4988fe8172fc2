#include "common/domain/resource_name.h"

#include <algorithm>
#include <set>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace kechuang {
namespace {

constexpr char kCertification[] = "enterprises/{enterprise}/certifications/{certification}";

TEST(ResourceName, FitsItsPattern) {
  struct Row {
    const char* pattern;
    std::string name;
    bool fits;
  };
  const std::string longest(kResourceIdMax, 'a');
  for (const Row& row :
       {Row{"loans/{loan}", "loans/2022-0007", true},
        Row{"loans/{loan}", "loans/a.B_c~d-9", true},
        Row{kCertification, "enterprises/91/certifications/7", true},
        Row{"loanJournal/head", "loanJournal/head", true},
        Row{"loans/{loan}", "loans/" + longest, true},
        Row{"loans/{loan}", "loans/" + longest + "a", false},
        Row{kCertification, absl::StrCat("enterprises/", longest, "/certifications/", longest), true},
        Row{"loans/{loan}", "", false},
        Row{"loans/{loan}", "loans", false},
        Row{"loans/{loan}", "loans/", false},
        Row{"loans/{loan}", "/loans/1", false},
        Row{"loans/{loan}", "loans/1/", false},
        Row{"loans/{loan}", "loans/1/x", false},
        Row{"loans/{loan}", "pools/1", false},
        Row{"loans/{loan}", "loans/a b", false},
        Row{"loans/{loan}", "loans/贷", false},
        Row{"loans/{loan}", "loans/%31", false},
        Row{kCertification, "enterprises/91", false},
        Row{kCertification, "enterprises//certifications/7", false},
        Row{"loanJournal/head", "loanJournal/tail", false},
        Row{"a/{a}/b/{b}/c/{c}", absl::StrCat("a/", longest, "/b/", longest, "/c/", longest), false}}) {
    EXPECT_EQ(FitsPattern(row.pattern, row.name), row.fits) << row.pattern << " " << row.name;
  }
}

TEST(ResourceName, ComesApart) {
  EXPECT_EQ(IdOf("enterprises/91/certifications/7"), "7");
  EXPECT_EQ(IdOf("7"), "7");
  EXPECT_EQ(ParentOf("enterprises/91/certifications/7"), "enterprises/91");
  EXPECT_EQ(ParentOf("enterprises/91"), "");
  EXPECT_EQ(ParentOf("91"), "");
  EXPECT_EQ(ParentOf(""), "");
  EXPECT_EQ(RootOf("enterprises/91/certifications/7"), "enterprises/91");
  EXPECT_EQ(RootOf("enterprises/91"), "enterprises/91");
  EXPECT_EQ(RootOf("enterprises"), "enterprises");
}

TEST(ChosenId, IsShortLowerCaseText) {
  EXPECT_TRUE(CheckId("pool_id", "ningke-2022").ok());
  EXPECT_FALSE(CheckId("pool_id", "").ok());
  EXPECT_FALSE(CheckId("pool_id", "宁科").ok());
  EXPECT_FALSE(CheckId("pool_id", "A").ok());
  EXPECT_FALSE(CheckId("pool_id", std::string(41, 'a')).ok());
}

TEST(NewId, IsNewSortedAndFitsAName) {
  const std::string first = NewId();
  EXPECT_EQ(first.size(), 16U);
  EXPECT_TRUE(FitsPattern("loans/{loan}", absl::StrCat("loans/", first)));
  EXPECT_LT(first, NewId());
  std::vector<std::vector<std::string>> made(4);
  {
    std::vector<std::jthread> threads;
    for (std::vector<std::string>& ids : made) {
      threads.emplace_back([&ids] {
        for (int i = 0; i < 1000; ++i) ids.push_back(NewId());
      });
    }
  }
  std::set<std::string> all;
  for (const std::vector<std::string>& ids : made) {
    EXPECT_TRUE(std::is_sorted(ids.begin(), ids.end()));
    all.insert(ids.begin(), ids.end());
  }
  EXPECT_EQ(all.size(), 4000U);
}

}  // namespace
}  // namespace kechuang
