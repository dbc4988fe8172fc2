#include "common/api/http_route.h"

#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "google/api/annotations.pb.h"
#include "google/protobuf/descriptor.pb.h"
#include "gtest/gtest.h"

#include "common/api/nearest.h"
#include "common/base/error.h"
#include "kechuang/contract/v1/contract_service.pb.h"
#include "kechuang/loan/v1/loan_service.pb.h"

namespace kechuang::api {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const Router& Routes() {
  static const auto* const kRouter = new Router(
      {contract::v1::Contract::descriptor()->file()->pool()->FindServiceByName("kechuang.contract.v1.ContractService"),
       contract::v1::Contract::descriptor()->file()->pool()->FindServiceByName("kechuang.loan.v1.LoanService")});
  return *kRouter;
}

std::string Metadata(const absl::Status& status, const std::string& key) {
  const auto info = DetailOf<google::rpc::ErrorInfo>(status);
  return info.has_value() && info->metadata().contains(key) ? info->metadata().at(key) : "";
}

TEST(Router, FindsTheMethodOfALine) {
  struct Case {
    const char* verb;
    const char* path;
    const char* method;
  };
  const std::vector<Case> cases = {
      {"GET", "/v1/contracts/7", "GetContract"},
      {"HEAD", "/v1/contracts/7", "GetContract"},
      {"GET", "/v1/contracts", "ListContracts"},
      {"POST", "/v1/contracts", "CreateContract"},
      {"PATCH", "/v1/contracts/7", "UpdateContract"},
      {"POST", "/v1/contracts/7:register", "RegisterContract"},
      {"GET", "/v1/contracts:batchGet", "BatchGetContracts"},
      {"GET", "/v1/pools/1:statement", "GetPoolStatement"},
      {"POST", "/v1/pools/1/postings/2:reverse", "ReversePosting"},
      {"GET", "/v1/loans/-/disbursements", "ListDisbursements"},
  };
  for (const Case& c : cases) {
    const auto found = Routes().Find(c.verb, c.path);
    ASSERT_TRUE(found.ok()) << c.verb << " " << c.path << " " << found.status();
    EXPECT_EQ(found->route->method->name(), c.method) << c.path;
  }
}

TEST(Router, SaysTheNearestPathInBothLanguages) {
  struct Case {
    const char* verb;
    const char* path;
    const char* nearest;
  };
  const std::vector<Case> cases = {
      {"POST", "/v1/contracts/7:regster", "POST /v1/contracts/*:register"},
      {"GET", "/v1/contract/7", "GET /v1/contracts/*"},
      {"GET", "/contracts", "GET /v1/contracts"},
      {"GET", "/v1/contracts/", "GET /v1/contracts"},
      {"POST", "/v1/loans/7/repay", "POST /v1/loans/*:repay"},
  };
  for (const Case& c : cases) {
    const absl::Status status = Routes().Find(c.verb, c.path).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kNotFound) << c.path;
    EXPECT_EQ(ReasonOf(status), "METHOD_UNKNOWN");
    EXPECT_EQ(Metadata(status, "nearest"), c.nearest) << c.path;
    EXPECT_THAT(std::string(status.message()), HasSubstr(absl::StrCat("the nearest is ", c.nearest)));
    EXPECT_THAT(ChineseOf(status), HasSubstr(absl::StrCat("最接近的是 ", c.nearest)));
  }
  const absl::Status far = Routes().Find("GET", "/wp-login.php").status();
  EXPECT_EQ(far.code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(far.message()), Not(HasSubstr("nearest")));
}

TEST(Router, NamesTheOtherVerbsOfAPath) {
  const absl::Status status = Routes().Find("DELETE", "/v1/contracts/7").status();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnimplemented);
  EXPECT_EQ(Metadata(status, "allow"), "GET, HEAD, OPTIONS, PATCH");
  EXPECT_EQ(Routes().AllowedVerbs("/v1/contracts"), "GET, HEAD, OPTIONS, POST");
  EXPECT_EQ(Routes().AllowedVerbs("/v1/contracts/7:register"), "OPTIONS, POST");
  EXPECT_EQ(Routes().AllowedVerbs("/v1/nothing"), "");
  EXPECT_EQ(Metadata(Routes().Find("HEAD", "/v1/contracts/7:register").status(), "allow"), "OPTIONS, POST");
}

