#include "tools/kc/program.h"

#include <fstream>
#include <map>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "grpcpp/grpcpp.h"
#include "gtest/gtest.h"

#include "kechuang/enterprise/v1/enterprise_journal_service.grpc.pb.h"
#include "kechuang/loan/v1/loan_journal_service.grpc.pb.h"
#include "kechuang/loan/v1/loan_service.grpc.pb.h"
#include "tools/kc/errors.h"

namespace kechuang::kc {
namespace {

using grpc::ServerContext;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

namespace fs = std::filesystem;

// Three loans on two pages, made by gRPC's own stubs.
class Loans final : public loan::v1::LoanService::Service {
 public:
  grpc::Status GetLoan(ServerContext* context, const loan::v1::GetLoanRequest* request, loan::v1::Loan* loan) override {
    const auto key = context->client_metadata().find("authorization");
    if (key == context->client_metadata().end() || key->second != "Bearer s3cret") {
      return {grpc::StatusCode::UNAUTHENTICATED, "the call carries no valid key"};
    }
    Fill(request->name(), *loan);
    return grpc::Status::OK;
  }
  grpc::Status ListLoans(ServerContext*, const loan::v1::ListLoansRequest* request,
                         loan::v1::ListLoansResponse* response) override {
    if (request->filter() == "bad") return {grpc::StatusCode::INVALID_ARGUMENT, "no such filter"};
    if (request->page_token().empty()) {
      Fill("loans/1", *response->add_loans());
      Fill("loans/2", *response->add_loans());
      response->set_next_page_token("next");
    } else {
      Fill("loans/3", *response->add_loans());
    }
    return grpc::Status::OK;
  }
  grpc::Status ImportLoans(
      ServerContext*,
      grpc::ServerReaderWriter<loan::v1::ImportLoansResponse, loan::v1::ImportLoansRequest>* stream) override {
    loan::v1::ImportLoansRequest request;
    while (stream->Read(&request)) {
      loan::v1::ImportLoansResponse response;
      response.add_outcomes()->set_name(request.source().import_id());
      stream->Write(response);
    }
    return grpc::Status::OK;
  }

