#ifndef KECHUANG_TESTS_SUPPORT_MACHINE_CERTIFICATE_H_
#define KECHUANG_TESTS_SUPPORT_MACHINE_CERTIFICATE_H_

#include <cstdint>

namespace kechuang::testing {

// A certificate that signs itself, as a machine makes one; `openssl x509 -fingerprint -sha256` and `-enddate` say so of
// it. Its private key is nowhere.
inline constexpr char kMachineCertificate[] = R"(-----BEGIN CERTIFICATE-----
MIIBgTCCASegAwIBAgIUSYW81pI9Y+qZREtOuzECalrMEAgwCgYIKoZIzj0EAwIw
FTETMBEGA1UEAwwKc3RhdGlzdGljczAgFw0yNjExMzAwNDQ3MTBaGA8yMTI2MTEw
NjA0NDcxMFowFTETMBEGA1UEAwwKc3RhdGlzdGljczBZMBMGByqGSM49AgEGCCqG
SM49AwEHA0IABOjekhTfgnQR7glck0juPw8ZgIL5cEXtpyZ4E4/tps+RhrMt5aPK
6EmXh0s07hra0ivCSetWfTBac0OQd2qSjDWjUzBRMB0GA1UdDgQWBBTHuNkW2Anv
BAgI8lSG193keP9yijAfBgNVHSMEGDAWgBTHuNkW2AnvBAgI8lSG193keP9yijAP
BgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0gAMEUCIQCRvWHjipYIzLTFYOkq
VUmikaz3Ds5dDR9qwPnsSGZCQQIgN+/1DC8BerXb4QKU5+hy0Vf1UqTOnB9FClsg
lXypqWI=
-----END CERTIFICATE-----
)";
inline constexpr char kMachineFingerprint[] = "aa4118b52637e71f172874d582df689333df619ff64bef4e538187b589492b31";
inline constexpr int64_t kMachineCertificateEnds = 4949614030;  // seconds since 1970: Nov  6 04:47:10 2126 GMT

}  // namespace kechuang::testing

#endif  // KECHUANG_TESTS_SUPPORT_MACHINE_CERTIFICATE_H_
