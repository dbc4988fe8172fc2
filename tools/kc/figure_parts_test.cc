#include "tools/kc/figure_parts.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "common/domain/day.h"

namespace kechuang::kc {
namespace {

namespace cv = contract::v1;
namespace ev = enterprise::v1;
namespace lv = loan::v1;
using testing::IsEmpty;
using testing::SizeIs;

const FigureScope kScope{2022, "640105"};

google::type::Date On(const char* day) { return Day::Parse(day)->ToProto(); }

cv::Contract Registered(const char* day, const char* place) {
  cv::Contract contract;
  contract.set_name("contracts/1");
  contract.set_state(cv::CONTRACT_STATE_REGISTERED);
  *contract.mutable_registration_date() = On(day);
  contract.mutable_seller()->set_division_code(place);
  contract.set_total_amount_fen(700);
  return contract;
}

std::vector<FigurePart> PartsOf(const cv::Contract& contract, const FigureScope& scope = kScope) {
  std::vector<FigurePart> parts;
  AddContract(contract, scope, true, parts);
  return parts;
}

TEST(AddContract, CountsWhatWasRegisteredInTheYearAndPlace) {
  ASSERT_THAT(PartsOf(Registered("2022-01-01", "640105")), SizeIs(1));
  EXPECT_EQ(PartsOf(Registered("2022-12-31", "640105"))[0].adds, 700);
  EXPECT_THAT(PartsOf(Registered("2021-12-31", "640105")), IsEmpty());
  EXPECT_THAT(PartsOf(Registered("2022-01-01", "640106")), IsEmpty());
  EXPECT_THAT(PartsOf(Registered("2022-01-01", "640106"), {2022, "640100"}), SizeIs(1));
  EXPECT_THAT(PartsOf(Registered("2022-01-01", "640106"), {2022, "640000"}), SizeIs(1));
}

TEST(AddContract, ASellerWithoutAPlaceIsWhereItsRegistryIs) {
  cv::Contract contract = Registered("2022-01-01", "");
  EXPECT_THAT(PartsOf(contract), IsEmpty());
  contract.set_registry_division_code("640105");
  EXPECT_THAT(PartsOf(contract), SizeIs(1));
  contract.mutable_seller()->set_country_code("502");
  EXPECT_THAT(PartsOf(contract), IsEmpty());
  contract.mutable_seller()->set_country_code("142");
  EXPECT_THAT(PartsOf(contract), SizeIs(1));
}

TEST(AddContract, CancelledStaysAndRevokedNeverWas) {
  cv::Contract contract = Registered("2022-05-05", "640105");
  contract.set_state(cv::CONTRACT_STATE_CANCELLED);
  EXPECT_THAT(PartsOf(contract), SizeIs(1));
  contract.set_state(cv::CONTRACT_STATE_REVOKED);
  EXPECT_THAT(PartsOf(contract), IsEmpty());
}

ev::Enterprise Holder(const char* from, const char* to) {
  ev::Enterprise enterprise;
  enterprise.set_name("enterprises/1");
  enterprise.set_located_division_code("640105");
  ev::CertificationPeriod& period = *enterprise.add_certification_periods();
  period.set_certification_class(ev::CERTIFICATION_CLASS_HNTE);
  *period.mutable_valid_from() = On(from);
  if (to != nullptr) *period.mutable_valid_to() = On(to);
  return enterprise;
}

size_t Recognitions(const ev::Enterprise& enterprise, bool again = true) {
  std::vector<FigurePart> parts;
  AddRecognitions(enterprise, kScope, {ev::CERTIFICATION_CLASS_HNTE}, again, parts);
  return parts.size();
}

size_t Held(const ev::Enterprise& enterprise) {
  std::vector<FigurePart> parts;
  AddHolder(enterprise, kScope, {ev::CERTIFICATION_CLASS_HNTE}, parts);
  return parts.size();
}

TEST(AddRecognitions, CountsByTheDayOfIssue) {
  EXPECT_EQ(Recognitions(Holder("2022-01-01", "2024-12-31")), 1u);
  EXPECT_EQ(Recognitions(Holder("2021-12-31", "2024-12-31")), 0u);
  // Revoked from its very beginning, it never was.
  EXPECT_EQ(Recognitions(Holder("2022-06-01", "2022-05-31")), 0u);
}

TEST(AddRecognitions, TellsThoseWhoHeldItBefore) {
  ev::Enterprise enterprise = Holder("2019-06-01", "2022-05-31");
  *enterprise.add_certification_periods() = Holder("2022-11-01", "2025-10-31").certification_periods(0);
  EXPECT_EQ(Recognitions(enterprise), 1u);
  EXPECT_EQ(Recognitions(enterprise, false), 0u);
}

TEST(AddHolder, CountsWhoHoldsOneOnTheLastDay) {
  EXPECT_EQ(Held(Holder("2022-12-31", nullptr)), 1u);
  EXPECT_EQ(Held(Holder("2020-01-01", "2022-12-31")), 1u);
  EXPECT_EQ(Held(Holder("2020-01-01", "2022-12-30")), 0u);
  EXPECT_EQ(Held(Holder("2023-01-01", nullptr)), 0u);
  ev::Enterprise gone = Holder("2020-01-01", nullptr);
  *gone.mutable_active_until() = On("2022-12-30");
  EXPECT_EQ(Held(gone), 0u);
}

lv::Disbursement Paid(const char* day, const char* reversed) {
  lv::Disbursement disbursement;
  disbursement.set_enterprise("enterprises/1");
  disbursement.set_amount_fen(500);
  disbursement.set_state(lv::DISBURSEMENT_STATE_POSTED);
  *disbursement.mutable_disburse_date() = On(day);
  if (reversed == nullptr) return disbursement;
  disbursement.set_state(lv::DISBURSEMENT_STATE_REVERSED);
  *disbursement.mutable_reverse_date() = On(reversed);
  return disbursement;
}

int64_t Sum(const lv::Disbursement& disbursement, bool so_far) {
  std::vector<FigurePart> parts;
  AddDisbursed(disbursement, kScope, so_far, parts);
  int64_t sum = 0;
  for (const FigurePart& part : parts) sum += part.adds;
  return sum;
}

TEST(AddDisbursed, AReversalTakesOffInItsOwnYear) {
  EXPECT_EQ(Sum(Paid("2022-03-05", nullptr), false), 500);
  EXPECT_EQ(Sum(Paid("2022-03-05", "2022-03-06"), false), 0);
  EXPECT_EQ(Sum(Paid("2021-03-05", "2022-03-06"), false), -500);
  EXPECT_EQ(Sum(Paid("2021-03-05", "2022-03-06"), true), 0);
  EXPECT_EQ(Sum(Paid("2021-03-05", "2023-03-06"), true), 500);
  EXPECT_EQ(Sum(Paid("2021-03-05", nullptr), false), 0);
  EXPECT_EQ(Sum(Paid("2023-03-05", nullptr), true), 0);
}

TEST(AddBorrower, CountsAnEnterpriseOnce) {
  std::vector<FigurePart> parts;
  std::set<std::string> counted;
  AddBorrower(Paid("2022-03-05", nullptr), kScope, counted, parts);
  AddBorrower(Paid("2022-04-05", nullptr), kScope, counted, parts);
  AddBorrower(Paid("2022-05-05", "2022-06-05"), kScope, counted, parts);
  AddBorrower(Paid("2021-05-05", "2022-06-05"), kScope, counted, parts);
  ASSERT_THAT(parts, SizeIs(2));
  EXPECT_EQ(parts[0].adds, 1);
  EXPECT_EQ(parts[1].adds, 0);
}

}  // namespace
}  // namespace kechuang::kc
