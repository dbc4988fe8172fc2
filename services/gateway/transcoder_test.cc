#include "services/gateway/transcoder.h"

#include <cstdlib>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "gmock/gmock.h"
#include "google/protobuf/util/message_differencer.h"
#include "google/rpc/error_details.pb.h"
#include "gtest/gtest.h"

#include "common/api/field_text.h"
#include "common/api/json.h"
#include "common/api/test_message.h"
#include "common/base/error.h"
#include "common/domain/name_text.h"
#include "kechuang/api/v1/reasons.pb.h"
#include "kechuang/contract/v1/contract_service.pb.h"
#include "kechuang/loan/v1/loan_service.pb.h"
#include "nlohmann/json.hpp"
#include "services/gateway/rest_query.h"

namespace kechuang::gateway {
namespace {

using contract::v1::UpdateContractRequest;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::MethodDescriptor;
using google::protobuf::ServiceDescriptor;
using google::protobuf::util::MessageDifferencer;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

constexpr char kJson[] = "application/json";
constexpr int kMutations = 10'000;

std::vector<const ServiceDescriptor*> Services() {
  std::vector<const ServiceDescriptor*> services;
  for (const char* area : {"contract", "enterprise", "loan", "report", "identity"}) {
    for (const char* kind : {"_service", "_journal_service"}) {
      const auto* file = google::protobuf::DescriptorPool::generated_pool()->FindFileByName(
          absl::StrCat("kechuang/", area, "/v1/", area, kind, ".proto"));
      for (int i = 0; file != nullptr && i < file->service_count(); ++i) services.push_back(file->service(i));
    }
  }
  return services;
}

const Transcoder& Rest() {
  static const auto* const kTranscoder = new Transcoder(Services());
  return *kTranscoder;
}

uint64_t Seed() {
  const char* given = std::getenv("KECHUANG_SEED");
  const uint64_t seed = given == nullptr ? 20220305 : std::strtoull(given, nullptr, 10);
  std::printf("KECHUANG_SEED=%llu\n", static_cast<unsigned long long>(seed));
  return seed;
}

// The message of a request, which must be well.
template <typename Request>
Request Read(const std::string& verb, const std::string& target, const std::string& body = "") {
  const auto call = Rest().ToCall({verb, target, kJson, body});
  EXPECT_TRUE(call.ok()) << verb << " " << target << " " << call.status();
  Request request;
  if (call.ok()) request.CopyFrom(*call->request);
  return request;
}

// "path|REASON|sentence" of every fault of a request.
std::vector<std::string> FaultsOf(const std::string& verb, const std::string& target, const std::string& body = "") {
  const absl::Status status = Rest().ToCall({verb, target, kJson, body}).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << verb << " " << target;
  const auto bad_request = DetailOf<google::rpc::BadRequest>(status).value_or(google::rpc::BadRequest());
  std::vector<std::string> faults;
  for (const auto& violation : bad_request.field_violations()) {
    faults.push_back(absl::StrCat(violation.field(), "|", violation.reason(), "|", violation.description()));
    EXPECT_FALSE(violation.localized_message().message().empty()) << target;
  }
  return faults;
}

// The field at a path of one or two names, and the message that holds it.
std::pair<Message*, const FieldDescriptor*> At(Message& message, const std::string& path) {
  const size_t dot = path.find('.');
  if (dot == std::string::npos) return {&message, message.GetDescriptor()->FindFieldByName(path)};
  const FieldDescriptor* above = message.GetDescriptor()->FindFieldByName(path.substr(0, dot));
  Message* holder = message.GetReflection()->MutableMessage(&message, above);
  return {holder, holder->GetDescriptor()->FindFieldByName(path.substr(dot + 1))};
}

// What a client of REST does: takes a message apart into path, query and body.
class Client {
 public:
  Client(const api::HttpRoute& route, const Message& request) : route_(route), rest_(request.New()) {
    rest_->CopyFrom(request);
  }

