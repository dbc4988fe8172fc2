#include "common/rpc/validate.h"

#include <map>
#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"

#include "common/rpc/test_desk.h"

namespace kechuang::rpc {
namespace {

using rpc_test::CreateThingRequest;
using rpc_test::Thing;
using rpc_test::UpdateThingRequest;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;
using PathsAndReasons = std::map<std::string, std::string>;

PathsAndReasons FaultsOf(const absl::Status& status) {
  PathsAndReasons found;
  const auto bad_request = DetailOf<google::rpc::BadRequest>(status);
  if (!bad_request.has_value()) return found;
  for (const auto& violation : bad_request->field_violations()) {
    EXPECT_FALSE(violation.description().empty());
    EXPECT_EQ(violation.localized_message().locale(), "zh-CN");
    EXPECT_FALSE(violation.localized_message().message().empty());
    EXPECT_TRUE(found.emplace(violation.field(), violation.reason()).second) << violation.field() << " twice";
  }
  return found;
}

PathsAndReasons Check(const google::protobuf::Message& message) {
  Faults faults;
  CheckMessage(message, "", faults);
  return FaultsOf(faults.status());
}

// A thing without fault, changed by a text in the proto text format.
Thing ThingWith(const std::string& text) {
  Thing thing;
  thing.set_title("题目");
  thing.set_state(rpc_test::THING_STATE_NEW);
  Thing change;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &change)) << text;
  thing.MergeFrom(change);
  return thing;
}

struct Case {
  std::string text;
  std::string path;  // of the one fault; empty if there is none
  std::string reason;
};

class OneFault : public ::testing::TestWithParam<Case> {};

