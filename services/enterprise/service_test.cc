#include <string>
#include <vector>

#include "absl/strings/str_format.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "services/enterprise/service_fixture.h"

namespace kechuang::enterprise {
namespace {

using enum v1::CertificationClass;

std::vector<std::string> NamesOf(const google::protobuf::RepeatedPtrField<v1::Enterprise>& enterprises) {
  std::vector<std::string> names;
  for (const v1::Enterprise& enterprise : enterprises) names.push_back(enterprise.enterprise_name());
  return names;
}

class EnterpriseServiceTest : public ServiceTest {
 protected:
  absl::StatusOr<v1::Enterprise> Update(const v1::Enterprise& enterprise, const std::vector<std::string>& paths) {
    v1::UpdateEnterpriseRequest request;
    *request.mutable_enterprise() = enterprise;
    for (const std::string& path : paths) request.mutable_update_mask()->add_paths(path);
    return Ask<v1::Enterprise>(request);
  }
  v1::SearchEnterprisesResponse SearchPage(const std::string& query, int page_size) {
    v1::SearchEnterprisesRequest request;
    request.set_query(query);
    request.set_page_size(page_size);
    return Ask<v1::SearchEnterprisesResponse>(request).value();
  }
  std::vector<std::string> Search(const std::string& query) { return NamesOf(SearchPage(query, 0).enterprises()); }
  v1::ListEnterprisesResponse List(const std::string& filter, bool show_deleted = false) {
    v1::ListEnterprisesRequest request;
    request.set_filter(filter);
    request.set_show_deleted(show_deleted);
    return Ask<v1::ListEnterprisesResponse>(request).value();
  }
};

TEST_F(EnterpriseServiceTest, CreatesUnderThePlainCodeOnce) {
  v1::Enterprise asked = AskedEnterprise("西夏区科学技术局");
  asked.set_credit_code("１１６４０１０３０１００９４０３９Ｑ");
  asked.set_status(v1::ENTERPRISE_STATUS_DEREGISTERED);
  const auto made = Create(asked);
  ASSERT_TRUE(made.ok()) << made.status();
  EXPECT_EQ(made->name(), "enterprises/11640103010094039Q");
  EXPECT_EQ(made->status(), v1::ENTERPRISE_STATUS_ACTIVE);
  EXPECT_EQ(made->revision(), 1);
  EXPECT_EQ(Get(made->name())->SerializeAsString(), made->SerializeAsString());
  EXPECT_EQ(ReasonOf(Create(asked).status()), "RECORD_EXISTS");
  EXPECT_EQ(ReasonOf(Get("enterprises/none").status()), "RECORD_NOT_FOUND");
}

TEST_F(EnterpriseServiceTest, NamesEveryFaultAtOnce) {
  v1::Enterprise asked;
  asked.set_credit_code("11640103010094039A");
  asked.set_located_division_code("64010");
  asked.set_staff_count(-1);
  const auto refused = Create(asked);
  const auto faults = DetailOf<google::rpc::BadRequest>(refused.status());
  ASSERT_TRUE(faults.has_value()) << refused.status();
  std::vector<std::string> fields;
  for (const auto& violation : faults->field_violations()) fields.push_back(violation.field());
  EXPECT_THAT(fields, ::testing::UnorderedElementsAre("enterprise.credit_code", "enterprise.enterprise_name",
                                                      "enterprise.located_division_code", "enterprise.staff_count"));
  EXPECT_EQ(JournalLength(), 0);
}

TEST_F(EnterpriseServiceTest, RepeatGivesFirstAnswer) {
  const auto first = Create(AskedEnterprise("甲"), "r-1");
  const auto again = Create(AskedEnterprise("甲"), "r-1");
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->SerializeAsString(), first->SerializeAsString());
  EXPECT_EQ(ReasonOf(Create(AskedEnterprise("乙"), "r-1").status()), "REQUEST_ID_REUSED");
  EXPECT_EQ(JournalLength(), 1);
}

TEST_F(EnterpriseServiceTest, ValidateOnlyLeavesNoTrace) {
  v1::CreateEnterpriseRequest request;
  *request.mutable_enterprise() = AskedEnterprise("甲");
  request.set_validate_only(true);
  EXPECT_EQ(Ask<v1::Enterprise>(request)->enterprise_name(), "甲");
  EXPECT_EQ(JournalLength(), 0);
  EXPECT_EQ(ReasonOf(Get(EnterpriseNameOf(CodeOf(1))).status()), "RECORD_NOT_FOUND");
}

TEST_F(EnterpriseServiceTest, UpdatesWhatTheMaskNames) {
  const v1::Enterprise made = Create(AskedEnterprise("旧名有限公司")).value();
  v1::Enterprise update;
  update.set_name(made.name());
  update.set_etag(made.etag());
  update.set_enterprise_name("新名有限公司");
  update.set_remark("不在掩码中");
  const auto changed = Update(update, {"enterprise_name"});
  ASSERT_TRUE(changed.ok()) << changed.status();
  EXPECT_EQ(changed->enterprise_name(), "新名有限公司");
  EXPECT_EQ(changed->remark(), "");
  ASSERT_EQ(changed->former_names_size(), 1);
  EXPECT_EQ(Day::FromProto(changed->former_names(0).until())->ToString(), "2023-02-20");
  EXPECT_EQ(ReasonOf(Update(update, {"enterprise_name"}).status()), "ETAG_MISMATCH");
  update.clear_etag();
  EXPECT_EQ(Faulted(Update(update, {"no_such_field"}).status()), "FIELD_UNKNOWN");
  update.set_status(v1::ENTERPRISE_STATUS_DEREGISTERED);
  EXPECT_EQ(Faulted(Update(update, {"status"}).status()), "FIELD_NOT_WRITABLE");
  update.set_credit_code(CodeOf(2));
  EXPECT_EQ(Faulted(Update(update, {"credit_code"}).status()), "FIELD_NOT_WRITABLE");
}

TEST_F(EnterpriseServiceTest, DeletesAndUndeletes) {
  const v1::Enterprise made = CreateIn("640105", "甲", 1);
  ASSERT_TRUE(GrantTo(made.name(), AskedCertification(CERTIFICATION_CLASS_HNTE, "2022-11-04")).ok());
  v1::DeleteEnterpriseRequest request;
  request.set_name(made.name());
  ASSERT_TRUE(Ask<v1::Enterprise>(request)->has_delete_time());
  EXPECT_TRUE(Get(made.name())->has_delete_time());
  EXPECT_EQ(List("").enterprises_size(), 0);
  EXPECT_EQ(List("", /*show_deleted=*/true).enterprises_size(), 1);
  EXPECT_THAT(Search("甲"), ::testing::IsEmpty());
  EXPECT_EQ(StatisticsOn("2022-12-31").technology_enterprise_count(), 0);
  EXPECT_EQ(ReasonOf(Ask<v1::Enterprise>(request).status()), "RECORD_DELETED");
  EXPECT_EQ(ReasonOf(GrantTo(made.name(), AskedCertification(CERTIFICATION_CLASS_GAZELLE, "2022-11-04")).status()),
            "RECORD_DELETED");
  v1::UndeleteEnterpriseRequest undelete;
  undelete.set_name(made.name());
  ASSERT_TRUE(Ask<v1::Enterprise>(undelete).ok());
  EXPECT_EQ(StatisticsOn("2022-12-31").technology_enterprise_count(), 1);
  EXPECT_THAT(Search("甲"), ::testing::ElementsAre("甲"));
}

TEST_F(EnterpriseServiceTest, ListsByFilterAndGetsInBatches) {
  CreateIn("640105", "甲", 1);
  CreateIn("640104", "乙", 2);
  const v1::Enterprise third = CreateIn("640105", "丙", 3);
  EXPECT_THAT(NamesOf(List("located_division_code = \"640105\"").enterprises()),
              ::testing::UnorderedElementsAre("甲", "丙"));
  EXPECT_THAT(NamesOf(List("status = ACTIVE AND enterprise_name = \"乙\"").enterprises()),
              ::testing::ElementsAre("乙"));
  v1::BatchGetEnterprisesRequest request;
  request.add_names(third.name());
  request.add_names(EnterpriseNameOf(CodeOf(1)));
  EXPECT_THAT(NamesOf(Ask<v1::BatchGetEnterprisesResponse>(request)->enterprises()),
              ::testing::ElementsAre("丙", "甲"));
  request.add_names("enterprises/none");
  EXPECT_EQ(ReasonOf(Ask<v1::BatchGetEnterprisesResponse>(request).status()), "RECORD_NOT_FOUND");
}

TEST_F(EnterpriseServiceTest, RefusesToSearchWithoutALetterOrDigit) {
  CreateIn("", "银川（集团）·隆基 & Co., 有限公司", 1);
  v1::SearchEnterprisesRequest request;
  for (const char* empty : {" 　", "，。", "（", "· & .,", "\u200b", "——", "🏭"}) {
    request.set_query(empty);
    EXPECT_EQ(Faulted(Ask<v1::SearchEnterprisesResponse>(request).status()), "QUERY_EMPTY") << empty;
  }
  // Beside a word, what stands between words is looked for as it is.
  for (const char* query : {"·隆基", "co &", "𠮷", "1"}) {
    request.set_query(query);
    EXPECT_TRUE(Ask<v1::SearchEnterprisesResponse>(request).ok()) << query;
  }
  EXPECT_THAT(Search("co &"), ::testing::SizeIs(1));
}

TEST_F(EnterpriseServiceTest, SearchesByAnyPart) {
  CreateIn("", "银川隆基硅材料有限公司", 1);
  CreateIn("", "宁夏银川星河软件有限公司", 2);
  v1::Enterprise renamed = CreateIn("", "固原旧名公司", 3);
  renamed.set_enterprise_name("固原新名公司");
  ASSERT_TRUE(Update(renamed, {"enterprise_name"}).ok());
  EXPECT_THAT(Search("隆基硅"), ::testing::ElementsAre("银川隆基硅材料有限公司"));
  EXPECT_THAT(Search("银川"), ::testing::UnorderedElementsAre("银川隆基硅材料有限公司", "宁夏银川星河软件有限公司"));
  EXPECT_THAT(Search("有限公司　星河"), ::testing::ElementsAre("宁夏银川星河软件有限公司"));
  EXPECT_THAT(Search("旧名"), ::testing::ElementsAre("固原新名公司"));
  EXPECT_THAT(Search(CodeOf(2).substr(5)), ::testing::ElementsAre("宁夏银川星河软件有限公司"));
  EXPECT_THAT(Search("ｍａ００００"), ::testing::SizeIs(3));
  EXPECT_THAT(Search("没有这样的"), ::testing::IsEmpty());
}

TEST_F(EnterpriseServiceTest, SearchesAPageOfThoseThatHoldAllWords) {
  // Forty, of which the 35th to the 38th hold another word; the 36th is deleted.
  for (int i = 1; i <= 40; ++i) {
    CreateIn("", absl::StrFormat("塞上%02d号%s", i, i >= 35 && i <= 38 ? "星河" : "长城"), i);
  }
  v1::DeleteEnterpriseRequest deleted;
  deleted.set_name(EnterpriseNameOf(CodeOf(36)));
  ASSERT_TRUE(Ask<v1::Enterprise>(deleted).ok());
  // The first holds the word three times over.
  CreateIn("", "上上上上", 41);
  CreateIn("", "上上甲", 42);
  // Alike as far as keys of parts go.
  CreateIn("", "宁夏回族自治区银川市西夏区科学技术研究院甲", 43);
  CreateIn("", "宁夏回族自治区银川市西夏区科学技术研究院乙", 44);
  struct Case {
    const char* query;
    std::vector<std::string> names;
    int page_size;
    bool truncated;
  };
  const Case cases[] = {
      {"塞上", {"塞上01号长城", "塞上02号长城"}, 2, true},
      {"号星河", {"塞上35号星河", "塞上37号星河", "塞上38号星河"}, 3, false},
      {"号星河", {"塞上35号星河", "塞上37号星河"}, 2, true},
      {"塞上 星河", {"塞上35号星河"}, 1, true},
      {"塞上 星河", {"塞上35号星河", "塞上37号星河"}, 2, true},
      {"塞上 星河", {"塞上35号星河", "塞上37号星河", "塞上38号星河"}, 3, false},
      {"塞上 38 星河", {"塞上38号星河"}, 1, false},
      {"塞上 36 星河", {}, 1, false},
      {"塞上 长河", {}, 20, false},
      {"上上", {"上上上上"}, 1, true},
      {"上上", {"上上上上", "上上甲"}, 2, false},
      {"宁夏回族自治区银川市西夏区科学技术研究院乙", {"宁夏回族自治区银川市西夏区科学技术研究院乙"}, 1, false},
  };
  for (const Case& c : cases) {
    const v1::SearchEnterprisesResponse page = SearchPage(c.query, c.page_size);
    EXPECT_EQ(NamesOf(page.enterprises()), c.names) << c.query << " " << c.page_size;
    EXPECT_EQ(page.truncated(), c.truncated) << c.query << " " << c.page_size;
  }
  EXPECT_EQ(SearchPage("塞上", 0).enterprises_size(), 20);
  EXPECT_EQ(SearchPage("塞上", 1000).enterprises_size(), 39);
}

TEST_F(EnterpriseServiceTest, SearchesFurtherWordsAmongAThousand) {
  std::vector<v1::ImportEnterprisesRow> rows(1000);
  for (int i = 1; i <= 1000; ++i) {
    *rows[static_cast<size_t>(i) - 1].mutable_enterprise() =
        AskedEnterprise(absl::StrFormat("塞上%04d号%s", i, i == 1000 ? "星河" : ""), i);
  }
  Import(rows, "enterprises");
  CreateIn("", "塞上1001号长城", 1001);
  EXPECT_THAT(Search("塞上 星河"), ::testing::ElementsAre("塞上1000号星河"));
  EXPECT_THAT(Search("塞上 长城"), ::testing::IsEmpty());
  EXPECT_TRUE(SearchPage("塞上 长城", 0).truncated());
  EXPECT_THAT(Search("长城 塞上"), ::testing::ElementsAre("塞上1001号长城"));
}

TEST_F(EnterpriseServiceTest, ResolvesByCodeOrExactName) {
  CreateIn("", "宁夏（银川）甲公司", 1);
  CreateIn("", "同名公司", 2);
  CreateIn("", "同名公司", 3);
  v1::ResolveEnterprisesRequest request;
  request.add_references()->set_credit_code(CodeOf(1));
  request.add_references()->set_enterprise_name("宁夏(银川) 甲公司");
  request.add_references()->set_enterprise_name("同名公司");
  request.add_references()->set_enterprise_name("宁夏");
  request.add_references()->set_credit_code("错");
  const auto resolved = Ask<v1::ResolveEnterprisesResponse>(request);
  ASSERT_TRUE(resolved.ok()) << resolved.status();
  std::vector<int> counts;
  for (const v1::ResolvedEnterprise& result : resolved->results()) counts.push_back(result.match_count());
  EXPECT_THAT(counts, ::testing::ElementsAre(1, 1, 2, 0, 0));
  EXPECT_EQ(resolved->results(1).enterprise().credit_code(), CodeOf(1));
  EXPECT_FALSE(resolved->results(2).has_enterprise());
}

TEST_F(EnterpriseServiceTest, KeepsAnnualStatements) {
  const v1::Enterprise made = CreateIn("", "甲", 1);
  v1::PutAnnualStatementRequest request;
  request.mutable_annual_statement()->set_name(made.name() + "/annualStatements/2022");
  request.mutable_annual_statement()->set_revenue_fen(1'200'000'000);
  const auto put = Ask<v1::AnnualStatement>(request);
  ASSERT_TRUE(put.ok()) << put.status();
  EXPECT_EQ(put->year(), 2022);
  EXPECT_FALSE(put->has_staff_count());
  EXPECT_EQ(Ask<v1::AnnualStatement>(request)->revision(), 1) << "an equal statement is no change";
  request.mutable_annual_statement()->set_staff_count(0);
  const auto changed = Ask<v1::AnnualStatement>(request);
  EXPECT_EQ(changed->revision(), 2);
  EXPECT_TRUE(changed->has_staff_count());
  request.mutable_annual_statement()->set_etag(put->etag());
  EXPECT_EQ(ReasonOf(Ask<v1::AnnualStatement>(request).status()), "ETAG_MISMATCH");
  v1::ListAnnualStatementsRequest list;
  list.set_parent(made.name());
  EXPECT_EQ(Ask<v1::ListAnnualStatementsResponse>(list)->annual_statements_size(), 1);
  request.mutable_annual_statement()->set_name("enterprises/none/annualStatements/2022");
  EXPECT_EQ(ReasonOf(Ask<v1::AnnualStatement>(request).status()), "RECORD_NOT_FOUND");
}

}  // namespace
}  // namespace kechuang::enterprise
