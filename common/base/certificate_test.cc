#include "common/base/certificate.h"

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

#include "tests/support/machine_certificate.h"

namespace kechuang {
namespace {

using testing::kMachineCertificate;

TEST(Certificate, IsReadFromPem) {
  const auto certificate = ReadCertificate(kMachineCertificate);
  ASSERT_TRUE(certificate.has_value());
  EXPECT_EQ(certificate->fingerprint, testing::kMachineFingerprint);
  EXPECT_EQ(absl::ToUnixSeconds(certificate->ends), testing::kMachineCertificateEnds);
}

TEST(Certificate, IsTheFirstOneWhateverStandsAroundIt) {
  const auto certificate = ReadCertificate(absl::StrCat("subject=CN = statistics\r\n", kMachineCertificate, "more"));
  ASSERT_TRUE(certificate.has_value());
  EXPECT_EQ(certificate->fingerprint, testing::kMachineFingerprint);
}

TEST(Certificate, IsNothingElse) {
  std::string cut = kMachineCertificate;
  cut.resize(cut.size() / 2);
  std::string damaged = kMachineCertificate;
  damaged[40] = damaged[40] == 'A' ? 'B' : 'A';
  for (const std::string& text : {std::string(), std::string("no certificate"), cut, damaged,
                                  std::string("-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n")}) {
    EXPECT_FALSE(ReadCertificate(text).has_value()) << text;
  }
}

}  // namespace
}  // namespace kechuang
