#include "tools/kc/method_form.h"

#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "kechuang/contract/v1/contract_service.pb.h"
#include "kechuang/enterprise/v1/enterprise_service.pb.h"
#include "kechuang/ledger/v1/journal.pb.h"
#include "kechuang/loan/v1/loan_service.pb.h"
#include "tools/kc/catalogue.h"
#include "tools/kc/commands.h"
#include "tools/kc/errors.h"
#include "tools/kc/method_request.h"

namespace kechuang::kc {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::MethodDescriptor;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::UnorderedElementsAre;

std::string WordsOfMethod(const std::string& name) {
  const auto method = FindMethod(name);
  EXPECT_TRUE(method.ok()) << method.status();
  const MethodWords words = WordsOf(**method);
  return absl::StrCat(words.noun, " ", words.verb);
}

TEST(WordsOf, NamesTheCollectionAndWhatIsDone) {
  EXPECT_EQ(WordsOfMethod("RegisterContract"), "contracts register");
  EXPECT_EQ(WordsOfMethod("GrantCertification"), "certifications grant");
  EXPECT_EQ(WordsOfMethod("PutAnnualStatement"), "annual-statements put");
  EXPECT_EQ(WordsOfMethod("GetContractTotals"), "contracts totals");
  EXPECT_EQ(WordsOfMethod("BankApproveLoan"), "loans bank-approve");
  EXPECT_EQ(WordsOfMethod("ContributeToPool"), "pools contribute");
  EXPECT_EQ(WordsOfMethod("TimeoutSupplement"), "contracts timeout-supplement");
  EXPECT_EQ(WordsOfMethod("GetAnnualReport"), "report annual");
  EXPECT_EQ(WordsOfMethod("LoanJournal/GetJournalHead"), "journal head");
  EXPECT_EQ(WordsOfMethod("BatchGetEnterprises"), "enterprises batch-get");
  EXPECT_EQ(WordsOfMethod("ImportLoans"), "loans import");
}

TEST(AllCommands, ReachEveryMethod) {
  std::map<const MethodDescriptor*, int> reached;
  for (const CommandSpec& command : AllCommands()) {
    for (const MethodDescriptor* method : command.methods) ++reached[method];
  }
  size_t methods = 0;
  for (const auto* service : Services()) {
    for (int i = 0; i < service->method_count(); ++i, ++methods) {
      EXPECT_EQ(reached[service->method(i)], 1) << PathOf(*service->method(i));
    }
  }
  EXPECT_GT(methods, 80u);
}

TEST(AllCommands, NoTwoShareTheirWordsOrHideEachOther) {
  std::set<std::string> seen;
  for (const CommandSpec& command : AllCommands()) {
    EXPECT_TRUE(seen.insert(command.words).second) << command.words;
    EXPECT_NE(command.run, nullptr) << command.words;
    EXPECT_FALSE(command.help.english.empty()) << command.words;
    EXPECT_FALSE(command.help.chinese.empty()) << command.words;
  }
}

TEST(AllCommands, TakeEachFlagOnce) {
  std::set<std::string> everywhere;
  for (const FlagSpec& flag : AllFlags()) {
    if (flag.everywhere) everywhere.insert(flag.name);
  }
  for (const CommandSpec& command : AllCommands()) {
    std::set<std::string> seen;
    for (const FlagSpec& flag : command.own_flags) {
      EXPECT_TRUE(seen.insert(flag.name).second) << command.words << " --" << flag.name;
      EXPECT_FALSE(everywhere.contains(flag.name)) << command.words << " --" << flag.name;
    }
  }
}

// Every value that a person may give is given by a flag, a place, or a flag that lists share.
TEST(MethodForms, CoverEveryField) {
  for (const MethodForm& form : MethodForms()) {
    if (form.takes_lines()) continue;
    std::set<std::string> covered;
    for (const auto* fields : {&form.places, &form.fields}) {
      for (const FormField& field : *fields) covered.insert(field.path.steps.front()->name());
    }
    for (int i = 0; i < form.request().field_count(); ++i) {
      EXPECT_TRUE(covered.contains(form.request().field(i)->name())) << form.request().field(i)->full_name();
    }
  }
}

absl::StatusOr<FilledRequest> Fill(const std::vector<std::string>& words, const std::string& json = "") {
  const auto line = ParseCommandLine(words, AllCommands(), AllFlags());
  if (!line.ok()) return line.status();
  return FillRequest(*line->command->form, *line, json);
}

template <typename Request>
Request Filled(const std::vector<std::string>& words, const std::string& json = "") {
  const auto filled = Fill(words, json);
  EXPECT_TRUE(filled.ok()) << filled.status();
  Request request;
  if (filled.ok()) request.CopyFrom(*filled->message);
  return request;
}

TEST(FillRequest, PutsPlacesFlagsAndARequestId) {
  const auto request = Filled<loan::v1::DisburseLoanRequest>(
      {"loans", "disburse", "2022-0007", "--amount", "30万元", "--disburse-date=2022-03-05", "--validate-only"});
  EXPECT_EQ(request.name(), "loans/2022-0007");
  EXPECT_EQ(request.amount_fen(), 30000000);
  EXPECT_TRUE(request.validate_only());
  EXPECT_THAT(request.request_id(), testing::StartsWith("kc-"));
  EXPECT_EQ(Filled<loan::v1::DisburseLoanRequest>({"loans", "disburse", "loans/1", "--amount-fen", "7",
                                                   "--disburse-date", "2022-03-05", "--request-id", "mine"})
                .request_id(),
            "mine");
}

TEST(FillRequest, FlattensARecordAndDotsWhatWouldBeAmbiguous) {
  const auto request = Filled<contract::v1::CreateContractRequest>(
      {"contracts", "create", "--contract-name", "甲", "--seller.party-name", "卖方", "--buyer.party-name", "买方",
       "--total-amount", "1.5万元", "--contract-class", "service", "--documents", "kind=OTHER,title=a", "--documents",
       "kind=OTHER,title=b"});
  EXPECT_EQ(request.contract().seller().party_name(), "卖方");
  EXPECT_EQ(request.contract().buyer().party_name(), "买方");
  EXPECT_EQ(request.contract().total_amount_fen(), 1500000);
  EXPECT_EQ(request.contract().contract_class(), contract::v1::CONTRACT_CLASS_SERVICE);
  EXPECT_EQ(request.contract().documents_size(), 2);
}

TEST(FillRequest, TheMaskNamesWhatIsGiven) {
  const auto request = Filled<contract::v1::UpdateContractRequest>(
      {"contracts", "update", "7", "--remark", "", "--seller.division-code", "640105", "--reason", "r"});
  EXPECT_EQ(request.contract().name(), "contracts/7");
  EXPECT_THAT(request.update_mask().paths(), UnorderedElementsAre("remark", "seller.division_code"));
  EXPECT_EQ(request.reason(), "r");
  const auto own = Filled<contract::v1::UpdateContractRequest>(
      {"contracts", "update", "7", "--remark=x", "--update-mask", "remark,title"});
  EXPECT_THAT(own.update_mask().paths(), ElementsAre("remark", "title"));
}

TEST(FillRequest, TakesTheRecordOrTheRequestFromAFile) {
  const auto record = Filled<enterprise::v1::CreateEnterpriseRequest>(
      {"enterprises", "create", "--tags", "b"}, R"({"credit_code": "X", "enterprise_name": "甲", "tags": ["a"]})");
  EXPECT_EQ(record.enterprise().credit_code(), "X");
  EXPECT_THAT(record.enterprise().tags(), ElementsAre("b"));
  const auto whole = Filled<enterprise::v1::CreateEnterpriseRequest>(
      {"enterprises", "create"}, R"({"enterprise": {"credit_code": "X", "enterprise_name": "甲"}, "reason": "r"})");
  EXPECT_EQ(whole.reason(), "r");
  const auto update = Filled<contract::v1::UpdateContractRequest>({"contracts", "update", "7"},
                                                                  R"({"name": "contracts/7", "remark": "x"})");
  EXPECT_THAT(update.update_mask().paths(), ElementsAre("remark"));
  EXPECT_FALSE(Fill({"contracts", "create"}, "{nonsense").ok());
}

TEST(FillRequest, NamesEveryFaultByItsFlag) {
  const auto filled = Fill({"loans", "disburse", "--amount", "30", "--disburse-date", "tomorrow"});
  EXPECT_EQ(ExitCodeOf(filled.status()), kUsage);
  const std::string text = ErrorText(filled.status(), Language::kEnglish, {}, false);
  EXPECT_THAT(text, HasSubstr("--amount: "));
  EXPECT_THAT(text, HasSubstr("--disburse-date: "));
  const auto missing = Fill({"loans", "disburse"});
  const std::string all = ErrorText(missing.status(), Language::kChinese, {}, false);
  for (const char* part : {"NAME：必填", "--amount：必填", "--disburse-date：必填"}) EXPECT_THAT(all, HasSubstr(part));
}

TEST(FillRequest, AnUpdateNeedsNoFieldOfItsRecord) {
  EXPECT_TRUE(Fill({"enterprises", "update", "X", "--remark", "x"}).ok());
  EXPECT_THAT(ErrorText(Fill({"enterprises", "create", "--remark", "x"}).status(), Language::kEnglish, {}, false),
              HasSubstr("--credit-code: must be given"));
}

TEST(FillRequest, TheRecordOrTheFlagSaysWhichJournal) {
  const auto by_name = Fill({"journal", "list-revisions", "loans/7"});
  ASSERT_TRUE(by_name.ok()) << by_name.status();
  EXPECT_EQ(PathOf(*by_name->method), "kechuang.loan.v1.LoanJournal/ListRevisions");
  const auto by_flag = Fill({"journal", "head", "--register", "contract"});
  ASSERT_TRUE(by_flag.ok()) << by_flag.status();
  EXPECT_EQ(PathOf(*by_flag->method), "kechuang.contract.v1.ContractJournal/GetJournalHead");
  EXPECT_THAT(std::string(Fill({"journal", "head"}).status().message()), HasSubstr("enterprise, loan, contract"));
}

TEST(FillRequest, TakesNamesAndWholePathsAsFlags) {
  EXPECT_EQ(Filled<contract::v1::GetContractRequest>({"contracts", "get", "--name", "7"}).name(), "contracts/7");
  const auto request = Filled<loan::v1::CreateLoanRequest>({"loans", "create", "--enterprise", "X", "--bank", "nx",
                                                            "--pool", "p", "--applied-amount", "300万元",
                                                            "--bank-opinion.amount", "200万元", "--rate", "3.65%"});
  EXPECT_EQ(request.loan().bank_opinion().amount_fen(), 200000000);
  EXPECT_EQ(request.loan().bank_opinion().rate_ppm(), 36500);
  EXPECT_EQ(request.loan().enterprise(), "enterprises/X");
}

TEST(FillRequest, TakesSeveralNames) {
  const auto request = Filled<contract::v1::BatchGetContractsRequest>({"contracts", "batch-get", "1", "contracts/2"});
  EXPECT_THAT(request.names(), ElementsAre("contracts/1", "contracts/2"));
}

}  // namespace
}  // namespace kechuang::kc
