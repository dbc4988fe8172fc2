#include "services/gateway/docs/static_files.h"

#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace kechuang::gateway {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

// What stands between quotes behind every mark of a text.
std::vector<std::string> Quoted(absl::string_view text, absl::string_view mark) {
  std::vector<std::string> found;
  for (size_t at = text.find(mark); at != absl::string_view::npos; at = text.find(mark, at)) {
    at += mark.size();
    found.emplace_back(text.substr(at, text.find('"', at) - at));
  }
  return found;
}

std::string Bytes(absl::string_view path) {
  const auto file = FindStaticFile(path);
  return file.has_value() ? std::string(file->bytes) : "";
}

TEST(StaticFiles, HoldEverythingThatThePageLoads) {
  const std::string page = Bytes("/docs");
  const std::vector<std::string> scripts = Quoted(page, "src=\"");
  EXPECT_THAT(scripts, ElementsAre("/docs/swagger-ui-bundle.js", "/docs/page.js"));
  for (const std::string& path : scripts) EXPECT_THAT(Bytes(path), Not(testing::IsEmpty())) << path;
  for (const std::string& path : Quoted(page, "href=\"")) {
    if (path == "/openapi.json") continue;
    EXPECT_THAT(Bytes(path), Not(testing::IsEmpty())) << path;
  }
}

TEST(StaticFiles, AreWholeAndOfTheirType) {
  EXPECT_EQ(FindStaticFile("/docs/")->content_type, "text/html; charset=utf-8");
  EXPECT_TRUE(absl::StartsWith(Bytes("/docs/favicon-32x32.png"), "\x89PNG"));
  EXPECT_THAT(Bytes("/docs/favicon-32x32.png"), HasSubstr("IEND"));
  EXPECT_THAT(Bytes("/docs/swagger-ui-bundle.js"), HasSubstr("SwaggerUIBundle"));
  EXPECT_EQ(FindStaticFile("/docs/page.js")->content_type, "text/javascript; charset=utf-8");
  EXPECT_THAT(Bytes("/docs/LICENSE"), HasSubstr("Apache License"));
}

TEST(StaticFiles, HoldNothingElse) {
  for (const char* path : {"", "/", "/docs/../page.js", "/docs/index.html.", "/doc", "/docs/page.js/"}) {
    EXPECT_FALSE(FindStaticFile(path).has_value()) << path;
  }
}

TEST(StaticFiles, LoadNothingFromElsewhere) {
  for (const char* path : {"/docs", "/docs/page.css", "/docs/page.js"}) {
    EXPECT_THAT(Bytes(path), Not(HasSubstr("//cdn"))) << path;
    EXPECT_THAT(Bytes(path), Not(HasSubstr("https:"))) << path;
  }
  EXPECT_THAT(Bytes("/docs"), Not(HasSubstr("<style")));
  EXPECT_THAT(Bytes("/docs"), Not(HasSubstr("<script>")));
}

TEST(EtagOf, TellsBytesApart) {
  EXPECT_EQ(EtagOf("abc"), "\"ba7816bf8f01cfea414140de5dae2223\"");
  EXPECT_NE(EtagOf("abc"), EtagOf("abd"));
}

}  // namespace
}  // namespace kechuang::gateway
