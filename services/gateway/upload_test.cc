#include "services/gateway/upload.h"

#include <sys/stat.h>

#include <filesystem>
#include <memory>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "common/base/error.h"
#include "services/gateway/test_rest.h"
#include "services/gateway/upload_request.h"

namespace kechuang::gateway {
namespace {

using rpc::Wire;
using rpc::WireAnswer;
using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr char kUpload[] = "POST /v1/files:import?kind=loans&fileName=loans.csv&dryRun=true";

absl::StatusOr<kc::ImportOptions> Read(const std::string& query) {
  return ReadUpload({"POST", absl::StrCat(kUploadPath, query)});
}

TEST(ReadUpload, TakesTheOptionsOfTheImporter) {
  const auto options = Read(
      "?kind=loans&fileName=2022%E5%B9%B4+%E8%B4%B7%E6%AC%BE.XLSX&dry_run=true&partial=true&createMissing=true&"
      "overwrite=false&pool=pools/a&division=640105");
  ASSERT_TRUE(options.ok()) << options.status();
  EXPECT_EQ(options->kind, "loans");
  EXPECT_EQ(options->file, "2022年 贷款.XLSX");
  EXPECT_TRUE(options->dry_run);
  EXPECT_TRUE(options->partial);
  EXPECT_TRUE(options->create_missing);
  EXPECT_FALSE(options->overwrite);
  EXPECT_EQ(options->pool, "pools/a");
  EXPECT_EQ(options->division, "640105");
  EXPECT_TRUE(options->json);
}

TEST(ReadUpload, NamesEveryFault) {
  const auto fields = [](const std::string& query) {
    std::vector<std::string> names;
    const auto faults = DetailOf<google::rpc::BadRequest>(Read(query).status());
    for (const auto& violation : faults->field_violations()) names.push_back(violation.field());
    return names;
  };
  EXPECT_THAT(fields(""), ::testing::ElementsAre("kind", "fileName"));
  EXPECT_THAT(fields("?kind=loans&fileName=a.csv&dryRun=yes&kin=x&fileName=b.csv"),
              ::testing::ElementsAre("dryRun", "kin", "fileName"));
  EXPECT_THAT(fields("?kind=loans&fileName=%zz.csv"), ::testing::ElementsAre("query", "fileName"));
  for (const char* name : {"..%2Fa.csv", "a.pdf", ".csv", "a%00.csv", "a%0A.csv", "a%5Cb.csv"}) {
    EXPECT_THAT(fields(absl::StrCat("?kind=loans&fileName=", name)), ::testing::ElementsAre("fileName")) << name;
  }
  EXPECT_THAT(fields(absl::StrCat("?kind=loans&fileName=", std::string(300, 'a'), ".csv")),
              ::testing::ElementsAre("fileName"));
  EXPECT_THAT(fields(absl::StrCat("?kind=", std::string(5000, 'a'))), ::testing::ElementsAre("query"));
}

TEST(LanguageOf, IsTheFirstThatIsSpoken) {
  EXPECT_EQ(LanguageOf("fr, zh-CN;q=0.9, en"), kc::Language::kChinese);
  EXPECT_EQ(LanguageOf("en-GB, zh"), kc::Language::kEnglish);
  EXPECT_EQ(LanguageOf(""), kc::Language::kEnglish);
}

class UploadTest : public RestFixture {
 protected:
  std::vector<std::filesystem::path> Files() const {
    // Without exceptions: the gateway may remove what the walk has just come to.
    std::vector<std::filesystem::path> files;
    std::error_code gone;
    std::filesystem::recursive_directory_iterator entry(folder_, gone);
    while (!gone && entry != std::filesystem::recursive_directory_iterator()) {
      if (entry->is_regular_file(gone)) files.push_back(entry->path());
      entry.increment(gone);
    }
    return files;
  }
  // Waits until so many files lie there.
  bool AwaitFiles(size_t count) const {
    const absl::Time until = absl::Now() + kRestPatience;
    while (absl::Now() < until) {
      if (Files().size() == count) return true;
      std::this_thread::yield();
    }
    return false;
  }
};

TEST_F(UploadTest, RunsTheImporterOverTheFileAndKeepsNothing) {
  // A table without any column that loans have.
  const WireAnswer answer = Ask(kUpload, "Content-Type: text/csv\r\nAccept-Language: zh\r\n", "甲,乙\n1,2\n");
  EXPECT_EQ(answer.Header("content-type"), "application/json");
  EXPECT_GE(answer.status, 200);
  EXPECT_THAT(answer.body, AllOf(HasSubstr("\"file\":\"loans.csv\""), HasSubstr("\"kind\":\"loans\"")));
  EXPECT_THAT(Files(), ::testing::IsEmpty());
  const WireAnswer broken = Ask("POST /v1/files:import?kind=loans&fileName=a.xlsx", "", "this is no workbook");
  EXPECT_GE(broken.status, 400);
  EXPECT_LT(broken.status, 500);
  EXPECT_THAT(broken.body, AllOf(HasSubstr("\"written\":false"), HasSubstr("\"error\"")));
  EXPECT_EQ(Ask("POST /v1/files:import?kind=nothing&fileName=a.csv", "", "x").status, 400);
  EXPECT_THAT(Files(), ::testing::IsEmpty());
}

TEST_F(UploadTest, RefusesBeforeItReads) {
  Wire wire(port());
  EXPECT_EQ(wire.Ask(absl::StrCat(kUpload, " HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\nx")).status, 401);
  EXPECT_EQ(Ask(kUpload, "Content-Type: application/json\r\n", "{}").status, 415);
  EXPECT_EQ(Ask("POST /v1/files:import?fileName=a.csv", "", "x").status, 400);
  const WireAnswer verb = Ask("GET /v1/files:import");
  EXPECT_EQ(verb.status, 405);
  EXPECT_EQ(verb.Header("allow"), "OPTIONS, POST");
  EXPECT_EQ(Ask("OPTIONS /v1/files:import").status, 204);
  const WireAnswer large = Ask(kUpload, absl::StrCat("Content-Length: ", kUploadBytesMax + 1, "\r\n"));
  EXPECT_EQ(large.status, 413);
  EXPECT_THAT(large.body, HasSubstr(absl::StrCat(kUploadBytesMax)));
  const WireAnswer empty = Ask(kUpload);
  EXPECT_EQ(empty.status, 400);
  EXPECT_THAT(empty.body, HasSubstr("the file is empty"));
}

TEST_F(UploadTest, TakesAsManyFilesAsItMayAndRemovesThoseThatNeverCome) {
  std::vector<std::unique_ptr<Wire>> slow;
  for (int i = 0; i < kUploadsMax; ++i) {
    slow.push_back(std::make_unique<Wire>(port()));
    slow.back()->Send(absl::StrCat(Request(kUpload, "Content-Length: 1000000\r\n"), std::string(1000, 'x')));
  }
  ASSERT_TRUE(AwaitFiles(kUploadsMax));
  struct stat status {};
  ASSERT_EQ(stat(Files().front().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600U);
  const WireAnswer refused = Ask(kUpload, "", "x");
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(refused.Header("retry-after"), "5");
  EXPECT_THAT(refused.body, HasSubstr("OVERLOADED"));
  slow.clear();
  EXPECT_TRUE(AwaitFiles(0));
}

TEST_F(UploadTest, StartsWithoutWhatAKilledProcessLeft) {
  std::filesystem::create_directories(folder_ / "old" / "left");
  const auto second = Uploads::Make((folder_ / "old").string(), gateway_->OwnChannel(), gateway_->door());
  ASSERT_TRUE(second.ok());
  EXPECT_TRUE(std::filesystem::is_empty(folder_ / "old"));
  EXPECT_EQ(Uploads::Make("/proc/nothing", gateway_->OwnChannel(), gateway_->door()).status().code(),
            absl::StatusCode::kInternal);
}

}  // namespace
}  // namespace kechuang::gateway