  RestRequest Build() {
    std::vector<api::Capture> captures;
    for (const std::string& variable : route_.path.variables()) captures.push_back(Take(variable));
    RestRequest request{route_.verb, route_.path.Expand(captures).value_or("/"), kJson, ""};
    if (route_.body == "*") {
      request.body = api::WriteJson(*rest_);
      return request;
    }
    if (route_.body_field != nullptr) {
      request.body = api::WriteJsonField(*rest_, route_.body_field);
      rest_->GetReflection()->ClearField(rest_.get(), route_.body_field);
    }
    AddQuery(*rest_, "");
    if (!query_.empty()) request.target += "?" + absl::StrJoin(query_, "&");
    return request;
  }

 private:
  // Takes a field of the path out of the message.
  api::Capture Take(const std::string& path) {
    const auto [holder, field] = At(*rest_, path);
    const nlohmann::json value = nlohmann::json::parse(api::WriteJsonField(*holder, field));
    holder->GetReflection()->ClearField(holder, field);
    return {path, value.is_string() ? value.get<std::string>() : value.dump()};
  }

  void AddQuery(const Message& message, const std::string& prefix) {
    std::vector<const FieldDescriptor*> fields;
    message.GetReflection()->ListFields(message, &fields);
    for (const FieldDescriptor* field : fields) {
      // Every other name as in JSON.
      const std::string name = prefix + (field->index() % 2 == 0 ? field->name() : field->json_name());
      if (field->message_type() != nullptr && !api::HasTextForm(*field->message_type())) {
        AddQuery(message.GetReflection()->GetMessage(message, field), name + ".");
        continue;
      }
      const nlohmann::json value = nlohmann::json::parse(api::WriteJsonField(message, field));
      if (!field->is_repeated()) Add(name, value);
      for (size_t i = 0; field->is_repeated() && i < value.size(); ++i) Add(name, value[i]);
    }
  }

  void Add(const std::string& name, const nlohmann::json& value) {
    std::string text = value.is_string() ? value.get<std::string>() : value.dump();
    if (value.is_object()) {
      text = absl::StrFormat("%04d-%02d-%02d", value["year"].get<int>(), value["month"].get<int>(),
                             value["day"].get<int>());
    }
    std::string encoded;
    for (const char c : text) absl::StrAppendFormat(&encoded, "%%%02x", static_cast<unsigned char>(c));
    query_.push_back(name + "=" + encoded);
  }

