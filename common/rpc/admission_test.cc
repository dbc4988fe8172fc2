#include "common/rpc/admission.h"

#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "common/base/error.h"
#include "common/rpc/test_caller.h"
#include "common/rpc/test_steady_clock.h"

namespace kechuang::rpc {
namespace {

using ::testing::HasSubstr;

class AdmissionTest : public ::testing::Test {
 protected:
  absl::Status Call(const std::string& authorization, const std::string& source = "10.0.0.1",
                    const std::string& introduction = "") {
    return admission_
        .Admit(
            authorization, [&source] { return source; }, introduction)
        .status();
  }

  HandSteadyClock clock_;
  OneKeyAuthenticator authenticator_{"secret", access::Policy::Get().roles(), "the suite's own"};
  std::shared_ptr<LiveLimits> limits_ =
      std::make_shared<LiveLimits>(Limits{.caller = {.rate = 10, .burst = 5}, .unknown_keys = 3});
  Admission admission_{authenticator_, limits_, clock_};
};

TEST_F(AdmissionTest, RefusesACallerWhoCallsTooOftenAndTellsTheWait) {
  for (int i = 0; i < 5; ++i) ASSERT_EQ(Call("Bearer secret"), absl::OkStatus());
  const absl::Status refused = Call("Bearer secret");
  EXPECT_EQ(refused.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(ReasonOf(refused), "RATE_LIMITED");
  EXPECT_EQ(DetailOf<google::rpc::RetryInfo>(refused)->retry_delay().nanos(), 100'000'000);
  EXPECT_THAT(ChineseOf(refused), HasSubstr("keys/test"));
  clock_.Pass(absl::Milliseconds(100));
  EXPECT_EQ(Call("Bearer secret"), absl::OkStatus());
}

TEST_F(AdmissionTest, TakesALimitThatChangesAtOnce) {
  for (int i = 0; i < 5; ++i) ASSERT_EQ(Call("Bearer secret"), absl::OkStatus());
  ASSERT_EQ(ReasonOf(Call("Bearer secret")), "RATE_LIMITED");
  limits_->Set({.caller = {.rate = 0, .burst = 1}});
  for (int i = 0; i < 100; ++i) ASSERT_EQ(Call("Bearer secret"), absl::OkStatus());
}

TEST_F(AdmissionTest, LetsTheSuiteItselfCallAsItLikes) {
  for (int i = 0; i < 1000; ++i) ASSERT_EQ(Call("Bearer the suite's own"), absl::OkStatus());
}

TEST_F(AdmissionTest, CountsNoCallThatAServiceMakesInTheCallersName) {
  const std::string introduction = Introduction("report", "the suite's own");
  for (int i = 0; i < 100; ++i) ASSERT_EQ(Call("Bearer secret", "10.0.0.1", introduction), absl::OkStatus());
  EXPECT_EQ(ReasonOf(Call("", "10.0.0.1", introduction)), "UNAUTHENTICATED_CALLER")
      << "a service has no say of its own";
}

TEST_F(AdmissionTest, TakesNobodyForAServiceWhoLacksItsKey) {
  for (const std::string& forged : {Introduction("report", "a guess"), std::string("report"), std::string(" "),
                                    absl::StrCat("report ", std::string(9000, 'x'))}) {
    EXPECT_EQ(ReasonOf(Call("Bearer secret", "10.0.0.1", forged)), "UNAUTHENTICATED_CALLER") << forged.substr(0, 40);
  }
  EXPECT_EQ(Introduction("report", ""), "");
}

TEST_F(AdmissionTest, RefusesGuessesFromOneAddressAndNobodyElse) {
  for (int i = 0; i < 3; ++i) ASSERT_EQ(ReasonOf(Call(absl::StrCat("Bearer ", i))), "UNAUTHENTICATED_CALLER");
  const absl::Status refused = Call("Bearer 4");
  EXPECT_EQ(refused.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(ReasonOf(refused), "TOO_MANY_UNKNOWN_KEYS");
  EXPECT_EQ(DetailOf<google::rpc::RetryInfo>(refused)->retry_delay().seconds(), 60);
  EXPECT_FALSE(ChineseOf(refused).empty());
  EXPECT_EQ(Call("Bearer secret"), absl::OkStatus()) << "a valid key from the same address";
  EXPECT_EQ(ReasonOf(Call("Bearer 5", "10.0.0.2")), "UNAUTHENTICATED_CALLER") << "another address";
}

TEST_F(AdmissionTest, TakesACallWithoutAKeyForNoGuess) {
  for (int i = 0; i < 100; ++i) ASSERT_EQ(ReasonOf(Call("")), "UNAUTHENTICATED_CALLER");
}

TEST(Admission, CountsNoGuessesWhileItKnowsNoKeys) {
  const Authenticator nobody("");
  Admission admission(nobody);
  for (int i = 0; i < 100; ++i) {
    const absl::Status status =
        admission.Admit(absl::StrCat("Bearer ", i), [] { return std::string("10.0.0.1"); }).status();
    ASSERT_EQ(ReasonOf(status), "CALLERS_UNKNOWN");
  }
}

TEST_F(AdmissionTest, SlowsOpenCallsOfOneSourceDownAndOfNoOther) {
  for (int64_t i = 0; i < Admission::kOpenCalls.burst; ++i)
    ASSERT_EQ(admission_.AdmitOpen("10.0.0.1"), absl::OkStatus());
  const absl::Status refused = admission_.AdmitOpen("10.0.0.1");
  EXPECT_EQ(refused.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(ReasonOf(refused), "RATE_LIMITED");
  EXPECT_EQ(admission_.AdmitOpen("10.0.0.2"), absl::OkStatus());
  clock_.Pass(absl::Milliseconds(200));
  EXPECT_EQ(admission_.AdmitOpen("10.0.0.1"), absl::OkStatus());
  EXPECT_NE(admission_.AdmitOpen("10.0.0.1"), absl::OkStatus());
}

}  // namespace
}  // namespace kechuang::rpc