TEST(Router, SaysWhatIsWrongWithAPath) {
  const absl::Status status = Routes().Find("GET", "/v1/contracts/100%").status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), HasSubstr("%25"));
}

// A service of methods with these paths, each a GET.
const google::protobuf::ServiceDescriptor* ServiceOf(const std::vector<std::string>& paths,
                                                     google::protobuf::DescriptorPool& pool) {
  google::protobuf::FileDescriptorProto file;
  file.set_name("routes.proto");
  file.set_syntax("proto3");
  file.add_message_type()->set_name("Any");
  for (const char* name : {"name", "parent"}) {
    google::protobuf::FieldDescriptorProto* field = file.mutable_message_type(0)->add_field();
    field->set_name(name);
    field->set_number(file.message_type(0).field_size());
    field->set_type(google::protobuf::FieldDescriptorProto::TYPE_STRING);
    field->set_label(google::protobuf::FieldDescriptorProto::LABEL_OPTIONAL);
  }
  google::protobuf::ServiceDescriptorProto* service = file.add_service();
  service->set_name("Routes");
  for (const std::string& path : paths) {
    google::protobuf::MethodDescriptorProto* method = service->add_method();
    method->set_name(absl::StrCat("M", service->method_size()));
    method->set_input_type(".Any");
    method->set_output_type(".Any");
    google::api::HttpRule* rule = method->mutable_options()->MutableExtension(google::api::http);
    rule->set_get(path);
    rule->add_additional_bindings()->set_post(path);
    rule->mutable_additional_bindings(0)->set_body("*");
  }
  // The options of a file that is built in are checked against descriptor.proto, which this pool takes from below.
  return pool.BuildFile(file)->service(0);
}

TEST(Router, PrefersLiteralsToWildcards) {
  google::protobuf::DescriptorPool pool(google::protobuf::DescriptorPool::generated_pool());
  const Router router({ServiceOf({"/v1/{name=**}", "/v1/{name=a/*}", "/v1/a/b", "/v1/{name=*/b}"}, pool)});
  const auto found = [&](const char* path) { return router.Find("GET", path)->route->path.text(); };
  EXPECT_EQ(found("/v1/a/b"), "/v1/a/b");
  EXPECT_EQ(found("/v1/a/c"), "/v1/{name=a/*}");
  EXPECT_EQ(found("/v1/c/b"), "/v1/{name=*/b}");
  EXPECT_EQ(found("/v1/c/d/e"), "/v1/{name=**}");
}

TEST(RoutesOf, GivesAdditionalBindingsToo) {
  google::protobuf::DescriptorPool pool(google::protobuf::DescriptorPool::generated_pool());
  const auto routes = RoutesOf(*ServiceOf({"/v1/{name=a/*}"}, pool)->method(0));
  ASSERT_TRUE(routes.ok()) << routes.status();
  ASSERT_EQ(routes->size(), 2u);
  EXPECT_EQ((*routes)[0].verb, "GET");
  EXPECT_EQ((*routes)[0].body, "");
  EXPECT_EQ((*routes)[1].verb, "POST");
  EXPECT_EQ((*routes)[1].body, "*");
}

TEST(RoutesOf, RefusesFieldsThatAreNotThere) {
  google::protobuf::DescriptorPool pool(google::protobuf::DescriptorPool::generated_pool());
  const auto routes = RoutesOf(*ServiceOf({"/v1/{nme=a/*}"}, pool)->method(0));
  EXPECT_EQ(routes.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(routes.status().message()), HasSubstr("nme"));
}

TEST(NearestWord, TakesSlipsAndEndsOfNames) {
  const std::vector<std::string> words = {"title", "total_amount_fen", "CONTRACT_CLASS_DEVELOPMENT"};
  EXPECT_EQ(NearestWord("titel", words), "title");
  EXPECT_EQ(NearestWord("development", words), "CONTRACT_CLASS_DEVELOPMENT");
  EXPECT_EQ(NearestWord("xyzzy", words), "");
  EXPECT_EQ(NearestWord(std::string(5000, 't'), words), "");
}

TEST(Shown, CutsAtCharactersAndHidesControls) {
  EXPECT_EQ(Shown("合同\n\x7F"), "合同??");
  EXPECT_EQ(Shown("a\xFFz"), "a?z");
  const std::string shown = Shown(std::string(100, 'x') + "合");
  EXPECT_EQ(shown, std::string(kShownBytesMax, 'x') + "...");
}

}  // namespace
}  // namespace kechuang::api
