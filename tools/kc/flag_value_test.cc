#include "tools/kc/flag_value.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "kechuang/contract/v1/contract_service.pb.h"
#include "kechuang/loan/v1/loan_service.pb.h"
#include "tools/kc/errors.h"

namespace kechuang::kc {
namespace {

using testing::HasSubstr;

// Puts a text into a field of a new message.
template <typename Message>
absl::StatusOr<Message> With(const std::string& field, absl::string_view text, FlagForm form = FlagForm::kPerson) {
  Message message;
  const absl::Status status = PutText(message, {{Message::descriptor()->FindFieldByName(field)}}, text, form);
  if (!status.ok()) return status;
  return message;
}

std::string Refused(const absl::Status& status) {
  EXPECT_EQ(ExitCodeOf(status), kUsage) << status;
  return std::string(status.message());
}

TEST(ParseMoneyText, TakesEveryUnitExactly) {
  EXPECT_EQ(*ParseMoneyText("300000.00元"), 30000000);
  EXPECT_EQ(*ParseMoneyText("30万元"), 30000000);
  EXPECT_EQ(*ParseMoneyText("30 万"), 30000000);
  EXPECT_EQ(*ParseMoneyText("1.2亿元"), 12000000000);
  EXPECT_EQ(*ParseMoneyText("0.000001万元"), 1);
  EXPECT_EQ(*ParseMoneyText("1,234.56 yuan"), 123456);
  EXPECT_EQ(*ParseMoneyText("12分"), 12);
}

TEST(ParseMoneyText, RefusesWhatMayMeanTwoThings) {
  EXPECT_THAT(Refused(ParseMoneyText("30").status()), HasSubstr("30万元"));
  EXPECT_THAT(Refused(ParseMoneyText("约30万元").status()), HasSubstr("约30万元"));
  EXPECT_THAT(Refused(ParseMoneyText("0.001元").status()), HasSubstr("0.001元"));
  EXPECT_FALSE(ParseMoneyText("").ok());
  EXPECT_FALSE(ParseMoneyText("元").ok());
}

TEST(ParseRateText, TakesPercent) {
  EXPECT_EQ(*ParseRateText("3.65%"), 36500);
  EXPECT_EQ(*ParseRateText("0.0001 %"), 1);
  EXPECT_THAT(Refused(ParseRateText("3.65").status()), HasSubstr("3.65%"));
  EXPECT_FALSE(ParseRateText("0.00001%").ok());
}

TEST(ParseEnumText, TakesShortNamesInAnyCase) {
  const auto& type = *contract::v1::ContractClass_descriptor();
  EXPECT_EQ(*ParseEnumText(type, "development"), contract::v1::CONTRACT_CLASS_DEVELOPMENT);
  EXPECT_EQ(*ParseEnumText(type, "CONTRACT_CLASS_SERVICE"), contract::v1::CONTRACT_CLASS_SERVICE);
  EXPECT_EQ(*ParseEnumText(*contract::v1::IpType_descriptor(), "invention-patent"),
            contract::v1::IP_TYPE_INVENTION_PATENT);
  EXPECT_THAT(Refused(ParseEnumText(type, "develpment").status()), HasSubstr("did you mean DEVELOPMENT?"));
  EXPECT_THAT(Refused(ParseEnumText(type, "x").status()), HasSubstr("CONSULTING, SERVICE"));
}

TEST(PutText, TakesDaysAndRefusesOthers) {
  const auto request = With<loan::v1::DisburseLoanRequest>("disburse_date", "2022-03-05");
  ASSERT_TRUE(request.ok()) << request.status();
  EXPECT_EQ(request->disburse_date().day(), 5);
  EXPECT_THAT(Refused(With<loan::v1::DisburseLoanRequest>("disburse_date", "2022-02-30").status()),
              HasSubstr("2022-03-05"));
}

TEST(PutText, TakesMoneyByUnitAndByFen) {
  EXPECT_EQ(With<loan::v1::DisburseLoanRequest>("amount_fen", "30万元")->amount_fen(), 30000000);
  EXPECT_EQ(With<loan::v1::DisburseLoanRequest>("amount_fen", "30", FlagForm::kExact)->amount_fen(), 30);
  EXPECT_FALSE(With<loan::v1::DisburseLoanRequest>("amount_fen", "9223372036854775808", FlagForm::kExact).ok());
}

TEST(PutText, CompletesTheNamesOfRecords) {
  EXPECT_EQ(With<loan::v1::Loan>("bank", "nxbank")->bank(), "banks/nxbank");
  EXPECT_EQ(With<loan::v1::Loan>("bank", "banks/nxbank")->bank(), "banks/nxbank");
}

TEST(PutText, TakesMessagesAsPairsAndAsJson) {
  for (const char* text :
       {"kind=CONTRACT_TEXT,title=甲,乙.pdf", R"({"kind": "DOCUMENT_KIND_CONTRACT_TEXT", "title": "甲,乙.pdf"})"}) {
    const auto contract = With<contract::v1::Contract>("documents", text);
    ASSERT_TRUE(contract.ok()) << contract.status();
    EXPECT_EQ(contract->documents(0).kind(), contract::v1::DOCUMENT_KIND_CONTRACT_TEXT);
    EXPECT_EQ(contract->documents(0).title(), "甲,乙.pdf");
  }
  EXPECT_THAT(Refused(With<contract::v1::Contract>("documents", "nothing").status()), HasSubstr("kind, title"));
}

TEST(PutText, TakesMasks) {
  const auto request = With<contract::v1::UpdateContractRequest>("update_mask", "remark, seller.party-name");
  EXPECT_EQ(request->update_mask().paths(1), "seller.party_name");
}

}  // namespace
}  // namespace kechuang::kc