 private:
  static void Fill(const std::string& name, loan::v1::Loan& loan) {
    loan.set_name(name);
    loan.set_enterprise_name("宁夏甲公司");
    loan.set_state(loan::v1::LOAN_STATE_ACTIVE);
    loan.set_disbursed_fen(30000000);
  }
};

class Journal final : public loan::v1::LoanJournal::Service {
 public:
  grpc::Status ListRevisions(ServerContext*, const ledger::v1::ListRevisionsRequest* request,
                             ledger::v1::ListRevisionsResponse* response) override {
    ledger::v1::Revision& revision = *response->add_revisions();
    revision.set_record(request->record());
    revision.set_revision(2);
    revision.set_sequence(17);
    revision.set_actor("keys/admin");
    revision.set_method("kechuang.loan.v1.LoanService/DisburseLoan");
    revision.mutable_time()->set_seconds(1'667'275'200);
    ledger::v1::FieldChange& change = *revision.add_changes();
    change.set_field("disbursed_fen");
    change.set_after("30000000");
    *response->mutable_revisions(0)->add_changes() = Changed("state", R"("LOAN_STATE_ACTIVE")");
    response->mutable_revisions(0)->mutable_changes()->rbegin()->set_before(R"("LOAN_STATE_CONFIRMED")");
    *response->mutable_revisions(0)->add_changes() = Changed("due_date", R"({"year":2022,"month":3,"day":5})");
    *response->mutable_revisions(0)->add_changes() = Changed("revision", "2");
    return grpc::Status::OK;
  }
  // Breaks off after every change, and holds 19 of them.
  grpc::Status Watch(ServerContext*, const ledger::v1::WatchRequest* request,
                     grpc::ServerWriter<ledger::v1::WatchResponse>* writer) override {
    watched_.push_back(*request);
    ledger::v1::WatchResponse response;
    const int64_t next = (request->from_now() ? 17 : request->after()) + 1;
    if (next > 19) return grpc::Status::OK;
    response.set_sequence(next);
    *response.mutable_change()->mutable_record() = "loans/1";
    response.mutable_change()->set_revision(next);
    response.mutable_change()->set_sequence(next);
    *response.mutable_change()->add_changes() = Changed("remark", "\"x\"");
    writer->Write(response);
    return {grpc::StatusCode::UNAVAILABLE, "stopping"};
  }
  grpc::Status VerifyRecords(ServerContext*, const ledger::v1::VerifyRecordsRequest*,
                             grpc::ServerWriter<ledger::v1::VerifyProgress>* writer) override {
    ledger::v1::VerifyProgress progress;
    if (finding_) {
      progress.mutable_finding()->set_kind("RECORD_DIFFERS");
      progress.mutable_finding()->set_subject("loans/1");
      progress.mutable_finding()->set_field("disbursed_fen");
      progress.mutable_finding()->set_expected("1");
      progress.mutable_finding()->set_found("2");
      writer->Write(progress);
    }
    progress.Clear();
    progress.set_complete(true);
    progress.set_records(3);
    writer->Write(progress);
    return grpc::Status::OK;
  }

  bool finding_ = false;
  std::vector<ledger::v1::WatchRequest> watched_;

 private:
  static ledger::v1::FieldChange Changed(const std::string& field, const std::string& after) {
    ledger::v1::FieldChange change;
    change.set_field(field);
    change.set_after(after);
    return change;
  }
};

class ProgramTest : public testing::Test {
 protected:
  ProgramTest() {
    grpc::ServerBuilder builder;
    int port = 0;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
    builder.RegisterService(&loans_);
    builder.RegisterService(&journal_);
    server_ = builder.BuildAndStart();
    const fs::path key = fs::path(testing::TempDir()) / absl::StrCat("kc-key-", port);
    std::ofstream(key) << "s3cret\n";
    variables_ = {{"KC_SERVER", absl::StrCat("127.0.0.1:", port)}, {"KC_KEY_FILE", key.string()}};
  }
  ~ProgramTest() override {
    server_->Shutdown();
    fs::remove(variables_["KC_KEY_FILE"]);
  }

  int Run(const std::vector<std::string>& words, const std::string& input = "") {
    std::istringstream in(input);
    std::ostringstream out;
    std::ostringstream err;
    Surroundings around{[this](const std::string& name) { return variables_[name]; }, "/nowhere/kc", in, out, err};
    around.out_is_terminal = width_ > 0;
    around.width = width_;
    if (width_ > 0) {
      around.page = [this](const std::string& text) {
        paged_ = text;
        return pager_works_;
      };
    }
    const int code = RunProgram(words, around);
    out_ = out.str();
    err_ = err.str();
    EXPECT_THAT(out_ + err_, Not(HasSubstr("s3cret")));
    return code;
  }

