#include "services/loan/loan_states.h"

#include <set>
#include <utility>

#include "gtest/gtest.h"

#include "common/base/error.h"

namespace kechuang::loan {
namespace {

TEST(LoanStates, RefuseEveryPairThatStandsInNoLineAndNameTheState) {
  int allowed = 0;
  for (int state = v1::LOAN_STATE_DRAFT; state <= v1::LOAN_STATE_CANCELLED; ++state) {
    for (int event = 0; event <= static_cast<int>(LoanEvent::kMarkOverdue); ++event) {
      v1::Loan loan;
      loan.set_name("loans/a");
      loan.set_state(static_cast<v1::LoanState>(state));
      const auto next = NextState(loan, static_cast<LoanEvent>(event));
      if (next.ok()) {
        ++allowed;
        continue;
      }
      EXPECT_EQ(next.status().code(), absl::StatusCode::kFailedPrecondition);
      EXPECT_EQ(ReasonOf(next.status()), "LOAN_WRONG_STATE");
      EXPECT_NE(next.status().message().find(StateText(loan.state())), std::string::npos);
    }
  }
  EXPECT_EQ(allowed, static_cast<int>(LoanTransitions().size()));
}

TEST(LoanStates, HaveOneLineForAPair) {
  std::set<std::pair<v1::LoanState, LoanEvent>> seen;
  for (const LoanTransition& line : LoanTransitions()) EXPECT_TRUE(seen.emplace(line.from, line.event).second);
}

TEST(LoanStates, EndInFourStatesThatNothingLeaves) {
  for (const LoanTransition& line : LoanTransitions()) {
    EXPECT_NE(line.from, v1::LOAN_STATE_SETTLED);
    EXPECT_NE(line.from, v1::LOAN_STATE_REJECTED);
    EXPECT_NE(line.from, v1::LOAN_STATE_WITHDRAWN);
    EXPECT_NE(line.from, v1::LOAN_STATE_CANCELLED);
  }
}

TEST(LoanStates, TakeRoomFromConfirmationToSettlement) {
  EXPECT_FALSE(TakesRoom(v1::LOAN_STATE_BANK_APPROVED));
  EXPECT_TRUE(TakesRoom(v1::LOAN_STATE_CONFIRMED));
  EXPECT_TRUE(TakesRoom(v1::LOAN_STATE_ACTIVE));
  EXPECT_TRUE(TakesRoom(v1::LOAN_STATE_OVERDUE));
  EXPECT_FALSE(TakesRoom(v1::LOAN_STATE_SETTLED));
  EXPECT_FALSE(TakesRoom(v1::LOAN_STATE_CANCELLED));
}

}  // namespace
}  // namespace kechuang::loan
