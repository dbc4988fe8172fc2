#include <algorithm>
#include <string>
#include <thread>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "services/gateway/rest_call.h"
#include "services/gateway/test_rest.h"

namespace kechuang::gateway {
namespace {

using rpc::Wire;
using rpc::WireAnswer;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr char kVerify[] = "GET /v1/loanJournal:verifyRecords";
constexpr char kImport[] = "POST /v1/loans:import";

class RestStreamTest : public RestFixture {
 protected:
  // The head of an import whose body comes in chunks.
  static std::string ImportHead() {
    return Request(kImport, "Content-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n");
  }
  static std::string Chunk(const std::string& text) {
    return absl::StrCat(absl::Hex(text.size()), "\r\n", text, "\r\n");
  }
  static std::string Row(int row) { return absl::StrCat("{\"rows\":[{\"origin\":{\"row\":", row, "}}]}"); }
};

TEST_F(RestStreamTest, SendsEachMessageAsItComes) {
  absl::Notification go;
  journal_.script = {.messages = 2, .go = &go};
  Wire wire(port());
  wire.Send(Request(kVerify));
  EXPECT_THAT(wire.Head(), AllOf(StartsWith("HTTP/1.1 200"), HasSubstr("Content-Type: application/x-ndjson\r\n")));
  const std::string first = wire.Chunk();
  EXPECT_THAT(first, AllOf(StartsWith("{"), HasSubstr("\"records\":\"0\""), ::testing::EndsWith("}\n")));
  EXPECT_FALSE(go.HasBeenNotified());
  go.Notify();
  EXPECT_THAT(wire.Chunk(), HasSubstr("\"records\":\"1\""));
  EXPECT_EQ(wire.Chunk(), "");
  // The connection serves on.
  EXPECT_EQ(wire.Ask(Request("GET /v1/loanJournal/head")).status, 200);
}

TEST_F(RestStreamTest, SendsEventsToWhoAsksForThem) {
  journal_.script = {.messages = 1, .ends = Refused()};
  const WireAnswer answer = Ask(kVerify, "Accept: text/event-stream\r\n");
  EXPECT_EQ(answer.Header("content-type"), "text/event-stream");
  EXPECT_THAT(answer.body, AllOf(StartsWith("data: {"), HasSubstr("}\n\nevent: error\ndata: {\"error\":{\"code\":9,"),
                                 ::testing::EndsWith("}\n\n")));
}

TEST_F(RestStreamTest, SaysWhatWentWrongBeforeAndAmidTheAnswers) {
  journal_.script = {.messages = 0, .ends = Refused()};
  const WireAnswer before = Ask(kVerify);
  EXPECT_EQ(before.status, 400);
  EXPECT_THAT(before.body, HasSubstr("RECORD_DELETED"));
  journal_.script = {.messages = 3, .ends = Refused()};
  const WireAnswer amid = Ask(kVerify);
  EXPECT_EQ(amid.status, 200);
  EXPECT_THAT(amid.body, AllOf(HasSubstr("\"records\":\"2\""), HasSubstr("}\n{\"error\":{\"code\":9,\"message\":"),
                               HasSubstr("RECORD_DELETED"), ::testing::EndsWith("}}\n")));
  journal_.script = {.messages = 0};
  const WireAnswer nothing = Ask(kVerify);
  EXPECT_EQ(nothing.status, 200);
  EXPECT_EQ(nothing.body, "");
}

TEST_F(RestStreamTest, HoldsTheServiceBackForASlowClientAndStopsItWhenTheClientGoes) {
  constexpr int kMessages = 2000;
  journal_.script = {.messages = kMessages, .subject_bytes = 100'000};  // 200 MB in all
  Wire wire(port());
  wire.Send(Request(kVerify));
  EXPECT_THAT(wire.Head(), StartsWith("HTTP/1.1 200"));
  EXPECT_GT(wire.Chunk().size(), 100'000U);
  // Another call goes through meanwhile; then the pipe has had its time to fill.
  for (int i = 0; i < 50; ++i) EXPECT_EQ(Ask("GET /v1/loanJournal/head").status, 200);
  EXPECT_LT(journal_.sent, kMessages / 2);
  wire.Close();
  EXPECT_TRUE(journal_.stopped.WaitForNotificationWithTimeout(kRestPatience));
  EXPECT_LT(journal_.sent, kMessages / 2);
}

TEST_F(RestStreamTest, TakesAndAnswersTheLinesOfAnImportOneByOne) {
  Wire wire(port());
  wire.Send(ImportHead());
  // Each line is answered before the next one is sent, whatever pieces it comes in.
  for (int row = 1; row <= 5; ++row) {
    const std::string line = absl::StrCat(Row(row), row % 2 == 0 ? "\r\n\r\n" : "\n");
    wire.Send(Chunk(line.substr(0, 7)));
    wire.Send(Chunk(line.substr(7)));
    if (row == 1) {
      EXPECT_THAT(wire.Head(), StartsWith("HTTP/1.1 200"));
    }
    EXPECT_THAT(wire.Chunk(), AllOf(HasSubstr(absl::StrCat("\"row\":", row)), ::testing::EndsWith("\n")));
  }
  wire.Send(absl::StrCat(Chunk(Row(6)), "0\r\n\r\n"));  // the last line may lack its end
  EXPECT_THAT(wire.Chunk(), HasSubstr("\"row\":6"));
  EXPECT_EQ(wire.Chunk(), "");
}

TEST_F(RestStreamTest, TakesManyLinesAtOnce) {
  std::string lines;
  for (int row = 1; row <= 3000; ++row) absl::StrAppend(&lines, Row(row), "\n");
  const WireAnswer answer = Ask(kImport, "Content-Type: application/x-ndjson\r\n", lines);
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(std::count(answer.body.begin(), answer.body.end(), '\n'), 3000);
  EXPECT_THAT(answer.body, HasSubstr("\"row\":3000"));
}

TEST_F(RestStreamTest, SaysWhichLineOfAnImportIsWrong) {
  const WireAnswer first = Ask(kImport, "", "{\"rws\":[]}\n");
  EXPECT_EQ(first.status, 400);
  EXPECT_THAT(first.body, AllOf(HasSubstr("line 1: "), HasSubstr("rws"), HasSubstr("\"line\":\"1\"")));
}

TEST_F(RestStreamTest, EndsTheAnswersToAnImportWithTheLineThatIsWrong) {
  Wire wire(port());
  wire.Send(absl::StrCat(ImportHead(), Chunk(Row(1) + "\n")));
  EXPECT_THAT(wire.Head(), StartsWith("HTTP/1.1 200"));
  EXPECT_THAT(wire.Chunk(), HasSubstr("\"row\":1"));
  wire.Send(Chunk("no json\n"));
  EXPECT_THAT(wire.Chunk(), AllOf(StartsWith("{\"error\":{\"code\":3,"), HasSubstr("line 2: ")));
  EXPECT_EQ(wire.Chunk(), "");
  EXPECT_TRUE(loans_.cancelled().WaitForNotificationWithTimeout(kRestPatience));
}

TEST_F(RestStreamTest, EndsAnImportThatTheServiceRefuses) {
  Wire wire(port());
  wire.Send(absl::StrCat(ImportHead(), Chunk("{\"source\":{\"fileName\":\"bad\"}}\n")));
  // The client has not ended its body, and still hears at once.
  const WireAnswer answer = wire.Answer();
  EXPECT_EQ(answer.status, 400);
  EXPECT_THAT(answer.body, HasSubstr("RECORD_DELETED"));
}

TEST_F(RestStreamTest, LimitsALineAndKnowsItsType) {
  const WireAnswer large = Ask(kImport, "Content-Type: application/x-ndjson\r\n",
                               absl::StrCat(Row(1), "\n", std::string(kMessageBytesMost + 200'000, 'x')));
  EXPECT_THAT(large.body, AllOf(HasSubstr("\"line\":\"2\""), HasSubstr(absl::StrCat(kMessageBytesMost))));
  EXPECT_EQ(Ask(kImport, "Content-Type: text/csv\r\n", "a,b").status, 415);
  const WireAnswer whole = Ask(kImport, absl::StrCat("Content-Length: ", kStreamedBytesMax + 1, "\r\n"));
  EXPECT_EQ(whole.status, 413);
  EXPECT_THAT(whole.body, HasSubstr(absl::StrCat(kStreamedBytesMax)));
}

TEST_F(RestStreamTest, CancelsTheImportOfAClientThatGoes) {
  Wire wire(port());
  wire.Send(absl::StrCat(ImportHead(), Chunk(Row(1) + "\n")));
  EXPECT_THAT(wire.Head(), StartsWith("HTTP/1.1 200"));
  wire.Close();
  EXPECT_TRUE(loans_.cancelled().WaitForNotificationWithTimeout(kRestPatience));
}

}  // namespace
}  // namespace kechuang::gateway
