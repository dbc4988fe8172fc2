#include "services/contract/import_rules.h"

#include "gmock/gmock.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"

#include "services/contract/test_contract.h"

namespace kechuang::contract {
namespace {

using ::testing::ElementsAre;

const Day kToday = DayOf(2023, 1, 10);

v1::Contract Held() { return *rules::ImportNew(LeastRow(), {}, kToday); }

TEST(ImportNew, TakesARegisteredContractAsFact) {
  const auto contract = rules::ImportNew(LeastRow(), {}, kToday);
  ASSERT_TRUE(contract.ok()) << contract.status();
  EXPECT_EQ(contract->name(), "contracts/2022640105000001");
  EXPECT_EQ(contract->state(), v1::CONTRACT_STATE_REGISTERED);
  EXPECT_EQ(contract->source(), v1::CONTRACT_SOURCE_IMPORT);
  EXPECT_EQ(contract->rule_set(), v1::RULE_SET_RS2000);
  EXPECT_EQ(contract->registry_division_code(), "640105");
  EXPECT_EQ(contract->version(), 1);
  EXPECT_FALSE(contract->has_technical_amount_fen());
}

TEST(ImportNew, ReadsTheRegistryOutOfAKnownNumberOnly) {
  v1::Contract row = LeastRow();
  row.set_registration_number("2022640104000001");
  EXPECT_EQ(rules::ImportNew(row, {}, kToday)->registry_division_code(), "640104");
  row.set_registration_number("2022999999000001");
  EXPECT_EQ(rules::ImportNew(row, {}, kToday)->registry_division_code(), "640105");
  row.set_registration_number("22640105000001");
  EXPECT_EQ(rules::ImportNew(row, {}, kToday)->registry_division_code(), "640105");
  row.set_registry_division_code("640106");
  EXPECT_EQ(rules::ImportNew(row, {}, kToday)->registry_division_code(), "640106");
}

TEST(ImportNew, RejectsWhatIsNotRegistered) {
  v1::Contract row = LeastRow();
  row.clear_registration_number();
  EXPECT_EQ(ReasonOf(rules::ImportNew(row, {}, kToday).status()), "ROW_NOT_REGISTERED");
  row = LeastRow();
  row.clear_registration_date();
  EXPECT_EQ(ReasonOf(rules::ImportNew(row, {}, kToday).status()), "ROW_NOT_REGISTERED");
}

TEST(ImportNew, NamesEveryFaultOfTheRow) {
  v1::Contract row;
  row.set_registration_number("2022640105000001");
  *row.mutable_registration_date() = kToday.AddDays(1).ToProto();
  row.set_technical_amount_fen(1);
  EXPECT_THAT(FaultsOf(rules::ImportNew(row, {}, kToday).status()),
              ElementsAre("contract.contract_name: FIELD_REQUIRED", "contract.contract_class: FIELD_REQUIRED",
                          "contract.seller.party_name: FIELD_REQUIRED", "contract.buyer.party_name: FIELD_REQUIRED",
                          "contract.total_amount_fen: FIELD_REQUIRED", "contract.registration_date: DATE_IN_FUTURE"));
  row = LeastRow();
  row.set_technical_amount_fen(row.total_amount_fen() + 1);
  *row.mutable_signing_date() = DayOf(2022, 3, 6).ToProto();
  EXPECT_THAT(FaultsOf(rules::ImportNew(row, {}, kToday).status()),
              ElementsAre("contract.technical_amount_fen: TECHNICAL_ABOVE_TOTAL",
                          "contract.registration_date: DATES_OUT_OF_ORDER"));
}

TEST(ImportAgain, OfTheSameRowChangesNothing) {
  const auto again = rules::ImportAgain(Held(), Held(), LeastRow(), {}, kToday);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_TRUE(google::protobuf::util::MessageDifferencer::Equals(*again, Held()));
}

TEST(ImportAgain, ChangesWhatTheRowStatesAndKeepsTheRest) {
  v1::Contract row;
  row.set_registration_number("2022640105000001");
  row.set_technical_amount_fen(20'000'000);
  row.mutable_buyer()->set_division_code("640104");
  const auto merged = rules::ImportAgain(Held(), Held(), row, {}, kToday);
  ASSERT_TRUE(merged.ok()) << merged.status();
  EXPECT_EQ(merged->technical_amount_fen(), 20'000'000);
  EXPECT_EQ(merged->buyer().division_code(), "640104");
  EXPECT_EQ(merged->buyer().party_name(), "示例农业合作社");
  EXPECT_EQ(merged->total_amount_fen(), 30'000'000);
  row.set_technical_amount_fen(30'000'001);
  EXPECT_THAT(FaultsOf(rules::ImportAgain(Held(), Held(), row, {}, kToday).status()),
              ElementsAre("contract.technical_amount_fen: TECHNICAL_ABOVE_TOTAL"));
}

TEST(ImportAgain, LeavesClosedContractsAlone) {
  for (const v1::ContractState state : {v1::CONTRACT_STATE_CANCELLED, v1::CONTRACT_STATE_REVOKED}) {
    v1::Contract closed = Held();
    closed.set_state(state);
    EXPECT_TRUE(rules::ImportAgain(closed, closed, LeastRow(), {}, kToday).ok());
    v1::Contract row = LeastRow();
    row.set_remark("改");
    EXPECT_EQ(ReasonOf(rules::ImportAgain(closed, closed, row, {}, kToday).status()), "ROW_CONTRACT_CLOSED");
  }
}

}  // namespace
}  // namespace kechuang::contract
