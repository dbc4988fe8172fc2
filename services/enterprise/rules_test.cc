#include "services/enterprise/rules.h"

#include <utility>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "common/base/error.h"
#include "services/enterprise/testing.h"

namespace kechuang::enterprise {
namespace {

const Day kToday = DayOf("2023-02-20");

TEST(Register, NamesTheRecordByThePlainCode) {
  v1::Enterprise asked = AskedEnterprise("ａ");
  asked.set_credit_code(" 11640103 0100 94039q");
  asked.set_enterprise_name("  宁夏星河新材料有限公司 ");
  asked.set_industry_code("3824");
  const auto made = Register(asked, "", kToday);
  ASSERT_TRUE(made.ok()) << made.status();
  EXPECT_EQ(made->name(), "enterprises/11640103010094039Q");
  EXPECT_EQ(made->credit_code(), "11640103010094039Q");
  EXPECT_EQ(made->enterprise_name(), "宁夏星河新材料有限公司");
  EXPECT_EQ(made->industry_code(), "C3824");
  EXPECT_EQ(made->status(), v1::ENTERPRISE_STATUS_ACTIVE);
}

TEST(Register, RefusesAnotherIdThanTheCode) {
  EXPECT_TRUE(Register(AskedEnterprise("甲"), CodeOf(1), kToday).ok());
  EXPECT_THAT(Faulted(Register(AskedEnterprise("甲"), CodeOf(2), kToday).status()), "ENTERPRISE_ID_DIFFERS");
}

TEST(Register, RefusesAWrongCode) {
  v1::Enterprise asked = AskedEnterprise("甲");
  asked.set_credit_code("11640103010094039A");
  EXPECT_EQ(Faulted(Register(asked, "", kToday).status()), "CREDIT_CODE_CHECK_CHAR");
}

TEST(Register, RefusesAFoundingAfterToday) {
  v1::Enterprise asked = AskedEnterprise("甲");
  *asked.mutable_founded_date() = kToday.ToProto();
  EXPECT_TRUE(Register(asked, "", kToday).ok());
  *asked.mutable_founded_date() = kToday.AddDays(1).ToProto();
  EXPECT_EQ(Faulted(Register(asked, "", kToday).status()), "DATE_IN_FUTURE");
}

TEST(Revise, KeepsTheOldNameWithTheDayItWasGivenUp) {
  const v1::Enterprise held = MadeEnterprise("旧名有限公司");
  v1::Enterprise changed = held;
  changed.set_enterprise_name("新名有限公司");
  const auto revised = Revise(held, changed, DayOf("2023-01-05"), kToday);
  ASSERT_TRUE(revised.ok()) << revised.status();
  ASSERT_EQ(revised->former_names_size(), 1);
  EXPECT_EQ(revised->former_names(0).enterprise_name(), "旧名有限公司");
  EXPECT_EQ(revised->former_names(0).until().day(), 5);
}

TEST(Revise, ANameSpeltAnewIsNoOtherName) {
  const v1::Enterprise held = MadeEnterprise("宁夏（银川）有限公司");
  v1::Enterprise changed = held;
  changed.set_enterprise_name("宁夏(银川)有限公司");
  const auto revised = Revise(held, changed, kToday, kToday);
  ASSERT_TRUE(revised.ok());
  EXPECT_EQ(revised->former_names_size(), 0);
  EXPECT_EQ(revised->enterprise_name(), "宁夏(银川)有限公司");
}

TEST(Revise, RefusesToTakeTheNameAway) {
  const v1::Enterprise held = MadeEnterprise("甲");
  v1::Enterprise changed = held;
  changed.set_enterprise_name(" \u3000");
  EXPECT_EQ(Faulted(Revise(held, changed, kToday, kToday).status()), "FIELD_REQUIRED");
}

TEST(Revise, RefusesANameOfTomorrowAndADeletedRecord) {
  v1::Enterprise held = MadeEnterprise("甲");
  v1::Enterprise changed = held;
  changed.set_enterprise_name("乙");
  EXPECT_EQ(Faulted(Revise(held, changed, kToday.AddDays(1), kToday).status()), "DATE_IN_FUTURE");
  held = *Delete(held, absl::UnixEpoch());
  EXPECT_EQ(ReasonOf(Revise(held, changed, kToday, kToday).status()), "RECORD_DELETED");
}

TEST(MergeRow, EmptyFieldsChangeNothing) {
  v1::Enterprise held = MadeEnterprise("甲");
  held.set_address("学院东路1号");
  held.add_tags("新型材料");
  held.set_staff_count(7);
  v1::Enterprise row = AskedEnterprise("甲");
  const auto same = MergeRow(held, held, row, kToday);
  ASSERT_TRUE(same.ok()) << same.status();
  EXPECT_EQ(same->SerializeAsString(), held.SerializeAsString());
  row.set_staff_count(0);
  row.add_tags("数字信息");
  const auto changed = MergeRow(held, held, row, kToday);
  ASSERT_TRUE(changed.ok());
  EXPECT_EQ(changed->staff_count(), 0);
  EXPECT_TRUE(changed->has_staff_count());
  EXPECT_THAT(changed->tags(), ::testing::ElementsAre("数字信息"));
  EXPECT_EQ(changed->address(), "学院东路1号");
}

TEST(MergeRow, ANewNameIsTakenAndAFormerOneIsNotTakenBack) {
  const v1::Enterprise held = MadeEnterprise("旧名");
  const auto renamed = MergeRow(held, held, AskedEnterprise("新名"), kToday);
  ASSERT_TRUE(renamed.ok());
  EXPECT_EQ(renamed->enterprise_name(), "新名");
  EXPECT_EQ(renamed->former_names(0).enterprise_name(), "旧名");
  const auto late = MergeRow(*renamed, *renamed, AskedEnterprise("旧名"), kToday);
  ASSERT_TRUE(late.ok());
  EXPECT_EQ(late->SerializeAsString(), renamed->SerializeAsString());
}

TEST(Delete, IsTakenBackByUndeleteOnce) {
  const v1::Enterprise held = MadeEnterprise("甲");
  EXPECT_EQ(ReasonOf(Undelete(held).status()), "ENTERPRISE_NOT_DELETED");
  const auto deleted = Delete(held, absl::UnixEpoch() + absl::Milliseconds(1500));
  ASSERT_TRUE(deleted.ok());
  EXPECT_EQ(deleted->delete_time().nanos(), 500'000'000);
  EXPECT_EQ(ReasonOf(Delete(*deleted, absl::UnixEpoch()).status()), "RECORD_DELETED");
  EXPECT_EQ(Undelete(*deleted)->SerializeAsString(), held.SerializeAsString());
}

TEST(MoveOut, EndsTheCountOnItsDay) {
  v1::Enterprise held = MadeEnterprise("甲");
  *held.mutable_founded_date() = DayOf("2020-01-02").ToProto();
  EXPECT_EQ(Faulted(MoveOut(held, DayOf("2020-01-01"), "", kToday).status()), "DATE_ORDER");
  EXPECT_TRUE(MoveOut(held, DayOf("2020-01-02"), "", kToday).ok());
  EXPECT_TRUE(MoveOut(held, kToday, "", kToday).ok());
  EXPECT_EQ(Faulted(MoveOut(held, kToday.AddDays(1), "", kToday).status()), "DATE_IN_FUTURE");
  const auto gone = MoveOut(held, DayOf("2022-06-30"), "金凤区", kToday);
  ASSERT_TRUE(gone.ok());
  EXPECT_EQ(gone->status(), v1::ENTERPRISE_STATUS_MOVED_OUT);
  EXPECT_EQ(Day::FromProto(gone->active_until())->ToString(), "2022-06-30");
  EXPECT_EQ(ReasonOf(MoveOut(*gone, kToday, "", kToday).status()), "ENTERPRISE_NOT_ACTIVE");
}

TEST(Deregister, FollowsTheTableOfStates) {
  using enum v1::EnterpriseStatus;
  const v1::Enterprise held = MadeEnterprise("甲");
  EXPECT_EQ(Faulted(Deregister(held, ENTERPRISE_STATUS_MOVED_OUT, kToday, "", kToday).status()), "STATUS_NOT_ALLOWED");
  const auto revoked = Deregister(held, ENTERPRISE_STATUS_LICENCE_REVOKED, DayOf("2021-05-01"), "", kToday);
  ASSERT_TRUE(revoked.ok());
  EXPECT_EQ(revoked->status(), ENTERPRISE_STATUS_LICENCE_REVOKED);
  EXPECT_EQ(ReasonOf(Deregister(*revoked, ENTERPRISE_STATUS_LICENCE_REVOKED, kToday, "", kToday).status()),
            "ENTERPRISE_NOT_ACTIVE");
  const auto struck = Deregister(*revoked, ENTERPRISE_STATUS_UNSPECIFIED, DayOf("2022-05-01"), "", kToday);
  ASSERT_TRUE(struck.ok());
  EXPECT_EQ(struck->status(), ENTERPRISE_STATUS_DEREGISTERED);
  EXPECT_EQ(Day::FromProto(struck->active_until())->ToString(), "2021-05-01");
  EXPECT_EQ(Day::FromProto(struck->status_date())->ToString(), "2022-05-01");
  EXPECT_EQ(ReasonOf(Deregister(*struck, ENTERPRISE_STATUS_DEREGISTERED, kToday, "", kToday).status()),
            "ENTERPRISE_DEREGISTERED");
}

TEST(Reinstate, LeavesNoTraceOfTheEnd) {
  const v1::Enterprise held = MadeEnterprise("甲");
  EXPECT_EQ(ReasonOf(Reinstate(held).status()), "ENTERPRISE_ACTIVE");
  const auto gone = MoveOut(held, kToday, "误登", kToday);
  ASSERT_TRUE(gone.ok());
  EXPECT_EQ(Reinstate(*gone)->SerializeAsString(), held.SerializeAsString());
}

TEST(PutStatement, TakesTheYearFromTheName) {
  const v1::Enterprise held = MadeEnterprise("甲");
  v1::AnnualStatement statement;
  for (const char* wrong : {"1948", "2024", "22", "abcd", "20220"}) {
    statement.set_name(held.name() + "/annualStatements/" + wrong);
    EXPECT_EQ(Faulted(PutStatement(held, statement, kToday).status()), "STATEMENT_YEAR") << wrong;
  }
  for (const int right : {1949, 2023}) {
    statement.set_name(held.name() + "/annualStatements/" + std::to_string(right));
    const auto put = PutStatement(held, statement, kToday);
    ASSERT_TRUE(put.ok()) << put.status();
    EXPECT_EQ(put->year(), right);
  }
}

TEST(PutStatement, RefusesMoreResearchersThanStaff) {
  const v1::Enterprise held = MadeEnterprise("甲");
  v1::AnnualStatement statement;
  statement.set_name(held.name() + "/annualStatements/2022");
  statement.set_rd_staff_count(11);
  EXPECT_TRUE(PutStatement(held, statement, kToday).ok());
  statement.set_staff_count(11);
  EXPECT_TRUE(PutStatement(held, statement, kToday).ok());
  statement.set_staff_count(10);
  EXPECT_EQ(Faulted(PutStatement(held, statement, kToday).status()), "STATEMENT_STAFF");
}

}  // namespace
}  // namespace kechuang::enterprise
