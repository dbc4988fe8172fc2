#include "common/domain/hands.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "common/base/error.h"

namespace kechuang {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr char kZhang[] = "users/zhang";
constexpr char kKey[] = "keys/bureau";

People Of(const std::vector<std::string>& names) { return {names.begin(), names.end()}; }

struct HandCase {
  std::string what;
  Hand hand;
  std::string actor;
  std::vector<std::string> makers;
  std::vector<std::string> checkers;
  bool allowed;
};

class CheckHandTest : public ::testing::TestWithParam<HandCase> {};

TEST_P(CheckHandTest, KeepsHandsApart) {
  const HandCase& given = GetParam();
  const absl::Status status = CheckHand(given.hand, given.actor, "loans/1", Of(given.makers), Of(given.checkers));
  EXPECT_EQ(status.ok(), given.allowed) << status;
  EXPECT_EQ(ReasonOf(status), given.allowed ? "" : "SAME_PERSON");
}

INSTANTIATE_TEST_SUITE_P(
    , CheckHandTest,
    ::testing::Values(HandCase{"maker_goes_on", Hand::kMaking, kZhang, {kZhang}, {kZhang}, true},
                      HandCase{"anybody", Hand::kNobodys, kZhang, {kZhang}, {kZhang}, true},
                      HandCase{"maker_checks", Hand::kChecking, kZhang, {"users/li", kZhang}, {}, false},
                      HandCase{"checker_checks_again", Hand::kChecking, kZhang, {}, {kZhang}, true},
                      HandCase{"maker_decides", Hand::kDeciding, kZhang, {kZhang}, {}, false},
                      HandCase{"checker_decides", Hand::kDeciding, kZhang, {}, {kZhang}, false},
                      HandCase{"another_decides", Hand::kDeciding, kZhang, {"users/li"}, {"users/wang"}, true},
                      HandCase{"maker_pays", Hand::kPaying, kZhang, {kZhang}, {}, false},
                      HandCase{"decider_pays", Hand::kPaying, kZhang, {}, {kZhang}, false},
                      HandCase{
                          "likeness_is_no_identity", Hand::kDeciding, kZhang, {"users/zhan", "users/zhang2"}, {}, true},
                      HandCase{"system", Hand::kDeciding, kKey, {kKey}, {kKey}, true}),
    [](const auto& tested) { return tested.param.what; });

TEST(CheckHand, NamesThePersonInBothLanguages) {
  const absl::Status refused = CheckHand(Hand::kDeciding, kZhang, "loans/1", Of({kZhang}), {});
  EXPECT_THAT(std::string(refused.message()), HasSubstr("users/zhang entered or filed loans/1"));
  EXPECT_THAT(ChineseOf(refused), HasSubstr("经办与审批分离"));
}

TEST(NoteHand, NotesEachPersonOnceAndNoSystem) {
  People makers;
  People checkers;
  for (const char* actor : {kZhang, kZhang, kKey}) NoteHand(Hand::kMaking, actor, makers, checkers);
  NoteHand(Hand::kChecking, "users/li", makers, checkers);
  NoteHand(Hand::kDeciding, "users/wang", makers, checkers);
  NoteHand(Hand::kPaying, "users/zhao", makers, checkers);
  NoteHand(Hand::kNobodys, "users/qian", makers, checkers);
  EXPECT_THAT(makers, ElementsAre(kZhang));
  EXPECT_THAT(checkers, ElementsAre("users/li", "users/wang"));
  People none;
  NoteHand(Hand::kDeciding, kKey, none, none);
  EXPECT_THAT(none, IsEmpty());
}

}  // namespace
}  // namespace kechuang