  const api::HttpRoute& route_;
  std::unique_ptr<Message> rest_;
  std::vector<std::string> query_;
};

// A random request that the route can carry.
std::unique_ptr<Message> RandomRequest(const api::HttpRoute& route, api::RandomMessages& random) {
  std::unique_ptr<Message> request(
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(route.method->input_type())->New());
  random.Fill(*request);
  // The names in a path have its form; a segment of one holds no slash, encoded or not.
  for (const std::string& variable : route.path.variables()) {
    const auto [holder, field] = At(*request, variable);
    holder->GetReflection()->ClearField(holder, field);
    const std::string& text = route.path.text();
    const std::string id = absl::StrReplaceAll(random.Text(), {{"/", "_"}, {"%", "~"}}) + "7";
    const size_t start = text.find("{" + variable + "=") + variable.size() + 2;
    const std::string name = absl::StrReplaceAll(text.substr(start, text.find('}', start) - start), {{"*", id}});
    const bool number = field->cpp_type() != FieldDescriptor::CPPTYPE_STRING;
    EXPECT_TRUE(api::SetFromText(*holder, field, number ? "2022" : name).ok()) << variable;
  }
  // An empty mask of a PATCH is filled by the gateway, and a mask names fields that are there.
  if (route.verb == "PATCH") {
    const FieldDescriptor* mask = request->GetDescriptor()->FindFieldByName("update_mask");
    request->GetReflection()->ClearField(request.get(), mask);
    google::protobuf::FieldMask paths;
    paths.add_paths(route.body_field->message_type()->field(2)->name());
    request->GetReflection()->MutableMessage(request.get(), mask)->ParseFromString(paths.SerializeAsString());
    request->GetReflection()->MutableMessage(request.get(), route.body_field);
  }
  return request;
}

TEST(Transcoder, CarriesEveryMethodOfEveryRoute) {
  api::RandomMessages random(Seed());
  std::set<std::string> methods;
  for (const auto& route : Rest().router().routes()) {
    if (route->method->client_streaming()) continue;
    methods.insert(route->method->full_name());
    for (int i = 0; i < 20; ++i) {
      const std::unique_ptr<Message> sent = RandomRequest(*route, random);
      const RestRequest request = Client(*route, *sent).Build();
      const auto call = Rest().ToCall(request);
      ASSERT_TRUE(call.ok()) << request.verb << " " << request.target << "\n" << request.body << "\n" << call.status();
      ASSERT_EQ(call->method, route->method);
      ASSERT_TRUE(MessageDifferencer::Equals(*sent, *call->request)) << request.verb << " " << request.target << "\n"
                                                                     << request.body << "\n"
                                                                     << sent->DebugString() << "\n---\n"
                                                                     << call->request->DebugString();
    }
  }
  for (const ServiceDescriptor* service : Services()) {
    for (int i = 0; i < service->method_count(); ++i) {
      const MethodDescriptor& method = *service->method(i);
      if (method.client_streaming() || method.server_streaming()) continue;
      EXPECT_TRUE(methods.contains(method.full_name())) << method.full_name();
    }
  }
}

TEST(Transcoder, BindsAQueryByItsDescriptor) {
  const auto totals = Read<contract::v1::GetContractTotalsRequest>(
      "GET", "/v1/contracts:totals?year=2022&division_code=640105&groupBy=TOTALS_DIMENSION_MONTH&group_by=2&view=1");
  EXPECT_EQ(totals.year(), 2022);
  EXPECT_EQ(totals.division_code(), "640105");
  EXPECT_THAT(totals.group_by(),
              ElementsAre(contract::v1::TOTALS_DIMENSION_MONTH, contract::v1::TOTALS_DIMENSION_CLASS));
  EXPECT_EQ(totals.view(), contract::v1::TOTALS_VIEW_OUTPUT);
  const auto list = Read<contract::v1::ListContractsRequest>(
      "GET", "/v1/contracts?filter=contract_name%3D%22a+b%26%E5%90%88%22&&pageSize=5");
  EXPECT_EQ(list.filter(), "contract_name=\"a b&合\"");
  EXPECT_EQ(list.page_size(), 5);
  const auto batch = Read<contract::v1::BatchGetContractsRequest>("HEAD", "/v1/contracts:batchGet?names=a&names=b");
  EXPECT_THAT(batch.names(), ElementsAre("a", "b"));
}

TEST(Transcoder, RefusesWhatAQueryMustNotSay) {
  const std::vector<std::pair<const char*, const char*>> cases = {
      {"/v1/contracts?pagesize=5",
       "pagesize|FIELD_UNKNOWN|ListContractsRequest has no such field; did you mean pageSize?"},
      {"/v1/contracts?page_size=5&pageSize=6", "page_size|FIELD_MALFORMED|is given twice"},
      {"/v1/contracts?page_size=five", "page_size|FIELD_MALFORMED|must be a whole number, not \"five\""},
      {"/v1/contracts?page_size=", "page_size|FIELD_MALFORMED|must be a whole number, not \"\""},
      {"/v1/contracts?page_size=3000000000", "page_size|FIELD_OUT_OF_RANGE|must be from -2147483648 to 2147483647"},
      {"/v1/contracts?page_size.x=1", "page_size.x|FIELD_MALFORMED|goes on after a field"},
      {"/v1/contracts?filter=%", "filter|FIELD_MALFORMED|is no percent-encoded UTF-8"},
      {"/v1/contracts?=1", "query|FIELD_UNKNOWN|"},
      {"/v1/contracts/7?name=contracts%2F8", "name|FIELD_MALFORMED|stands in the path already"},
      {"/v1/contracts:totals?view=OUTPT", "view|FIELD_UNKNOWN_VALUE|\"OUTPT\" is no value of TotalsView"},
  };
  for (const auto& [target, fault] : cases)
    EXPECT_THAT(FaultsOf("GET", target), ElementsAre(StartsWith(fault))) << target;
  EXPECT_THAT(FaultsOf("POST", "/v1/contracts/7:submit?validateOnly=true", "{}"),
              ElementsAre("validate_only|FIELD_MALFORMED|belongs in the body of this call, not in its query"));
  EXPECT_THAT(FaultsOf("POST", "/v1/contracts?contract.contractName=x&validateOnly=yes", "{}"),
              ElementsAre("contract.contract_name|FIELD_MALFORMED|belongs in the body of this call, not in its query",
                          "validate_only|FIELD_MALFORMED|must be true or false, not \"yes\""));
  std::string many = "/v1/contracts:batchGet?a=b";
  for (size_t i = 0; i < kQueryParametersMax; ++i) many += "&names=a";
  EXPECT_THAT(FaultsOf("GET", many), ElementsAre("query|FIELD_TOO_LONG|has more than 2000 parameters"));
}

TEST(Transcoder, SaysTheFaultsOfPathQueryAndBodyAtOnce) {
  EXPECT_THAT(
      FaultsOf("PATCH", "/v1/contracts/7?valdate_only=true&updateMask=titl",
               R"({"name":"contracts/8","totalAmountFen":1.5})"),
      ElementsAre("contract.total_amount_fen|FIELD_MALFORMED|must be a whole number, not the number 1.5",
                  "contract.name|FIELD_MALFORMED|is \"contracts/7\" in the path, but \"contracts/8\" in the body",
                  "valdate_only|FIELD_UNKNOWN|UpdateContractRequest has no such field; did you mean validate_only?",
                  "update_mask|FIELD_UNKNOWN|titl: Contract has no such field"));
}

TEST(Transcoder, TakesAPathThatTheBodyRepeats) {
  const auto request = Read<UpdateContractRequest>("PATCH", "/v1/contracts/7", R"({"name":"contracts/7"})");
  EXPECT_EQ(request.contract().name(), "contracts/7");
  EXPECT_THAT(request.update_mask().paths(), IsEmpty());
}

TEST(Transcoder, BuildsTheMaskOfAPatchFromItsBody) {
  const auto request =
      Read<UpdateContractRequest>("PATCH", "/v1/contracts/7?validateOnly=true",
                                  R"({"totalAmountFen":null,"seller":{"partyName":"甲","creditCode":null},
      "signingDate":"2022-03-05","state":"CONTRACT_STATE_DRAFT","etag":"x","incomes":[],"createTime":null})");
  EXPECT_THAT(request.update_mask().paths(),
              ElementsAre("total_amount_fen", "seller.party_name", "seller.credit_code", "signing_date"));
  EXPECT_FALSE(request.contract().has_total_amount_fen());
  EXPECT_EQ(request.contract().seller().party_name(), "甲");
  EXPECT_TRUE(request.validate_only());
}

TEST(Transcoder, TakesEveryFormOfAMask) {
  for (const char* query : {
           "updateMask=contractName,seller.partyName",
           "update_mask=contract_name&update_mask=seller.party_name",
           "updateMask=contract_name&update_mask=seller.partyName",
           "updateMask=%7B%22paths%22:%5B%22contractName%22,%22seller.party_name%22%5D%7D",
           "update_mask=%7B%22paths%22:%5B%22contract_name%22,%22seller.partyName%22%5D%7D",
           "updateMask.paths=contractName&update_mask.paths=seller.party_name",
           "updateMask=contract_name%2C%20seller.party_name",
       }) {
    const auto request =
        Read<UpdateContractRequest>("PATCH", absl::StrCat("/v1/contracts/7?", query), R"({"contractName":"x"})");
    EXPECT_THAT(request.update_mask().paths(), ElementsAre("contract_name", "seller.party_name")) << query;
  }
  EXPECT_THAT(Read<UpdateContractRequest>("PATCH", "/v1/contracts/7?updateMask=*", "{}").update_mask().paths(),
              ElementsAre("*"));
}

TEST(Transcoder, NamesTheRightFormOfAMask) {
  for (const char* query :
       {"updateMask=contract_name;seller", "updateMask=%5B%22contractName%22%5D", "updateMask=a,,b"}) {
    EXPECT_THAT(FaultsOf("PATCH", absl::StrCat("/v1/contracts/7?", query), "{}"),
                ElementsAre(HasSubstr("expected field names joined by commas, such as title,seller.partyName, or "
                                      "{\"paths\":[\"title\",\"seller.party_name\"]}")))
        << query;
  }
  EXPECT_THAT(FaultsOf("PATCH", "/v1/contracts/7?updateMask=%7B%22path%22:%5B%5D%7D", "{}"),
              ElementsAre("update_mask.path|FIELD_UNKNOWN|FieldMask has no such field; did you mean paths?"));
  EXPECT_THAT(
      FaultsOf("PATCH", "/v1/contracts/7?updateMask=contractNam,incomes.amountFen", "{}"),
      ElementsAre("update_mask|FIELD_UNKNOWN|contract_nam: Contract has no such field; did you mean contract_name?",
                  "update_mask|FIELD_UNKNOWN|incomes.amount_fen: a mask cannot go further than incomes"));
}

TEST(Transcoder, TakesABodyOnlyWhereThereIsOne) {
  EXPECT_THAT(FaultsOf("GET", "/v1/contracts", "{}"),
              ElementsAre(StartsWith("body|FIELD_UNKNOWN|this call takes no body")));
  EXPECT_EQ(Read<contract::v1::SubmitContractRequest>("POST", "/v1/contracts/7:submit").name(), "contracts/7");
  EXPECT_FALSE(Read<contract::v1::CreateContractRequest>("POST", "/v1/contracts").has_contract());
}

TEST(Transcoder, TakesJsonAlone) {
  const auto status = [](const char* verb, const char* target, const char* type) {
    return HttpStatusOf(Rest().ToCall({verb, target, type, "{}"}).status());
  };
  EXPECT_EQ(status("POST", "/v1/contracts", ""), 200);
  EXPECT_EQ(status("POST", "/v1/contracts", "Application/JSON; charset=UTF-8"), 200);
  EXPECT_EQ(status("PATCH", "/v1/contracts/7", "application/merge-patch+json"), 200);
  for (const char* type : {"text/plain", "application/x-www-form-urlencoded", "application/json; charset=gbk",
                           "application/merge-patch+json"}) {
    EXPECT_EQ(status("POST", "/v1/contracts", type), 415) << type;
  }
}

TEST(Transcoder, FindsTheRouteBeforeTheBody) {
  EXPECT_EQ(HttpStatusOf(Rest().Find("GET", "/v1/contrats?x=1").status()), 404);
  EXPECT_EQ(HttpStatusOf(Rest().Find("DELETE", "/v1/contracts/7?x=1").status()), 405);
  EXPECT_EQ(HttpStatusOf(Rest().Find("GET", "/v1/contracts/%").status()), 400);
  EXPECT_EQ(Rest().AllowedVerbs("/v1/contracts/7?x=1"), "GET, HEAD, OPTIONS, PATCH");
  EXPECT_EQ(Rest().Find("GET", "/v1/contracts/7?a=b?c")->query, "a=b?c");
}

TEST(HttpStatusOf, GoesByTheCodeAndSometimesTheReason) {
  const auto of = [](absl::StatusCode code, api::v1::Reason reason) {
    return HttpStatusOf(Refuse(code, reason).Says("x", "x"));
  };
  EXPECT_EQ(HttpStatusOf(absl::OkStatus()), 200);
  EXPECT_EQ(of(absl::StatusCode::kAborted, api::v1::ETAG_MISMATCH), 412);
  EXPECT_EQ(of(absl::StatusCode::kAborted, api::v1::CONFLICT), 409);
  EXPECT_EQ(of(absl::StatusCode::kResourceExhausted, api::v1::FIELD_TOO_LONG), 413);
  EXPECT_EQ(of(absl::StatusCode::kResourceExhausted, api::v1::OVERLOADED), 429);
  EXPECT_EQ(of(absl::StatusCode::kUnimplemented, api::v1::METHOD_UNKNOWN), 501);
  EXPECT_EQ(HttpStatusOf(absl::UnavailableError("")), 503);
  EXPECT_EQ(HttpStatusOf(absl::DeadlineExceededError("")), 504);
  EXPECT_EQ(HttpStatusOf(absl::UnauthenticatedError("")), 401);
  EXPECT_EQ(HttpStatusOf(absl::DataLossError("")), 500);
}

TEST(ErrorJson, CarriesEveryDetail) {
  const absl::Status status = Refuse(absl::StatusCode::kFailedPrecondition, api::v1::RECORD_DELETED)
                                  .About("loans/7")
                                  .With("left_fen", 200)
                                  .RetryAfter(absl::Milliseconds(1500))
                                  .Says("loans/7 is \"deleted\"", "loans/7 已删除");
  const nlohmann::json error = nlohmann::json::parse(ErrorJson(status));
  EXPECT_EQ(error["code"], 9);
  EXPECT_EQ(error["status"], "FAILED_PRECONDITION");
  EXPECT_EQ(error["message"], "loans/7 is \"deleted\"");
  std::set<std::string> types;
  for (const auto& detail : error["details"]) types.insert(detail["@type"].get<std::string>());
  EXPECT_EQ(types.size(), 5u);
  EXPECT_THAT(ErrorJson(status),
              HasSubstr(R"({"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"1.500s"})"));
  EXPECT_THAT(ErrorJson(status), HasSubstr(R"("metadata":{"left_fen":"200"})"));
  EXPECT_EQ(ErrorJson(absl::NotFoundError("x")), R"({"code":5,"message":"x","status":"NOT_FOUND","details":[]})");
}

TEST(Transcoder, NeverSaysHowItIsMade) {
  api::RandomMessages random(Seed());
  const auto& routes = Rest().router().routes();
  int refused = 0;
  for (int i = 0; i < kMutations; ++i) {
    const api::HttpRoute& route = *routes[random.Below(routes.size())];
    RestRequest request = Client(route, *RandomRequest(route, random)).Build();
    std::string& part = random.Below(2) == 0 ? request.target : request.body;
    part = api::Mutated(part, random);
    const absl::Status status = Rest().ToCall(request).status();
    if (status.ok()) continue;
    ++refused;
    const std::string error = ErrorJson(status);
    ASSERT_TRUE(IsValidUtf8(error)) << request.target;
    ASSERT_TRUE(nlohmann::json::accept(error)) << error;
    ASSERT_TRUE(HttpStatusOf(status) >= 400 && HttpStatusOf(status) < 500) << error;
    for (const std::string& word : api::InternalWords()) {
      // The type of a detail is part of the format.
      if (word == "google::" || absl::StrContains(request.target, word) || absl::StrContains(request.body, word))
        continue;
      ASSERT_THAT(error, Not(HasSubstr(word))) << request.verb << " " << request.target << "\n" << request.body;
    }
  }
  EXPECT_GT(refused, kMutations / 2);
}

}  // namespace
}  // namespace kechuang::gateway
