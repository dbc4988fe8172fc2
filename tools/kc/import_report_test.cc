#include "tools/kc/import_report.h"

#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "common/base/error.h"
#include "kechuang/api/v1/reasons.pb.h"
#include "kechuang/contract/v1/reasons.pb.h"
#include "tools/kc/import.h"
#include "tools/kc/import_listing.h"
#include "tools/kc/import_progress.h"
#include "tools/kc/import_status.h"
#include "tools/kc/import_walk.h"

namespace kechuang::kc {
namespace {

using ledger::v1::RowOutcome;
using testing::HasSubstr;
using testing::Not;

google::rpc::Status OnWire(const absl::Status& status) {
  google::rpc::Status wire;
  wire.set_code(static_cast<int>(status.code()));
  wire.set_message(std::string(status.message()));
  status.ForEachPayload([&](absl::string_view type, const absl::Cord& value) {
    google::protobuf::Any& detail = *wire.add_details();
    detail.set_type_url(std::string(type));
    detail.set_value(std::string(value));
  });
  return wire;
}

RowOutcome Rejected(int row, const absl::Status& status) {
  RowOutcome outcome;
  outcome.set_kind(RowOutcome::KIND_REJECTED);
  outcome.mutable_origin()->set_row(row);
  *outcome.mutable_error() = OnWire(status);
  return outcome;
}

RowOutcome Outcome(RowOutcome::Kind kind) {
  RowOutcome outcome;
  outcome.set_kind(kind);
  return outcome;
}

// A report that has read a CSV file of contracts.
class ReportTest : public testing::Test {
 protected:
  void Read(const std::string& text) {
    std::ofstream(path_, std::ios::trunc) << text;
    auto sheets = ReadImportFile(path_, ImportKind::kContracts, {}, [&](const FileRow& row) {
      report_.NoteRow(row);
      return absl::OkStatus();
    });
    ASSERT_TRUE(sheets.ok()) << sheets.status();
    report_.TakeSheets(*std::move(sheets));
  }
  std::string Warnings() {
    std::ostringstream text;
    report_.PrintWarnings(text);
    return text.str();
  }
  std::string Problems() {
    std::ostringstream text;
    ProblemListing listing(text, "合同.csv", Language::kChinese);
    EXPECT_TRUE(WalkFile(path_, ImportKind::kContracts, {}, report_.spool(), nullptr, [&](const RowStory& story) {
                  listing.Take(story);
                  return absl::OkStatus();
                }).ok());
    listing.End();
    return text.str();
  }
  std::string Groups() {
    std::ostringstream text;
    report_.PrintGroups(text);
    return text.str();
  }

