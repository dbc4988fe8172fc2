// Holds the OpenAPI document to the descriptors: every RPC, every field, every limit, every enum value.
#include "services/gateway/openapi.h"

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "gmock/gmock.h"
#include "google/protobuf/message.h"
#include "gtest/gtest.h"

#include "common/api/comments.h"
#include "common/api/http_route.h"
#include "common/base/error.h"
#include "common/rpc/http_message.h"
#include "common/rpc/validate.h"
#include "kechuang/api/v1/options.pb.h"
#include "kechuang/api/v1/reasons.pb.h"
#include "kechuang/loan/v1/reasons.pb.h"
#include "nlohmann/json.hpp"
#include "services/gateway/gateway.h"
#include "services/gateway/openapi_errors.h"
#include "services/gateway/openapi_example.h"
#include "services/gateway/openapi_path.h"
#include "services/gateway/openapi_schema.h"
#include "services/gateway/upload.h"
#include "services/gateway/upload_request.h"

namespace kechuang::gateway {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::MethodDescriptor;
using google::protobuf::ServiceDescriptor;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using Gaps = std::vector<std::string>;
using Json = nlohmann::json;

std::vector<const ServiceDescriptor*> Services() {
  std::vector<const ServiceDescriptor*> services;
  for (const char* area : {"enterprise", "loan", "contract", "report", "identity"}) {
    for (const ServiceDescriptor* service : ServicesOf(area)) services.push_back(service);
  }
  return services;
}

std::vector<const MethodDescriptor*> Methods() {
  std::vector<const MethodDescriptor*> methods;
  for (const ServiceDescriptor* service : Services()) {
    for (int i = 0; i < service->method_count(); ++i) methods.push_back(service->method(i));
  }
  return methods;
}

const Json& Document() {
  static const Json document = Json::parse(OpenApiJson(Services()));
  return document;
}

const Json& Schema(const std::string& name) { return Document()["components"]["schemas"].at(name); }

// The schema behind a reference, or the schema itself.
const Json& Resolved(const Json& schema) {
  if (!schema.contains("$ref")) return schema;
  return Document().at(Json::json_pointer(schema["$ref"].get<std::string>().substr(1)));
}

const Json* OperationOf(const api::HttpRoute& route) {
  const auto path = Document()["paths"].find(PathOf(route).text);
  if (path == Document()["paths"].end()) return nullptr;
  const auto operation = path->find(absl::AsciiStrToLower(route.verb));
  return operation == path->end() ? nullptr : &*operation;
}

void VisitRoutes(const std::function<void(const api::HttpRoute&, const Json&)>& visit) {
  for (const MethodDescriptor* method : Methods()) {
    const auto routes = api::RoutesOf(*method);
    ASSERT_TRUE(routes.ok()) << routes.status();
    for (const api::HttpRoute& route : *routes) {
      const Json* operation = OperationOf(route);
      ASSERT_NE(operation, nullptr) << method->full_name() << " " << route.path.text();
      visit(route, *operation);
    }
  }
}

// Every object below a value, and the key under which it stands.
void VisitObjects(const Json& value, const std::function<void(const Json&)>& visit) {
  if (value.is_object()) visit(value);
  if (value.is_structured()) {
    for (const Json& below : value) VisitObjects(below, visit);
  }
}

const Json* ParameterOf(const Json& operation, const std::string& in, const std::string& name) {
  if (!operation.contains("parameters")) return nullptr;
  for (const Json& parameter : operation["parameters"]) {
    if (parameter["in"] == in && parameter["name"] == name) return &parameter;
  }
  return nullptr;
}

const Json& BodyOf(const Json& operation) {
  return Resolved(operation.at("requestBody").at("content").begin()->at("schema"));
}

TEST(OpenApi, HasARouteForEveryRpc) {
  Gaps gaps;
  size_t operations = 0;
  for (const MethodDescriptor* method : Methods()) {
    const auto routes = api::RoutesOf(*method);
    ASSERT_TRUE(routes.ok()) << routes.status();
    if (routes->empty()) gaps.push_back(method->full_name());
    for (const api::HttpRoute& route : *routes) {
      ++operations;
      const Json* operation = OperationOf(route);
      const std::string name = absl::StrCat(method->service()->full_name(), "/", method->name());
      if (operation == nullptr || (*operation)["x-grpc-method"] != name) gaps.push_back(name);
    }
  }
  EXPECT_THAT(gaps, IsEmpty());
  EXPECT_GT(operations, 70u);
}

TEST(OpenApi, TellsOperationsApart) {
  std::set<std::string> ids;
  VisitRoutes([&](const api::HttpRoute&, const Json& operation) {
    EXPECT_TRUE(ids.insert(operation["operationId"].get<std::string>()).second) << operation["operationId"];
  });
}

TEST(OpenApi, NamesPermissionSummaryAndErrorsOfEachOperation) {
  VisitRoutes([&](const api::HttpRoute& route, const Json& operation) {
    const std::string& name = route.method->full_name();
    EXPECT_EQ(operation["x-permission"], route.method->options().GetExtension(api::v1::permission)) << name;
    EXPECT_THAT(operation["summary"].get<std::string>(), Not(IsEmpty())) << name;
    EXPECT_EQ(operation["tags"], Json::array({route.method->service()->name()})) << name;
    for (const char* status : {"200", "400", "401", "403", "404", "409", "429", "500", "503", "default"}) {
      EXPECT_TRUE(operation["responses"].contains(status)) << name << " " << status;
    }
  });
}

TEST(OpenApi, RefersToNothingThatIsMissing) {
  Gaps gaps;
  size_t references = 0;
  VisitObjects(Document(), [&](const Json& object) {
    const auto reference = object.find("$ref");
    if (reference == object.end() || !reference->is_string()) return;
    ++references;
    if (!Document().contains(Json::json_pointer(reference->get<std::string>().substr(1)))) gaps.push_back(*reference);
  });
  EXPECT_THAT(gaps, IsEmpty());
  EXPECT_GT(references, 500u);
}

// Whether the operation lets a caller say a field of the request.
bool CanSay(const api::HttpRoute& route, const Json& operation, const FieldDescriptor& field) {
  for (const PathParameter& parameter : PathOf(route).parameters) {
    if (parameter.field == &field) return ParameterOf(operation, "path", parameter.name) != nullptr;
  }
  if (route.body == "*") return BodyOf(operation)["properties"].contains(field.json_name());
  if (&field == route.body_field) return operation.contains("requestBody");
  if (operation.contains("parameters")) {
    for (const Json& parameter : operation["parameters"]) {
      const std::string name = parameter["name"];
      if (name == field.json_name() || absl::StartsWith(name, field.json_name() + ".")) return true;
    }
  }
  return false;
}

TEST(OpenApi, LetsCallersSayEveryFieldOfARequest) {
  Gaps gaps;
  size_t fields = 0;
  VisitRoutes([&](const api::HttpRoute& route, const Json& operation) {
    const Descriptor& request = *route.method->input_type();
    for (int i = 0; i < request.field_count(); ++i) {
      ++fields;
      if (!CanSay(route, operation, *request.field(i))) gaps.push_back(request.field(i)->full_name());
    }
  });
  EXPECT_THAT(gaps, IsEmpty());
  EXPECT_GT(fields, 200u);
}

// Every message that a request or an answer leads to.
std::set<const Descriptor*> Messages() {
  std::set<const Descriptor*> seen;
  const std::function<void(const Descriptor*)> add = [&](const Descriptor* type) {
    if (!absl::StartsWith(type->full_name(), "kechuang.") || !seen.insert(type).second) return;
    for (int i = 0; i < type->field_count(); ++i) {
      if (type->field(i)->message_type() != nullptr) add(type->field(i)->message_type());
    }
  };
  for (const MethodDescriptor* method : Methods()) add(method->output_type());
  return seen;
}

TEST(OpenApi, ShowsEveryFieldOfEveryAnswer) {
  Gaps gaps;
  for (const Descriptor* type : Messages()) {
    const Json& properties = Schema(SchemaName(type->full_name()))["properties"];
    EXPECT_EQ(properties.size(), static_cast<size_t>(type->field_count())) << type->full_name();
    for (int i = 0; i < type->field_count(); ++i) {
      const FieldDescriptor& field = *type->field(i);
      const Json& property = properties.at(field.json_name());
      const bool described = property.contains("description") &&
                             property["description"] == std::string(api::WithoutBehavior(api::CommentOf(field)));
      if (!described) gaps.push_back(field.full_name());
      EXPECT_EQ(property.value("readOnly", false), Behaves(field, google::api::OUTPUT_ONLY)) << field.full_name();
      EXPECT_EQ(property.value("x-personal-data", false), field.options().GetExtension(api::v1::field).personal_data())
          << field.full_name();
    }
  }
  EXPECT_THAT(gaps, IsEmpty());
}

TEST(OpenApi, ListsEveryValueOfEveryEnum) {
  for (const Descriptor* type : Messages()) {
    for (int i = 0; i < type->field_count(); ++i) {
      const EnumDescriptor* values = type->field(i)->enum_type();
      if (values == nullptr) continue;
      const Json& schema = Schema(SchemaName(values->full_name()));
      ASSERT_EQ(schema["enum"].size(), static_cast<size_t>(values->value_count())) << values->full_name();
      EXPECT_EQ(schema["enum"].back(), values->value(values->value_count() - 1)->name());
      EXPECT_THAT(schema["description"].get<std::string>(), HasSubstr(api::CommentOf(*values->value(0))));
    }
  }
}

// Fills one text or list of a request, and says whether the check at the door finds it too long.
bool IsTooLong(const MethodDescriptor& method, const FieldDescriptor& field, size_t size) {
  const std::unique_ptr<Message> request(
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(method.input_type())->New());
  const google::protobuf::Reflection& reflection = *request->GetReflection();
  if (field.is_repeated()) {
    for (size_t i = 0; i < size; ++i) {
      if (field.message_type() != nullptr) reflection.AddMessage(request.get(), &field);
      if (field.cpp_type() == FieldDescriptor::CPPTYPE_STRING) reflection.AddString(request.get(), &field, "a");
      if (field.enum_type() != nullptr) reflection.AddEnumValue(request.get(), &field, 1);
    }
  } else {
    reflection.SetString(request.get(), &field, std::string(size, '1'));
  }
  Faults faults;
  rpc::CheckMessage(*request, "", faults);
  const auto bad_request = DetailOf<google::rpc::BadRequest>(faults.status());
  if (!bad_request.has_value()) return false;
  for (const auto& violation : bad_request->field_violations()) {
    if (violation.field() == field.name() && violation.reason() == "FIELD_TOO_LONG") return true;
  }
  return false;
}

TEST(OpenApi, StatesTheLimitsThatAreChecked) {
  size_t checked = 0;
  VisitRoutes([&](const api::HttpRoute& route, const Json& operation) {
    const Descriptor& request = *route.method->input_type();
    for (int i = 0; i < request.field_count(); ++i) {
      const FieldDescriptor& field = *request.field(i);
      const Json* parameter = ParameterOf(operation, "query", field.json_name());
      const Json* schema = parameter != nullptr ? &(*parameter)["schema"] : nullptr;
      if (route.body == "*" && BodyOf(operation)["properties"].contains(field.json_name())) {
        schema = &BodyOf(operation)["properties"][field.json_name()];
      }
      if (schema == nullptr) continue;
      const char* limit = field.is_repeated() ? "maxItems" : "maxLength";
      if (!schema->contains(limit)) continue;
      const size_t most = (*schema)[limit];
      EXPECT_FALSE(IsTooLong(*route.method, field, most)) << field.full_name();
      EXPECT_TRUE(IsTooLong(*route.method, field, most + 1)) << field.full_name();
      ++checked;
    }
  });
  EXPECT_GT(checked, 100u);
}

TEST(OpenApi, WritesMoneyAsTextWithItsRange) {
  const Json& amount = Schema("contract.Contract")["properties"]["totalAmountFen"];
  EXPECT_EQ(amount["type"], "string");
  EXPECT_EQ(amount["format"], "int64");
  EXPECT_EQ(amount["pattern"], "^[0-9]{1,19}$");
  EXPECT_EQ(amount["x-minimum"], "0");
  EXPECT_EQ(amount["x-maximum"], "9000000000000000");
  EXPECT_EQ(amount["examples"], Json::array({"50000000"}));
}

TEST(OpenApi, WritesDatesTimesAndMasksAsTheJsonHasThem) {
  EXPECT_EQ(Schema("contract.Contract")["properties"]["signingDate"]["$ref"], "#/components/schemas/google.type.Date");
  EXPECT_EQ(Schema("contract.Contract")["properties"]["createTime"]["format"], "date-time");
  const Json& update = Document()["paths"]["/v1/contracts/{contract}"]["patch"];
  const Json* mask = ParameterOf(update, "query", "updateMask");
  ASSERT_NE(mask, nullptr);
  EXPECT_EQ((*mask)["schema"]["type"], "string");
  EXPECT_FALSE(mask->contains("required")) << "a mask that lacks is made from the body";
}

TEST(OpenApi, AsksForWhatIsRequiredOnlyWhereItIs) {
  EXPECT_EQ(Schema("enterprise.BatchGetEnterprisesResponse").count("required"), 0u);
  const Json& get = Document()["paths"]["/v1/annualReports/{year}"]["get"];
  const Json* year = ParameterOf(get, "path", "year");
  ASSERT_NE(year, nullptr);
  EXPECT_EQ((*year)["required"], true);
  EXPECT_EQ((*year)["schema"]["type"], "integer");
  EXPECT_EQ((*year)["schema"]["minimum"], 1980);
  EXPECT_EQ((*year)["example"], 2022);
  const Json& create = Document()["paths"]["/v1/pools"]["post"];
  EXPECT_THAT(Resolved(create["requestBody"]["content"]["application/json"]["schema"])["required"].dump(),
              HasSubstr("poolName"));
  const Json& update = Document()["paths"]["/v1/pools/{pool}"]["patch"];
  EXPECT_FALSE(BodyOf(update).contains("required")) << "a change states what changes";
}

TEST(OpenApi, ShowsPathsWithTheirNamesWrittenOut) {
  const Json& paths = Document()["paths"];
  ASSERT_TRUE(paths.contains("/v1/pools/{pool}/postings/{posting}:reverse")) << paths.dump().substr(0, 500);
  const Json& reverse = paths["/v1/pools/{pool}/postings/{posting}:reverse"]["post"];
  const Json* posting = ParameterOf(reverse, "path", "posting");
  ASSERT_NE(posting, nullptr);
  EXPECT_EQ((*posting)["schema"]["type"], "string");
  EXPECT_FALSE(BodyOf(reverse)["properties"].contains("name")) << "the path says it";
}

TEST(OpenApi, DescribesStreamsAsLines) {
  const Json& verify = Document()["paths"]["/v1/loanJournal:verify"]["get"];
  EXPECT_TRUE(verify["responses"]["200"]["content"].contains("application/x-ndjson"));
  const Json& import = Document()["paths"]["/v1/contracts:import"]["post"];
  EXPECT_TRUE(import["requestBody"]["content"].contains("application/x-ndjson"));
}

TEST(OpenApi, DescribesUploadsAsTheyAreRead) {
  const Json& upload = Document()["paths"]["/v1/files:import"]["post"];
  rpc::HttpRequest request{.verb = "POST", .target = kUploadPath, .headers = {}};
  char mark = '?';
  for (const Json& parameter : upload["parameters"]) {
    const std::string value = parameter["schema"]["type"] == "boolean" ? "true" : "a.csv";
    absl::StrAppend(&request.target, std::string(1, std::exchange(mark, '&')), parameter["name"].get<std::string>(),
                    "=", value);
  }
  const auto options = ReadUpload(request);
  ASSERT_TRUE(options.ok()) << options.status();
  EXPECT_TRUE(options->dry_run && options->partial && options->overwrite && options->create_missing);
  EXPECT_FALSE(options->pool.empty() || options->division.empty());
}

TEST(OpenApi, ListsTheReasonsOfAllAreas) {
  const std::string reasons = Schema("Reason")["enum"].dump();
  EXPECT_THAT(reasons, HasSubstr(api::v1::Reason_Name(api::v1::RECORD_NOT_FOUND)));
  EXPECT_THAT(reasons, HasSubstr(loan::v1::Reason_Name(loan::v1::LOAN_WRONG_STATE)));
  const Json& submit = Document()["paths"]["/v1/loans/{loan}:submit"]["post"];
  EXPECT_THAT(submit["x-reasons"].dump(), HasSubstr("\"BANK_OPINION_MISSING\""));
  EXPECT_THAT(ReasonsIn("Refuses with A_B or A_BC1, not A_.", {"A_B", "A_BC1", "A"}), ElementsAre("A_B", "A_BC1"));
}

TEST(OpenApi, IsTheSameEachTime) { EXPECT_EQ(OpenApiJson(Services()), OpenApiJson(Services())); }

TEST(ExampleIn, TakesTheValueAndLeavesTheProse) {
  EXPECT_EQ(ExampleIn("In fen. Example: 50000000 for 50 万元"), "50000000");
  EXPECT_EQ(ExampleIn("Example: 2022, or 2022-12-31 for a day"), "2022");
  EXPECT_EQ(ExampleIn("Example: buyer.credit_code"), "buyer.credit_code");
  EXPECT_EQ(ExampleIn("Example: 142 for China, 502 for others. More."), "142");
  EXPECT_EQ(ExampleIn("Example: a UUID"), "");
  EXPECT_EQ(ExampleIn("Nothing."), "");
}

}  // namespace
}  // namespace kechuang::gateway