  Loans loans_;
  Journal journal_;
  std::unique_ptr<grpc::Server> server_;
  std::map<std::string, std::string> variables_;
  int width_ = 0;  // of the terminal; 0 for none
  bool pager_works_ = true;
  std::string paged_;
  std::string out_;
  std::string err_;
};

TEST_F(ProgramTest, ListsAPageAsATable) {
  EXPECT_EQ(Run({"loans", "list"}), kDone);
  EXPECT_EQ(out_,
            "name     enterprise_name  state   disbursed_yuan\n"
            "loans/1  宁夏甲公司       ACTIVE       300000.00\n"
            "loans/2  宁夏甲公司       ACTIVE       300000.00\n");
  EXPECT_THAT(err_, HasSubstr("--all"));
}

TEST_F(ProgramTest, RevealsNothingWithoutAReason) {
  EXPECT_EQ(Run({"loans", "get", "loans/1", "--reveal", ""}), kUsage);
  EXPECT_THAT(err_, HasSubstr("--reveal takes the reason"));
}

TEST_F(ProgramTest, ListsRolesWithoutASuite) {
  EXPECT_EQ(Run({"roles", "list", "--server", "127.0.0.1:1", "--output", "csv"}), kDone) << err_;
  EXPECT_THAT(out_,
              StartsWith("role,title,bound to,alone,grants\nSYSTEM_ADMINISTRATOR,系统管理员,,yes,identity.read "));
  EXPECT_THAT(out_, HasSubstr("\nPARTNER_BANK,"));
  EXPECT_THAT(out_, HasSubstr(",banks,yes,"));
}

TEST_F(ProgramTest, ListsEveryPage) {
  EXPECT_EQ(Run({"loans", "list", "--all", "--output", "json"}), kDone);
  EXPECT_THAT(out_, StartsWith("{\"loans\":[\n{\"name\":\"loans/1\""));
  EXPECT_THAT(out_, HasSubstr("\"disbursed_fen\":\"30000000\""));
  EXPECT_THAT(out_, HasSubstr("loans/3"));
  EXPECT_EQ(Run({"loans", "list", "--all", "--output=csv"}), kDone);
  EXPECT_THAT(out_, StartsWith("name,enterprise,enterprise_name,"));
  EXPECT_EQ(std::count(out_.begin(), out_.end(), '\n'), 4);
}

TEST_F(ProgramTest, ListsAsManyAsAreAskedFor) {
  EXPECT_EQ(Run({"loans", "list", "--limit", "1", "--output", "csv", "--columns", "name,disbursed-fen"}), kDone);
  EXPECT_EQ(out_, "name,disbursed_fen\nloans/1,30000000\n");
  EXPECT_EQ(Run({"loans", "list", "--limit", "3", "--columns", "state,name"}), kDone);
  EXPECT_EQ(out_, "state   name\nACTIVE  loans/1\nACTIVE  loans/2\nACTIVE  loans/3\n");
  EXPECT_EQ(Run({"loans", "list", "--limit", "0"}), kUsage);
  EXPECT_EQ(Run({"loans", "list", "--limit", "1", "--all"}), kUsage);
  EXPECT_EQ(Run({"loans", "list", "--columns", "nmae"}), kUsage);
  EXPECT_THAT(err_, HasSubstr("did you mean name?"));
}

TEST_F(ProgramTest, SpeaksYaml) {
  EXPECT_EQ(Run({"loans", "list", "--all", "--output", "yaml", "--columns", "name,enterprise_name"}), kDone);
  EXPECT_EQ(out_,
            "loans:\n- name: loans/1\n  enterprise_name: 宁夏甲公司\n- name: loans/2\n  enterprise_name: 宁夏甲公司\n"
            "- name: loans/3\n  enterprise_name: 宁夏甲公司\nnext_page_token: \"\"\n");
  EXPECT_EQ(Run({"loans", "get", "7", "--output", "yaml"}), kDone);
  EXPECT_THAT(out_, StartsWith("name: loans/7\n"));
}

TEST_F(ProgramTest, PagesOnATerminalOnly) {
  const std::vector<std::string> list = {"loans", "list", "--color", "never"};
  EXPECT_EQ(Run(list), kDone);
  const std::string plain = out_;
  width_ = 200;
  EXPECT_EQ(Run(list), kDone);
  EXPECT_EQ(paged_, plain);
  EXPECT_EQ(out_, "");
  pager_works_ = false;
  EXPECT_EQ(Run(list), kDone);
  EXPECT_EQ(out_, plain);
  paged_.clear();
  EXPECT_EQ(Run({"loans", "list", "--color", "never", "--no-pager"}), kDone);
  EXPECT_EQ(paged_, "");
  EXPECT_EQ(out_, plain);
}

TEST_F(ProgramTest, HasColoursWhereTheyAreWanted) {
  EXPECT_EQ(Run({"loans", "list"}), kDone);
  EXPECT_THAT(out_, Not(HasSubstr("\x1b")));
  EXPECT_EQ(Run({"loans", "list", "--color", "always"}), kDone);
  EXPECT_THAT(out_, HasSubstr("\x1b[1m"));
  width_ = 100;
  EXPECT_EQ(Run({"loans", "list", "--no-pager"}), kDone);
  EXPECT_THAT(out_, HasSubstr("\x1b[1m"));
  variables_["NO_COLOR"] = "1";
  EXPECT_EQ(Run({"loans", "list", "--no-pager"}), kDone);
  EXPECT_THAT(out_, Not(HasSubstr("\x1b")));
  EXPECT_EQ(Run({"loans", "list", "--color", "sometimes"}), kUsage);
}

TEST_F(ProgramTest, TablesFitTheTerminal) {
  width_ = 30;
  EXPECT_EQ(Run({"loans", "list", "--no-pager", "--color", "never"}), kDone);
  EXPECT_THAT(out_, StartsWith("name     enterprise_name\n"));
}

TEST_F(ProgramTest, SaysHowToRepeatACallOfUnknownOutcome) {
  server_->Shutdown();
  EXPECT_EQ(Run({"loans", "submit", "7"}), kFailed);
  EXPECT_THAT(err_, HasSubstr("--request-id kc-"));
  EXPECT_THAT(err_, HasSubstr("deploy/up"));
  EXPECT_EQ(Run({"loans", "get", "7"}), kFailed);
  EXPECT_THAT(err_, Not(HasSubstr("--request-id")));
}

TEST_F(ProgramTest, StreamsByForm) {
  const fs::path lines = fs::path(testing::TempDir()) / "kc-lines.jsonl";
  std::ofstream(lines) << "{\"source\":{\"import_id\":\"a\"}}\n";
  EXPECT_EQ(Run({"loans", "import", "--from-file", lines.string()}), kDone);
  EXPECT_THAT(out_, HasSubstr("\"name\":\"a\""));
  fs::remove(lines);
  EXPECT_EQ(Run({"loans", "import", "--from-file", lines.string()}), kUsage);
  EXPECT_EQ(Run({"loans", "import"}), kUsage);
  EXPECT_EQ(
      Run({"journal", "verify-records", "--register", "loan", "--output", "csv", "--columns", "complete,records"}),
      kDone);
  EXPECT_EQ(out_, "complete,records\ntrue,3\n");
}

TEST_F(ProgramTest, ARefusedListPrintsNoHalfAnswer) {
  EXPECT_EQ(Run({"loans", "list", "--filter", "bad", "--output", "json"}), kFailed);
  EXPECT_EQ(out_, "");
  EXPECT_EQ(err_,
            "{\"error\":{\"code\":3,\"message\":\"no such filter\",\"status\":\"INVALID_ARGUMENT\",\"details\":[]}}\n");
}

TEST_F(ProgramTest, ErrorsAreJsonForThoseWhoAskedForJson) {
  EXPECT_EQ(Run({"call", "GetLoan", R"({"nmae": "loans/7"})", "--output", "json"}), kUsage);
  EXPECT_THAT(err_, StartsWith("{\"error\":{\"code\":3,"));
  EXPECT_THAT(err_, HasSubstr("\"field\":\"nmae\""));
  EXPECT_EQ(std::count(err_.begin(), err_.end(), '\n'), 1);
  EXPECT_EQ(Run({"call", "GetLoan", R"({"nmae": "loans/7"})"}), kUsage);
  EXPECT_THAT(err_, StartsWith("kc: "));
  EXPECT_EQ(Run({"loans", "list", "--filter", "bad", "--output", "yaml"}), kFailed);
  EXPECT_EQ(err_, "kc: no such filter\n");
}

TEST_F(ProgramTest, GetsARecordByItsIdAlone) {
  EXPECT_EQ(Run({"loans", "get", "7", "--lang", "zh"}), kDone);
  EXPECT_THAT(out_, HasSubstr("loans/7"));
  EXPECT_THAT(out_, HasSubstr("字段"));
}

TEST_F(ProgramTest, SaysWhatToDoAboutAKey) {
  const fs::path wrong = fs::path(testing::TempDir()) / "kc-wrong-key";
  std::ofstream(wrong) << "wr0ng";
  EXPECT_EQ(Run({"loans", "get", "7", "--key-file", wrong.string()}), kFailed);
  EXPECT_THAT(err_, HasSubstr(wrong.string()));
  EXPECT_THAT(err_, Not(HasSubstr("wr0ng ")));
  fs::remove(wrong);
}

TEST_F(ProgramTest, CallsAnyMethod) {
  EXPECT_EQ(Run({"call", "GetLoan", R"({"name": "loans/7"})"}), kDone);
  EXPECT_THAT(out_, HasSubstr("\"enterprise_name\":\"宁夏甲公司\""));
  EXPECT_EQ(Run({"call", "GetLoan", "-"}, R"({"name": "loans/8"})"), kDone);
  EXPECT_THAT(out_, HasSubstr("loans/8"));
  EXPECT_EQ(Run({"call", "GetLoan", R"({"nmae": "loans/7"})"}), kUsage);
  EXPECT_THAT(err_, HasSubstr("did you mean name?"));
  EXPECT_EQ(Run({"call", "ListBanks"}), kFailed);
  EXPECT_THAT(err_, HasSubstr("does not know this method"));
}

TEST_F(ProgramTest, StreamsLinesOfJson) {
  EXPECT_EQ(
      Run({"call", "ImportLoans", "-"}, "{\"source\":{\"import_id\":\"a\"}}\n\n{\"source\":{\"import_id\":\"b\"}}\n"),
      kDone);
  EXPECT_EQ(std::count(out_.begin(), out_.end(), '\n'), 2);
  EXPECT_EQ(Run({"call", "ImportLoans", "-"}, "{}\n{\"odd\":1}\n"), kUsage);
  EXPECT_THAT(err_, HasSubstr("Line 2"));
  EXPECT_EQ(Run({"call", "LoanJournal/VerifyRecords"}), kDone);
  EXPECT_THAT(out_, HasSubstr("\"records\":\"3\""));
}

TEST_F(ProgramTest, ShowsHistory) {
  EXPECT_EQ(Run({"history", "loans/1"}), kDone);
  EXPECT_EQ(
      out_,
      "revision 2  2022-11-01 12:00:00  keys/admin  kechuang.loan.v1.LoanService/DisburseLoan  (journal entry 17)\n"
      "    disbursed_yuan: (not set) -> 300000.00\n    state: CONFIRMED -> ACTIVE\n    due_date: (not set) -> "
      "2022-03-05\n");
  EXPECT_EQ(Run({"history", "loans/1", "--output", "csv"}), kDone);
  EXPECT_THAT(out_, HasSubstr("loans/1,2,17,2022-11-01T04:00:00.000000Z,keys/admin,"));
  EXPECT_EQ(Run({"history", "odd"}), kUsage);
}

TEST_F(ProgramTest, GoesOnWatchingWhereItWasCutOff) {
  EXPECT_EQ(Run({"watch", "loans", "--output", "csv"}), kDone);
  EXPECT_THAT(out_, HasSubstr("record,revision,sequence,"));
  EXPECT_THAT(out_, HasSubstr("loans/1,18,18,"));
  EXPECT_THAT(out_, HasSubstr("loans/1,19,19,"));
  EXPECT_THAT(err_, HasSubstr("going on after journal entry 18"));
  ASSERT_EQ(journal_.watched_.size(), 3u);
  EXPECT_TRUE(journal_.watched_[0].from_now());
  EXPECT_EQ(journal_.watched_[0].collection(), "loans");
  EXPECT_FALSE(journal_.watched_[1].from_now());
  EXPECT_EQ(journal_.watched_[2].after(), 19);
  EXPECT_EQ(Run({"watch", "loan", "--after", "18"}), kDone);
  EXPECT_THAT(out_, HasSubstr("loans/1  revision 19"));
  EXPECT_EQ(Run({"watch", "loans/1", "--after", "18", "--output", "json"}), kDone);
  EXPECT_THAT(out_, HasSubstr("\"sequence\":\"19\""));
  EXPECT_EQ(journal_.watched_.back().record(), "loans/1");
  EXPECT_EQ(Run({"watch", "odd"}), kUsage);
  EXPECT_EQ(Run({"watch", "loans", "--after", "x"}), kUsage);
}

TEST_F(ProgramTest, VerifiesEveryRegisterThoughOneIsAway) {
  journal_.finding_ = true;
  EXPECT_EQ(Run({"verify"}), kFailed);
  EXPECT_THAT(out_, HasSubstr("loan  RECORD_DIFFERS  loans/1  disbursed_fen: expected 1, found 2\n"));
  EXPECT_THAT(err_, HasSubstr("enterprise could not be verified"));
  EXPECT_THAT(err_, HasSubstr("1 found wrong."));
  EXPECT_THAT(out_, Not(HasSubstr("Everything agrees")));
  EXPECT_EQ(Run({"verify", "--output", "json"}), kFailed);
  EXPECT_THAT(out_, HasSubstr("\"record\":\"loans/1\""));
  EXPECT_THAT(out_, HasSubstr("\"complete\":false"));
}

TEST_F(ProgramTest, SaysWhereNobodyAnswers) {
  server_->Shutdown();
  EXPECT_EQ(Run({"report", "annual", "--year", "2022"}), kFailed);
  EXPECT_THAT(err_, HasSubstr("deploy/up"));
  EXPECT_EQ(Run({"verify"}), kFailed);
}

TEST_F(ProgramTest, RefusesWrongUsageInTheLanguageAskedFor) {
  variables_["LANG"] = "zh_CN.UTF-8";
  EXPECT_EQ(Run({"verfy"}), kUsage);
  EXPECT_THAT(err_, HasSubstr("是否指 verify"));
  EXPECT_EQ(Run({"verfy", "--lang", "en"}), kUsage);
  EXPECT_THAT(err_, HasSubstr("did you mean verify?"));
  EXPECT_EQ(Run({"report", "annual"}), kUsage);
  EXPECT_EQ(Run({"loans", "list", "--output", "xml"}), kUsage);
  EXPECT_EQ(Run({"loans", "list", "--timeout", "-1"}), kUsage);
  EXPECT_EQ(Run({"loans", "list", "--page-size", "0"}), kUsage);
  EXPECT_EQ(Run({"loans", "list", "--server", "nonsense"}), kUsage);
  EXPECT_EQ(Run({"banks", "list", "--lang", "fr"}), kUsage);
}

TEST_F(ProgramTest, HelpAndMethodsAskNobody) {
  variables_.clear();
  EXPECT_EQ(Run({"--help"}), kDone);
  EXPECT_THAT(out_, HasSubstr("report annual"));
  EXPECT_EQ(Run({"loans", "list", "--help", "--lang", "zh"}), kDone);
  EXPECT_THAT(out_, HasSubstr("--filter"));
  EXPECT_EQ(Run({"--version"}), kDone);
  EXPECT_THAT(out_, StartsWith("kc "));
  EXPECT_EQ(Run({"methods", "disburse"}), kDone);
  EXPECT_THAT(out_, HasSubstr("loan.disburse"));
}

}  // namespace
}  // namespace kechuang::kc
