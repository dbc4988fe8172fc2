#include "common/api/json.h"

#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "google/api/http.pb.h"
#include "google/protobuf/descriptor.pb.h"
#include "google/protobuf/util/message_differencer.h"
#include "google/rpc/status.pb.h"
#include "gtest/gtest.h"

#include "common/base/error.h"
#include "kechuang/contract/v1/contract_service.pb.h"
#include "kechuang/loan/v1/loan_service.pb.h"

namespace kechuang::api {
namespace {

using contract::v1::AmendContractRequest;
using contract::v1::Contract;
using contract::v1::RecordIncomeRequest;
using google::protobuf::UninterpretedOption;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

template <typename Message>
Message Read(const std::string& json) {
  Message message;
  const absl::Status status = ReadJson(json, message);
  EXPECT_TRUE(status.ok()) << json << ": " << status;
  return message;
}

// "path|REASON|sentence" of every fault.
template <typename Message>
std::vector<std::string> FaultsOf(const std::string& json) {
  Message message;
  const absl::Status status = ReadJson(json, message);
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << json;
  std::vector<std::string> faults;
  const auto bad_request = DetailOf<google::rpc::BadRequest>(status).value_or(google::rpc::BadRequest());
  for (const auto& violation : bad_request.field_violations()) {
    faults.push_back(absl::StrCat(violation.field(), "|", violation.reason(), "|", violation.description()));
    EXPECT_FALSE(violation.localized_message().message().empty()) << json;
  }
  return faults;
}

TEST(ReadJson, TakesBothNamesOfAField) {
  EXPECT_EQ(Read<Contract>(R"({"totalAmountFen":"7","contract_name":"甲\u4e59\ud840\udc00\n"})").contract_name(),
            "甲乙𠀀\n");
  EXPECT_EQ(Read<Contract>(R"({"total_amount_fen":"7"})").total_amount_fen(), 7);
  EXPECT_TRUE(Read<Contract>(" { } \n").SerializeAsString().empty());
}

TEST(ReadJson, TakesWholeNumbersWithoutRounding) {
  const auto amount = [](const std::string& value) {
    return Read<RecordIncomeRequest>(absl::StrCat("{\"amountFen\":", value, "}")).amount_fen();
  };
  EXPECT_EQ(amount("9007199254740992"), int64_t{1} << 53);
  EXPECT_EQ(amount("-9007199254740992"), -(int64_t{1} << 53));
  EXPECT_EQ(amount("\"9007199254740993\""), (int64_t{1} << 53) + 1);
  EXPECT_EQ(amount("\"-9223372036854775808\""), INT64_MIN);
  EXPECT_EQ(amount("1.2e1"), 12);
  EXPECT_EQ(amount("-0"), 0);
  EXPECT_EQ(amount("null"), 0);
}

TEST(ReadJson, TakesEnumsDatesTimesAndMasks) {
  EXPECT_EQ(Read<Contract>(R"({"contractClass":"CONTRACT_CLASS_TRANSFER"})").contract_class(),
            contract::v1::CONTRACT_CLASS_TRANSFER);
  EXPECT_EQ(Read<Contract>(R"({"contractClass":2})").contract_class(), contract::v1::CONTRACT_CLASS_TRANSFER);
  for (const char* day : {R"({"year":2022,"month":3,"day":5})", R"("2022-03-05")"}) {
    const auto request = Read<RecordIncomeRequest>(absl::StrCat("{\"receiveDate\":", day, "}"));
    EXPECT_EQ(request.receive_date().year(), 2022);
    EXPECT_EQ(request.receive_date().day(), 5);
  }
  EXPECT_EQ(Read<Contract>(R"({"createTime":"2022-03-05T08:00:00.5+08:00"})").create_time().seconds(), 1646438400);
  EXPECT_EQ(Read<Contract>(R"({"createTime":"2022-03-05T00:00:00.000001Z"})").create_time().nanos(), 1000);
  for (const char* mask : {R"("contractName,seller.partyName")", R"({"paths":["contract_name","seller.partyName"]})",
                           R"("contract_name, seller.party_name")"}) {
    EXPECT_THAT(Read<AmendContractRequest>(absl::StrCat("{\"updateMask\":", mask, "}")).update_mask().paths(),
                ElementsAre("contract_name", "seller.party_name"));
  }
}

TEST(ReadJson, TakesWhatOtherProtosHold) {
  const auto option = Read<UninterpretedOption>(
      R"({"positiveIntValue":"18446744073709551615","doubleValue":"-Infinity","stringValue":"AP8=","name":[]})");
  EXPECT_EQ(option.positive_int_value(), UINT64_MAX);
  EXPECT_LT(option.double_value(), -1e308);
  EXPECT_EQ(option.string_value(), std::string("\0\xFF", 2));
  EXPECT_EQ(Read<UninterpretedOption>(R"({"doubleValue":0.5})").double_value(), 0.5);
  EXPECT_EQ(Read<google::rpc::ErrorInfo>(R"({"metadata":{"a":"1","b":"2"}})").metadata().at("b"), "2");
  // The type of an Any may stand last.
  const auto status =
      Read<google::rpc::Status>(R"({"details":[{"reason":"R","@type":"type.googleapis.com/google.rpc.ErrorInfo"}]})");
  google::rpc::ErrorInfo info;
  ASSERT_TRUE(status.details(0).UnpackTo(&info));
  EXPECT_EQ(info.reason(), "R");
}

TEST(ReadJson, SaysEveryFaultAtItsPath) {
  EXPECT_THAT(
      FaultsOf<AmendContractRequest>(R"({"contract":{"contractName":7,"titel":1,"seller":{"partyName":[]},
        "totalAmountFen":"12x","contractClass":"TRANSFER","incomes":[{"amountFen":true},null]},"updateMask":"a b"})"),
      ElementsAre("contract.contract_name|FIELD_MALFORMED|must be a text, not the number 7",
                  "contract.titel|FIELD_UNKNOWN|Contract has no such field",
                  "contract.seller.party_name|FIELD_MALFORMED|must be a text, not a list",
                  "contract.total_amount_fen|FIELD_MALFORMED|must be a whole number, not \"12x\"",
                  "contract.contract_class|FIELD_UNKNOWN_VALUE|\"TRANSFER\" is no value of ContractClass; did you mean "
                  "CONTRACT_CLASS_TRANSFER?",
                  "contract.incomes[0].amount_fen|FIELD_MALFORMED|must be a whole number, not true or false",
                  "contract.incomes[1]|FIELD_MALFORMED|must be an object {...}, not null",
                  testing::StartsWith("update_mask|FIELD_MALFORMED|\"a b\" is no field mask; expected field names")));
}