  const std::string path_ = absl::StrCat(testing::TempDir(), "/import_report_test.csv");
  ImportReport report_{ImportKind::kContracts, "合同.csv", Language::kChinese};
};

TEST_F(ReportTest, NamesTheCellsOfWhatCannotBeRead) {
  Read("登记号,合同金额（万元）,登记日期\n2022640105000001,约30,2022年3月\n2022640105000002,30,2022-03-01\n");
  EXPECT_EQ(Problems(),
            "合同.csv 第 2 行 B 列（合同金额（万元））：“约30”不是金额；应为数字，如 300、1,190.50、300万元 或 "
            "3000000元；建议改为：30\n"
            "合同.csv 第 2 行 C 列（登记日期）：“2022年3月”不是完整日期：缺少“日”；应写到日，如 2022-03-05 或 "
            "2022年3月5日\n");
  EXPECT_EQ(report_.counts().rejected, 1);
  EXPECT_TRUE(report_.has_problems());
}

TEST_F(ReportTest, NamesTheCellsOfWhatTheRegisterRefuses) {
  Read("登记号,合同金额（元）,卖方信用代码\n2022640105000001,30,\n2022640105000002,30,\n");
  Faults faults;
  faults.Add("contract.seller.credit_code", api::v1::CREDIT_CODE_ORG_CHECK, "wrong", "校验位不对");
  faults.Add("contract.contract_name", api::v1::FIELD_REQUIRED, "required", "不能为空");
  faults.Add("contract.unheard_of", api::v1::FIELD_REQUIRED, "required", "不能为空");
  report_.TakeOutcome(Rejected(2, faults.status()));
  report_.TakeOutcome(Rejected(3, Refuse(absl::StatusCode::kInvalidArgument, contract::v1::TECHNICAL_ABOVE_TOTAL)
                                      .Says("too much", "技术交易额过大")));
  EXPECT_EQ(Problems(),
            "合同.csv 第 2 行（合同名称）：不能为空\n合同.csv 第 2 行：contract.unheard_of：不能为空\n"
            "合同.csv 第 2 行 C 列（卖方信用代码）：校验位不对\n合同.csv 第 3 行（技术交易额）：技术交易额过大\n");
}

TEST_F(ReportTest, CountsEachPassAnew) {
  Read("登记号,合同名称\n1,甲\n2,乙\n");
  report_.TakeOutcome(Outcome(RowOutcome::KIND_INSERTED));
  report_.TakeOutcome(Rejected(2, absl::InternalError("x")));
  EXPECT_EQ(report_.outcomes(), 2);
  report_.StartPass();
  report_.TakeOutcome(Outcome(RowOutcome::KIND_CHANGED));
  report_.TakeOutcome(Outcome(RowOutcome::KIND_UNCHANGED));
  EXPECT_EQ(report_.counts().Accepted(), 2);
  EXPECT_EQ(report_.counts().rejected, 0);
  EXPECT_EQ(Problems(), "");
}

TEST_F(ReportTest, GroupsManyProblemsByReasonAndColumn) {
  std::string text = "登记号,合同名称,合同金额（万元）,登记日期\n";
  for (int i = 0; i < 30; ++i) absl::StrAppend(&text, "20226401050000", 10 + i, ",甲,约", i, ",2022-03-01\n");
  Read(absl::StrCat(text, "2022640105000099,乙,30,2022年3月\n"));
  EXPECT_EQ(report_.problems(), 31);
  const std::string groups = Groups();
  EXPECT_THAT(groups, HasSubstr("30 个 合同金额（万元） FIELD_MALFORMED，如 合同.csv 第 2 行"));
  EXPECT_THAT(groups, HasSubstr("1 个 登记日期 "));
  EXPECT_LT(groups.find("30 个"), groups.find("1 个 登记日期"));
}

TEST_F(ReportTest, CountsConflictsApartAndAsProblems) {
  Read("登记号,合同名称\n1,甲\n");
  RowOutcome conflict =
      Rejected(2, Refuse(absl::StatusCode::kFailedPrecondition, api::v1::ROW_CONFLICT).Says("x", "甲改过"));
  conflict.set_kind(RowOutcome::KIND_CONFLICT);
  report_.TakeOutcome(conflict);
  EXPECT_EQ(report_.counts().conflicts, 1);
  EXPECT_EQ(report_.counts().rejected, 0);
  EXPECT_TRUE(report_.has_problems());
  EXPECT_THAT(Problems(), HasSubstr("甲改过"));
}

TEST_F(ReportTest, TellsAnOutcomeOfARowThatIsNotInTheFile) {
  Read("登记号,合同名称\n1,甲\n");
  report_.TakeOutcome(Rejected(7, absl::InternalError("x")));
  EXPECT_TRUE(absl::IsAborted(WalkFile(path_, ImportKind::kContracts, {}, report_.spool(), nullptr,
                                       [](const RowStory&) { return absl::OkStatus(); })));
}

TEST_F(ReportTest, WarnsOfColumnsThatHaveNoField) {
  Read("登记号,合同名称,奖励情况\n1,甲,无\n");
  EXPECT_THAT(Warnings(), HasSubstr("警告：合同.csv 第 1 行 C 列（奖励情况）：系统没有与此列对应的字段"));
  EXPECT_THAT(Warnings(), HasSubstr("数据 1 行"));
}

TEST_F(ReportTest, WarnsOfAmountsFarFromTheOthers) {
  std::string text = "登记号,合同名称,合同金额（万元）\n";
  for (int i = 0; i < 10; ++i) absl::StrAppend(&text, "20226401050000", 10 + i, ",甲,", 20 + i, "\n");
  Read(absl::StrCat(text, "2022640105000099,乙,300000\n"));
  EXPECT_THAT(Warnings(), HasSubstr("第 12 行 C 列（合同金额（万元））：300000 万元与本列中位数 25 万元相差悬殊"));
  EXPECT_THAT(Warnings(), Not(HasSubstr("第 11 行")));
}

class HandClock : public Clock {
 public:
  absl::Time Now() const override { return now; }
  absl::Time now = absl::UnixEpoch();
};

TEST(Progress, PrintsPlainLinesNowAndThen) {
  HandClock clock;
  std::ostringstream err;
  Progress progress(err, /*terminal=*/false, "写入", 100, clock);
  for (int i = 0; i < 50; ++i) progress.Advance();
  EXPECT_EQ(err.str(), "");
  clock.now += absl::Seconds(5);
  for (int i = 0; i < 10; ++i) progress.Advance();
  EXPECT_EQ(err.str(), "写入 51/100 51% 10/s 5s\n");
  progress.Finish();
  EXPECT_THAT(err.str(), HasSubstr("60/100"));
}

TEST(Progress, CountsOnlyWhereTheTotalIsNotKnown) {
  HandClock clock;
  std::ostringstream err;
  Progress progress(err, /*terminal=*/false, "checking", 0, clock);
  clock.now += absl::Seconds(5);
  progress.Advance();
  EXPECT_EQ(err.str(), "checking 1 0/s\n");
}

TEST(Progress, DrawsABarOnATerminal) {
  HandClock clock;
  std::ostringstream err;
  Progress progress(err, /*terminal=*/true, "checking", 10, clock);
  clock.now += absl::Seconds(1);
  for (int i = 0; i < 5; ++i) progress.Advance();
  progress.Finish();
  EXPECT_THAT(err.str(), HasSubstr("[###...........................] 1/10"));
  EXPECT_THAT(err.str(), HasSubstr("[###############...............] 5/10 50%"));
}

TEST(RunImport, RefusesWrongUsageBeforeAnythingElse) {
  std::ostringstream out;
  std::ostringstream err;
  const auto run = [&](const ImportOptions& options) {
    return RunImport(options, nullptr, "", Language::kEnglish, out, err);
  };
  ImportOptions options;
  options.kind = "cats";
  options.file = "x.xlsx";
  EXPECT_EQ(run(options), kImportUsage);
  options.kind = "loans";
  options.pool = "pool1";
  EXPECT_EQ(run(options), kImportUsage);
  options.pool = "";
  options.division = "6401";
  EXPECT_EQ(run(options), kImportUsage);
  options.division = "";
  options.file = "/nonexistent.xlsx";
  EXPECT_EQ(run(options), kImportFailed);
  EXPECT_THAT(err.str(), HasSubstr("enterprises, certifications, pools, banks, loans, contracts"));
  EXPECT_THAT(err.str(), HasSubstr("/nonexistent.xlsx cannot be opened"));
}

}  // namespace
}  // namespace kechuang::kc