TEST_P(OneFault, IsFoundUnderItsPath) {
  const PathsAndReasons found = Check(ThingWith(GetParam().text));
  if (GetParam().path.empty()) {
    EXPECT_THAT(found, IsEmpty()) << GetParam().text;
  } else {
    EXPECT_THAT(found, ElementsAre(Pair(GetParam().path, GetParam().reason))) << GetParam().text;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Texts, OneFault,
    ::testing::Values(
        Case{"", "", ""}, Case{"word: '一二三四'", "", ""}, Case{"word: '一二三四五'", "word", "FIELD_TOO_LONG"},
        Case{"word: '𠮷𠮷𠮷𠮷'", "", ""}, Case{"word: 'a\\000'", "word", "FIELD_MALFORMED"},
        Case{"credit_code: '91350100M000100Y43'", "", ""},
        Case{"credit_code: '91350100M000100Y44'", "credit_code", "CREDIT_CODE_CHECK_CHAR"},
        Case{"credit_code: '9135'", "credit_code", "CREDIT_CODE_LENGTH"}, Case{"division_code: '640105'", "", ""},
        Case{"division_code: '64010'", "division_code", "FIELD_MALFORMED"},
        Case{"division_code: '64010x'", "division_code", "FIELD_MALFORMED"},
        Case{"registration_number: '20226401050001'", "", ""}, Case{"registration_number: '2022640105000001'", "", ""},
        Case{"registration_number: '202264010500001'", "registration_number", "FIELD_MALFORMED"},
        Case{"registration_number: '2022640105000０01'", "registration_number", "FIELD_MALFORMED"},
        Case{"industry_code: '3812'", "", ""},
        Case{"made_by: 'longer than its limit, but set by the service'", "", ""}));

INSTANTIATE_TEST_SUITE_P(Names, OneFault,
                         ::testing::Values(Case{"name: 'things/7'", "", ""}, Case{"other: 'things/a-b'", "", ""},
                                           Case{"name: 'thing/7'", "name", "FIELD_MALFORMED"},
                                           Case{"other: 'things/7/8'", "other", "FIELD_MALFORMED"},
                                           Case{"other: 'things/'", "other", "FIELD_MALFORMED"},
                                           Case{"other: '7'", "other", "FIELD_MALFORMED"}));

INSTANTIATE_TEST_SUITE_P(Numbers, OneFault,
                         ::testing::Values(Case{"price_fen: 9000000000000000", "", ""},
                                           Case{"price_fen: 9000000000000001", "price_fen", "FIELD_OUT_OF_RANGE"},
                                           Case{"price_fen: -1", "price_fen", "FIELD_OUT_OF_RANGE"},
                                           Case{"rate_ppm: 1000000", "", ""},
                                           Case{"rate_ppm: 1000001", "rate_ppm", "FIELD_OUT_OF_RANGE"},
                                           Case{"rate_ppm: -1", "rate_ppm", "FIELD_OUT_OF_RANGE"},
                                           Case{"state: 7", "state", "FIELD_UNKNOWN_VALUE"},
                                           Case{"states: [THING_STATE_NEW, 9]", "states[1]", "FIELD_UNKNOWN_VALUE"}));

INSTANTIATE_TEST_SUITE_P(Times, OneFault,
                         ::testing::Values(Case{"day { year: 2024 month: 2 day: 29 }", "", ""},
                                           Case{"day { year: 2022 month: 2 day: 30 }", "day", "FIELD_NOT_A_DATE"},
                                           Case{"day { year: 2022 month: 2 }", "day", "FIELD_NOT_A_DATE"},
                                           Case{"day { }", "day", "FIELD_NOT_A_DATE"},
                                           Case{"day { year: -1 month: 1 day: 1 }", "day", "FIELD_NOT_A_DATE"},
                                           Case{"time { seconds: 253402300799 }", "", ""},
                                           Case{"time { seconds: 253402300800 }", "time", "FIELD_OUT_OF_RANGE"},
                                           Case{"time { nanos: -1 }", "time", "FIELD_OUT_OF_RANGE"}));

INSTANTIATE_TEST_SUITE_P(
    Nested, OneFault,
    ::testing::Values(Case{"part { part_name: 'x' }", "", ""},
                      Case{"part { pieces: 1 }", "part.part_name", "FIELD_REQUIRED"},
                      Case{"part { part_name: 'x' pieces: 100 }", "part.pieces", "FIELD_OUT_OF_RANGE"},
                      Case{"parts { part_name: 'x' } parts { }", "parts[1].part_name", "FIELD_REQUIRED"}));

TEST(Validate, FindsEveryFaultAtOnce) {
  CreateThingRequest request;
  Thing& thing = *request.mutable_thing();
  thing.set_name("no name");
  thing.set_price_fen(-5);
  thing.set_word("far too long");
  thing.set_note(std::string(5 << 20, 'x'));
  thing.mutable_day()->set_year(2022);
  thing.add_parts()->set_pieces(-1);
  thing.set_state(static_cast<rpc_test::ThingState>(42));
  EXPECT_THAT(
      Check(request),
      UnorderedElementsAre(Pair("thing.name", "FIELD_MALFORMED"), Pair("thing.title", "FIELD_REQUIRED"),
                           Pair("thing.state", "FIELD_UNKNOWN_VALUE"), Pair("thing.price_fen", "FIELD_OUT_OF_RANGE"),
                           Pair("thing.word", "FIELD_TOO_LONG"), Pair("thing.note", "FIELD_TOO_LONG"),
                           Pair("thing.day", "FIELD_NOT_A_DATE"), Pair("thing.parts[0].part_name", "FIELD_REQUIRED"),
                           Pair("thing.parts[0].pieces", "FIELD_OUT_OF_RANGE")));
  EXPECT_THAT(Check(CreateThingRequest()), ElementsAre(Pair("thing", "FIELD_REQUIRED")));
}

TEST(Validate, TakesAnUnsetEnumForAbsent) {
  Thing thing = ThingWith("");
  thing.clear_state();
  EXPECT_THAT(Check(thing), ElementsAre(Pair("state", "FIELD_REQUIRED")));
}

TEST(Validate, CountsCharactersAndNotBytes) {
  Thing thing = ThingWith("");
  for (int i = 0; i < 200; ++i) thing.mutable_note()->append("值");
  EXPECT_THAT(Check(thing), IsEmpty());
  thing.mutable_note()->append("x");
  EXPECT_THAT(Check(thing), ElementsAre(Pair("note", "FIELD_TOO_LONG")));
}

TEST(Validate, LimitsLists) {
  Thing thing = ThingWith("");
  for (int i = 0; i < 300; ++i) thing.add_parts()->set_part_name("x");
  EXPECT_THAT(Check(thing), IsEmpty());
  thing.add_parts();
  EXPECT_THAT(Check(thing), ElementsAre(Pair("parts", "FIELD_TOO_LONG")));
}

TEST(Validate, AsksForNothingThatAnUpdateMayLeaveOut) {
  UpdateThingRequest request;
  EXPECT_THAT(Check(request), ElementsAre(Pair("thing", "FIELD_REQUIRED")));
  request.mutable_thing()->mutable_part();
  EXPECT_THAT(Check(request), IsEmpty());
  request.mutable_thing()->set_price_fen(-1);
  EXPECT_THAT(Check(request), ElementsAre(Pair("thing.price_fen", "FIELD_OUT_OF_RANGE")));
}

TEST(Validate, StandsBeforeEveryHandler) {
  ServedDesk served;
  CreateThingRequest request;
  request.mutable_thing()->set_note(std::string(5 << 20, 'x'));
  const absl::Status status = served.Ask<Thing>(request).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(ReasonOf(status), "INVALID_FIELDS");
  EXPECT_THAT(FaultsOf(status),
              UnorderedElementsAre(Pair("thing.title", "FIELD_REQUIRED"), Pair("thing.state", "FIELD_REQUIRED"),
                                   Pair("thing.note", "FIELD_TOO_LONG")));
  EXPECT_THAT(ChineseOf(status), HasSubstr("thing.title：必填"));
  for (int i = 0; i < 300; ++i) request.mutable_thing()->add_parts();
  const absl::Status many = served.Ask<Thing>(request).status();
  EXPECT_EQ(ReasonOf(many), "INVALID_FIELDS") << many;
  EXPECT_TRUE(DetailOf<google::rpc::ErrorInfo>(many)->metadata().contains("more_violations"));
}

}  // namespace
}  // namespace kechuang::rpc