TEST(ReadJson, SaysWhatAFieldTakes) {
  const std::vector<std::pair<const char*, const char*>> cases = {
      {R"({"contractNme":""})", "contractNme|FIELD_UNKNOWN|Contract has no such field; did you mean contractName?"},
      {R"({"":1})", "\"\"|FIELD_UNKNOWN|Contract has no such field"},
      {R"({"contractName":"a","contract_name":"b"})", "contract_name|FIELD_MALFORMED|is given twice"},
      {R"({"totalAmountFen":9007199254740993})",
       "total_amount_fen|FIELD_OUT_OF_RANGE|a whole number beyond 9007199254740992 would be rounded on its way; write "
       "it in "
       "quotes: \"9007199254740993\""},
      {R"({"totalAmountFen":"9223372036854775808"})",
       "total_amount_fen|FIELD_OUT_OF_RANGE|must be from -9223372036854775808 to 9223372036854775807"},
      {R"({"totalAmountFen":1e400})", "total_amount_fen|FIELD_OUT_OF_RANGE|must be from"},
      {R"({"totalAmountFen":1.5})", "total_amount_fen|FIELD_MALFORMED|must be a whole number, not the number 1.5"},
      {R"({"totalAmountFen":"NaN"})", "total_amount_fen|FIELD_MALFORMED|must be a whole number, not \"NaN\""},
      {R"({"totalAmountFen":" 7"})", "total_amount_fen|FIELD_MALFORMED|must be a whole number"},
      {R"({"totalAmountFen":"+7"})", "total_amount_fen|FIELD_MALFORMED|must be a whole number"},
      {R"({"incomes":{}})", "incomes|FIELD_MALFORMED|must be a list [...], not an object"},
      {R"({"seller":"x"})", "seller|FIELD_MALFORMED|must be an object {...}, not a text"},
      {R"({"royaltyEstimated":"true"})", "royalty_estimated|FIELD_MALFORMED|must be true or false, not a text"},
      {R"({"contractClass":77})",
       "contract_class|FIELD_UNKNOWN_VALUE|is the number of no value; expected the name of a"},
      {R"({"contractClass":"1"})", "contract_class|FIELD_UNKNOWN_VALUE|\"1\" is no value of ContractClass"},
      {R"({"createTime":"2022-02-30T00:00:00Z"})", "create_time|FIELD_MALFORMED|\"2022-02-30T00:00:00Z\" is no time"},
      {R"({"createTime":"infinite-future"})", "create_time|FIELD_MALFORMED|\"infinite-future\" is no time"},
      {R"({"createTime":"0000-01-01T00:00:00Z"})", "create_time|FIELD_MALFORMED|"},
      {R"({"createTime":{"seconds":1}})", "create_time|FIELD_MALFORMED|must be a time such as"},
      {R"({"signingDate":"2022-02-30"})", "signing_date|FIELD_NOT_A_DATE|\"2022-02-30\" is not a day"},
      {R"({"signingDate":{"year":2022,"mont":3}})",
       "signing_date.mont|FIELD_UNKNOWN|Date has no such field; did you mean month?"},
      {R"({"signingDate":20220305})", "signing_date|FIELD_MALFORMED|must be a date such as"},
  };
  for (const auto& [json, fault] : cases) {
    EXPECT_THAT(FaultsOf<Contract>(json), ElementsAre(testing::StartsWith(fault))) << json;
  }
}

