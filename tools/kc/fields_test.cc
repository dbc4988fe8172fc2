#include "tools/kc/fields.h"

#include <algorithm>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "kechuang/contract/v1/contract.pb.h"
#include "kechuang/loan/v1/loan.pb.h"
#include "tools/kc/catalogue.h"
#include "tools/kc/errors.h"

namespace kechuang::kc {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

FieldPath Path(const google::protobuf::Descriptor& type, const std::string& name) {
  for (const FieldPath& path : ValuesOf(type)) {
    if (path.Name() == name) return path;
  }
  ADD_FAILURE() << type.full_name() << " has no " << name;
  return {};
}

loan::v1::Loan SampleLoan() {
  loan::v1::Loan loan;
  loan.set_name("loans/1");
  loan.set_enterprise_name("甲公司");
  loan.set_state(loan::v1::LOAN_STATE_ACTIVE);
  loan.set_outstanding_fen(-123456);
  loan.mutable_due_date()->set_year(2022);
  loan.mutable_due_date()->set_month(3);
  loan.mutable_due_date()->set_day(5);
  loan.mutable_create_time()->set_seconds(1'667'275'200);
  loan.set_draw_closed(true);
  loan.set_etag("e");
  return loan;
}

std::string Text(const loan::v1::Loan& loan, const std::string& name, Reader reader) {
  return TextOf(loan, Path(*loan.GetDescriptor(), name), reader);
}

TEST(TextOf, SpeaksToPersonsAndPrograms) {
  const loan::v1::Loan loan = SampleLoan();
  EXPECT_EQ(Text(loan, "outstanding_fen", Reader::kEnglishPerson), "-1234.56");
  EXPECT_EQ(Text(loan, "outstanding_fen", Reader::kProgram), "-123456");
  EXPECT_EQ(Text(loan, "state", Reader::kProgram), "ACTIVE");
  EXPECT_EQ(Text(loan, "due_date", Reader::kChinesePerson), "2022-03-05");
  EXPECT_EQ(Text(loan, "create_time", Reader::kChinesePerson), "2022-11-01 12:00:00");
  EXPECT_EQ(Text(loan, "create_time", Reader::kProgram), "2022-11-01T04:00:00.000000Z");
  EXPECT_EQ(Text(loan, "draw_closed", Reader::kChinesePerson), "是");
  EXPECT_EQ(Text(loan, "mode", Reader::kProgram), "");
  EXPECT_EQ(Text(loan, "update_time", Reader::kProgram), "");
}

TEST(TextOf, IsEmptyBelowAMessageThatIsNotSet) {
  contract::v1::Contract contract;
  const FieldPath path = Path(*contract.GetDescriptor(), "seller.party_name");
  EXPECT_EQ(TextOf(contract, path, Reader::kProgram), "");
  contract.mutable_seller()->set_party_name("乙");
  EXPECT_EQ(TextOf(contract, path, Reader::kProgram), "乙");
  EXPECT_EQ(TextOf(contract, Path(*contract.GetDescriptor(), "total_amount_fen"), Reader::kProgram), "");
}

TEST(TitleOf, NamesTheUnit) {
  const FieldPath path = Path(*loan::v1::Loan::descriptor(), "outstanding_fen");
  EXPECT_EQ(TitleOf(path, Reader::kEnglishPerson), "outstanding_yuan");
  EXPECT_EQ(TitleOf(path, Reader::kProgram), "outstanding_fen");
  EXPECT_TRUE(IsNumber(path));
}

TEST(TellingValues, PutsTheNameFirstAndLeavesOutWhatNoRecordHas) {
  const loan::v1::Loan loan = SampleLoan();
  std::vector<std::string> names;
  for (const FieldPath& path : TellingValues(*loan.GetDescriptor(), {&loan}, 4)) names.push_back(path.Name());
  EXPECT_THAT(names, ElementsAre("name", "enterprise_name", "state", "outstanding_fen"));
}

TEST(Catalogue, KnowsEveryServiceAndKind) {
  EXPECT_EQ(Services().size(), 9U);
  EXPECT_EQ(ServicesWith("VerifyRecords").size(), 4U);
  std::vector<std::string> words;
  for (const RecordKind& kind : RecordKinds()) words.push_back(kind.words);
  for (const char* word : {"enterprises", "certifications", "loans", "pools", "banks", "contracts", "keys", "users"}) {
    EXPECT_THAT(words, Contains(word));
  }
}

TEST(Catalogue, FindsMethodsByAnyEndOfTheirName) {
  for (const char* name : {"kechuang.loan.v1.LoanService/GetLoan", "/kechuang.loan.v1.LoanService/GetLoan",
                           "loan.v1.LoanService/GetLoan", "LoanService.GetLoan", "GetLoan"}) {
    const auto method = FindMethod(name);
    ASSERT_TRUE(method.ok()) << method.status();
    EXPECT_EQ(PathOf(**method), "kechuang.loan.v1.LoanService/GetLoan");
  }
}

TEST(Catalogue, NamesWhatWasMeant) {
  EXPECT_THAT(std::string(FindMethod("GetLaon").status().message()), HasSubstr("did you mean GetLoan?"));
  EXPECT_THAT(std::string(FindMethod("LoanService/GetLaon").status().message()), HasSubstr("LoanService/GetLoan?"));
  EXPECT_THAT(std::string(FindMethod("VerifyRecords").status().message()), HasSubstr("ContractJournal/VerifyRecords"));
  EXPECT_THAT(std::string(FindMethod("oan").status().message()), Not(HasSubstr("may be one")));
}

TEST(Catalogue, FindsTheJournalOfARecord) {
  EXPECT_EQ((*JournalOf("loans/2022-0007"))->name(), "LoanJournal");
  EXPECT_EQ((*JournalOf("pools/x"))->name(), "LoanJournal");
  EXPECT_EQ((*JournalOf("enterprises/9/certifications/c"))->name(), "EnterpriseJournal");
  EXPECT_EQ((*JournalOf("contracts/c"))->name(), "ContractJournal");
  EXPECT_EQ(ExitCodeOf(JournalOf("nothing").status()), kUsage);
}

}  // namespace
}  // namespace kechuang::kc
