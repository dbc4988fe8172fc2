#include "tools/kc/json_text.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "kechuang/contract/v1/contract_service.pb.h"
#include "kechuang/report/v1/report_service.pb.h"
#include "tools/kc/errors.h"

namespace kechuang::kc {
namespace {

using contract::v1::CreateContractRequest;
using testing::HasSubstr;

std::string Refused(const std::string& json) {
  CreateContractRequest request;
  const absl::Status status = MessageFromJson(json, request);
  EXPECT_EQ(ExitCodeOf(status), kUsage) << json;
  return ErrorText(status, Language::kEnglish, {}, false);
}

TEST(MessageFromJson, TakesBothSpellingsOfNames) {
  for (const char* json : {R"({"contract": {"total_amount_fen": "5", "contract_class": "CONTRACT_CLASS_SERVICE"}})",
                           R"({"contract": {"totalAmountFen": 5, "contractClass": 5}})"}) {
    CreateContractRequest request;
    const absl::Status status = MessageFromJson(json, request);
    ASSERT_TRUE(status.ok()) << status;
    EXPECT_EQ(request.contract().total_amount_fen(), 5);
    EXPECT_EQ(request.contract().contract_class(), contract::v1::CONTRACT_CLASS_SERVICE);
  }
}

TEST(MessageFromJson, NamesEveryUnknownNameAndTheNearest) {
  const std::string text =
      Refused(R"({"contract": {"contract_nmae": 1, "contract_class": "CONTRACT_CLASS_SERVIC"}, "zzz": 1})");
  EXPECT_THAT(text, HasSubstr("contract.contract_nmae: "));
  EXPECT_THAT(text, HasSubstr("did you mean contract_name?"));
  EXPECT_THAT(text, HasSubstr("contract.contract_class: \"CONTRACT_CLASS_SERVIC\" is no value"));
  EXPECT_THAT(text, HasSubstr("did you mean CONTRACT_CLASS_SERVICE?"));
  EXPECT_THAT(text, HasSubstr("  zzz: "));
}

TEST(MessageFromJson, LooksIntoLists) {
  EXPECT_THAT(Refused(R"({"contract": {"documents": [{}, {"titel": "x"}]}})"),
              HasSubstr("contract.documents[1].titel"));
}

TEST(MessageFromJson, SaysWhatIsNoJson) {
  EXPECT_THAT(Refused("{"), HasSubstr("JSON"));
  EXPECT_THAT(Refused(""), HasSubstr("JSON"));
  EXPECT_THAT(Refused("{\"a\": \"\xff\"}"), HasSubstr("JSON"));
  EXPECT_THAT(Refused("[1]"), HasSubstr("object"));
  EXPECT_THAT(Refused(std::string(100000, '[')), HasSubstr("JSON"));
  EXPECT_THAT(Refused(R"({"contract": {"total_amount_fen": "five"}})"),
              HasSubstr("contract.total_amount_fen: must be"));
}

// One text means the same at every door, so what REST refuses kc refuses.
TEST(MessageFromJson, RefusesWhatMayMeanTwoThings) {
  EXPECT_THAT(Refused(R"({"contract": {"contract_name": "a", "contractName": "b"}})"),
              HasSubstr("contract.contract_name: is given twice"));
  EXPECT_THAT(Refused(R"({"contract": {"related_parties": "yes"}})"), HasSubstr("contract.related_parties: must be"));
  EXPECT_THAT(Refused(R"({"contract": {"documents": {"titel": 1}}})"),
              HasSubstr("contract.documents: must be a list [...], not an object"));
  EXPECT_THAT(Refused(R"({"contract": {"total_amount_fen": 9007199254740993}})"), HasSubstr("in quotes"));
}

TEST(MessageFromJson, TakesDaysAsTexts) {
  CreateContractRequest request;
  const absl::Status status = MessageFromJson(R"({"contract": {"signing_date": "2022-03-05"}})", request);
  ASSERT_TRUE(status.ok()) << status;
  EXPECT_EQ(request.contract().signing_date().day(), 5);
}

TEST(MessageFromJson, KeepsNothingOfBefore) {
  CreateContractRequest request;
  request.mutable_contract()->set_contract_name("甲");
  ASSERT_TRUE(MessageFromJson(R"({"validate_only": true})", request).ok());
  EXPECT_FALSE(request.has_contract());
}

TEST(MessageToJson, KeepsProtoNamesAndShowsWhatIsNotSet) {
  report::v1::AnnualReport annual;
  report::v1::Figure& figure = *annual.add_figures();
  figure.set_figure_id("S03");
  EXPECT_THAT(MessageToJson(annual, false), HasSubstr(R"("figures":[{"figure_id":"S03","label":"",)"));
  EXPECT_THAT(MessageToJson(annual, false), HasSubstr(R"("held":false)"));
}

TEST(JsonQuoted, ReplacesWhatIsNoText) { EXPECT_EQ(JsonQuoted("a\"\n\xff"), "\"a\\\"\\n\xEF\xBF\xBD\""); }

}  // namespace
}  // namespace kechuang::kc