TEST(ReadJson, RefusesFractionsThatNoFieldHolds) {
  for (const char* value : {"1e400", "\"1e400\"", "-1e400"}) {
    EXPECT_THAT(FaultsOf<UninterpretedOption>(absl::StrCat("{\"doubleValue\":", value, "}")),
                ElementsAre("double_value|FIELD_OUT_OF_RANGE|is greater than the field can hold"));
  }
}

TEST(ReadJson, SaysWhereTextIsNoJson) {
  const std::vector<std::pair<std::string, const char*>> cases = {
      {"", "this is no JSON from line 1, character 1 on: a value is expected, but the text ends"},
      {"{\n \"contractName\": 'x'}", "line 2, character 18 on: a value is expected"},
      {"{\"甲\"", "line 1, character 5 on: a colon is expected, but the text ends"},
      {"{\"contractName\":\"x\",}", "a name in quotes is expected"},
      {"{\"contractName\":\"x\" \"y\"}", "a comma or } is expected"},
      {"{\"incomes\":[{},]}", "a value is expected"},
      {"{\"contractName\":\"x}", "a closing quote is expected"},
      {"{\"contractName\":\"\n\"}", "a control character in a text is written as an escape"},
      {"{\"contractName\":\"\\x\"}", "an escape such as \\n or \\u00e9 is expected"},
      {"{\"contractName\":\"\\ud800\"}", "four hex digits of a character are expected"},
      {"{\"contractName\":\"\\udc00\"}", "four hex digits of a character are expected"},
      {"{\"totalAmountFen\":01}", "a number such as -12 or 0.5 is expected"},
      {"{\"totalAmountFen\":NaN}", "a value is expected"},
      {"{} x", "line 1, character 4 on: the end of the text is expected"},
      {std::string("{}\0", 3), "the end of the text is expected"},
      {"{\"contractName\":\"\xFF\"}", "JSON is UTF-8; byte 18 is part of no character"},
      {"{\"contractName\":\"\xED\xA0\x80\"}", "JSON is UTF-8"},
  };
  for (const auto& [json, sentence] : cases) {
    EXPECT_THAT(FaultsOf<Contract>(json), testing::Contains(HasSubstr(sentence))) << json;
  }
  EXPECT_THAT(FaultsOf<Contract>("[]"), testing::Contains(HasSubstr("must be an object {...}, not a list")));
}

