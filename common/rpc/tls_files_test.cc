#include "common/rpc/tls_files.h"

#include <sys/stat.h>

#include <fstream>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "common/base/error.h"
#include "common/rpc/test_certificates.h"
#include "tests/support/temp_folder.h"

namespace kechuang::rpc {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class TlsFilesTest : public ::testing::Test {
 protected:
  // What is said of files that are not taken, in both languages.
  static std::string Fault(const TlsFiles& files) {
    const auto material = ReadTlsFiles(files);
    EXPECT_EQ(ReasonOf(material.status()), "INVALID_FIELDS");
    return absl::StrCat(material.status().message(), " / ", ChineseOf(material.status()));
  }
  std::string Written(const std::string& name, const std::string& text) const {
    const std::string path = folder_.path() + "/" + name;
    std::ofstream(path) << text;
    chmod(path.c_str(), 0600);
    return path;
  }

  const kechuang::testing::TempFolder folder_;
  TestAuthority authority_{folder_.path()};
};

TEST_F(TlsFilesTest, TakesWhatFits) {
  EXPECT_TRUE(ReadTlsFiles(authority_.Sign("server")).ok());
  EXPECT_TRUE(ReadTlsFiles({"", "", authority_.path()}).ok());
  EXPECT_TRUE(ReadTlsFiles({}).ok());
}

TEST_F(TlsFilesTest, RefusesAKeyThatOthersMayRead) {
  const TlsFiles files = authority_.Sign("server");
  ASSERT_EQ(chmod(files.key.c_str(), 0640), 0);
  EXPECT_THAT(Fault(files), AllOf(HasSubstr("tls_key: the file " + files.key + " must have mode 0600"),
                                  HasSubstr("权限必须为 0600")));
  ASSERT_EQ(chmod(files.key.c_str(), 0400), 0);
  EXPECT_TRUE(ReadTlsFiles(files).ok());
}

TEST_F(TlsFilesTest, RefusesAKeyOfAnotherCertificate) {
  TlsFiles files = authority_.Sign("server");
  files.key = authority_.Sign("other").key;
  EXPECT_THAT(Fault(files), AllOf(HasSubstr("does not fit the certificate"), HasSubstr("不匹配")));
}

TEST_F(TlsFilesTest, RefusesACertificateThatHasEnded) {
  EXPECT_THAT(Fault(authority_.Sign("old", "DNS:localhost", -1)), AllOf(HasSubstr("has ended"), HasSubstr("已过期")));
}

TEST_F(TlsFilesTest, RefusesHalfAPair) {
  const TlsFiles files = authority_.Sign("server");
  EXPECT_THAT(Fault({files.certificate, "", ""}), AllOf(HasSubstr("tls_key: "), HasSubstr("必须同时给出")));
  EXPECT_THAT(Fault({"", files.key, ""}), HasSubstr("tls_certificate: "));
}

TEST_F(TlsFilesTest, TellsEveryFaultAtOnce) {
  const TlsFiles bad{Written("text.pem", "no certificate"), Written("text.key", "no key"), folder_.path() + "/absent"};
  EXPECT_THAT(Fault(bad),
              AllOf(HasSubstr("text.pem holds no certificate in PEM"), HasSubstr("text.key holds no private"),
                    HasSubstr("absent cannot be read"), HasSubstr("无法读取")));
  EXPECT_THAT(Fault({folder_.path(), folder_.path(), ""}), HasSubstr("cannot be read"));
  EXPECT_THAT(Fault({"", "", Written("empty", "")}), HasSubstr("holds no certificate"));
}

}  // namespace
}  // namespace kechuang::rpc