TEST(ReadJson, HasLimitsThatItNames) {
  std::string deep;
  std::string end;
  for (int i = 0; i < 14; ++i) {
    deep += "{\"additionalBindings\":[";
    end += "]}";
  }
  EXPECT_EQ(Read<google::api::HttpRule>(deep + end).additional_bindings_size(), 1);
  for (int i = 0; i < 100'000; ++i) deep += "[";
  EXPECT_THAT(FaultsOf<google::api::HttpRule>(deep), testing::Contains(HasSubstr("nested deeper than 32 levels")));
  std::string many = "{\"names\":[\"\"";
  for (int i = 0; i < kJsonValuesMax; ++i) many += ",\"\"";
  EXPECT_THAT(FaultsOf<contract::v1::BatchGetContractsRequest>(many + "]}"),
              testing::Contains(HasSubstr("more than 200000 values")));
  std::string wrong = "{\"names\":[0";
  for (int i = 0; i < 1000; ++i) wrong += ",0";
  EXPECT_EQ(FaultsOf<contract::v1::BatchGetContractsRequest>(wrong + "]}").size(), size_t{kJsonFaultsMax});
}

TEST(ReadJson, NotesWhatTheTextStates) {
  Contract contract;
  Faults faults;
  JsonNotes notes;
  ReadJson(R"({"contractName":null,"seller":{"partyName":"x","creditCode":null},"buyer":{},"incomes":[{"amountFen":1}],
               "signingDate":{"year":2022}})",
           "contract", contract, faults, &notes);
  EXPECT_FALSE(faults.any()) << faults.status();
  EXPECT_THAT(notes.leaves, UnorderedElementsAre("contract_name", "seller.party_name", "seller.credit_code", "buyer",
                                                 "incomes", "signing_date"));
}

TEST(WriteJson, WritesZerosAndLeavesOutWhatIsNotSet) {
  RecordIncomeRequest request;
  request.set_name("contracts/\"1\"\n");
  EXPECT_EQ(
      WriteJson(request),
      R"({"name":"contracts/\"1\"\n","amountFen":"0","etag":"","reason":"","requestId":"","validateOnly":false})");
  request.mutable_receive_date()->set_year(2022);
  EXPECT_THAT(WriteJson(request, JsonNames::kProto), HasSubstr(R"("receive_date":{"year":2022,"month":0,"day":0})"));
  // An optional number is told from one that is 0.
  Contract contract;
  EXPECT_THAT(WriteJson(contract), testing::Not(HasSubstr("totalAmountFen")));
  contract.set_total_amount_fen(0);
  EXPECT_THAT(WriteJson(contract), HasSubstr(R"("totalAmountFen":"0")"));
  EXPECT_THAT(WriteJson(contract), HasSubstr(R"("contractClass":"CONTRACT_CLASS_UNSPECIFIED")"));
  EXPECT_THAT(WriteJson(contract), HasSubstr(R"("incomes":[])"));
}

TEST(WriteJson, WritesTimesMasksAndAnys) {
  Contract contract;
  contract.mutable_create_time()->set_seconds(1646438400);
  EXPECT_THAT(WriteJson(contract), HasSubstr(R"("createTime":"2022-03-05T00:00:00Z")"));
  contract.mutable_create_time()->set_nanos(1000);
  EXPECT_THAT(WriteJson(contract), HasSubstr(R"("2022-03-05T00:00:00.000001Z")"));
  contract.mutable_create_time()->set_seconds(INT64_MIN);
  contract.mutable_create_time()->set_nanos(INT32_MIN);
  EXPECT_FALSE(WriteJson(contract).empty());
  AmendContractRequest amend;
  amend.mutable_update_mask()->add_paths("seller.party_name");
  amend.mutable_update_mask()->add_paths("title");
  EXPECT_THAT(WriteJson(amend), HasSubstr(R"("updateMask":"seller.partyName,title")"));
  google::rpc::Status status;
  status.add_details()->set_type_url("x/unknown.Type");
  status.mutable_details(0)->set_value("\xFF");
  EXPECT_EQ(WriteJson(status), R"({"code":0,"message":"","details":[{"@type":"x/unknown.Type","value":"/w=="}]})");
}

TEST(WriteJson, ReplacesBytesThatAreNoText) {
  EXPECT_EQ(JsonQuoted("a\xFF\xE5\x90z合\x01"), "\"a\xEF\xBF\xBD\xEF\xBF\xBDz合\\u0001\"");
}

TEST(WriteJson, WritesOneFieldAlone) {
  contract::v1::ListContractsResponse list;
  const auto* contracts = list.GetDescriptor()->FindFieldByName("contracts");
  EXPECT_EQ(WriteJsonField(list, contracts), "[]");
  AmendContractRequest amend;
  EXPECT_EQ(WriteJsonField(amend, amend.GetDescriptor()->FindFieldByName("contract")), "null");
}

}  // namespace
}  // namespace kechuang::api
