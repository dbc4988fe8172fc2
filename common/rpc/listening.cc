#include "common/rpc/listening.h"

#include <arpa/inet.h>

#include <utility>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

#include "common/base/error.h"
#include "common/base/loopback.h"
#include "kechuang/api/v1/reasons.pb.h"

ABSL_FLAG(std::string, listen, "127.0.0.1", "IP address to listen on; another than loopback needs --tls_certificate");
ABSL_FLAG(std::string, tls_certificate, "",
          "PEM file of this process's certificate; with it every port speaks TLS only");
ABSL_FLAG(std::string, tls_key, "", "PEM file of the certificate's private key, mode 0600");
ABSL_FLAG(std::string, tls_authority, "",
          "PEM file of the authority that signs the suite's certificates; with it calls to other services use TLS");
ABSL_FLAG(
    std::string, tls_clients, "none",
    "ask: callers may show a certificate that a key names, in place of a secret; require: the same, and services, "
    "but not the gateway, take only callers with a certificate of --tls_authority");

namespace kechuang::rpc {
namespace {

bool IsIp(const std::string& ip) {
  in6_addr parsed{};
  return inet_pton(AF_INET, ip.c_str(), &parsed) == 1 || inet_pton(AF_INET6, ip.c_str(), &parsed) == 1;
}

void CheckPlaces(const ListenFlags& flags, Faults& faults) {
  if (!IsIp(flags.listen)) {
    faults.Add("listen", api::v1::FIELD_MALFORMED,
               absl::StrCat("\"", flags.listen, "\" is no IP address, such as 127.0.0.1, 10.0.0.5 or 0.0.0.0"),
               absl::StrCat("“", flags.listen, "”不是 IP 地址，应如 127.0.0.1、10.0.0.5 或 0.0.0.0"));
  } else if (!IsLoopbackHost(flags.listen) && flags.files.certificate.empty()) {
    faults.Add("listen", api::v1::FIELD_REQUIRED,
               absl::StrCat(flags.listen,
                            " is not loopback, and nothing but TLS leaves this machine: give --tls_certificate and ",
                            "--tls_key"),
               absl::StrCat(flags.listen,
                            " 不是本机回环地址，离开本机的通信必须使用 TLS：请给出 --tls_certificate 和 --tls_key"));
  }
  for (const auto& [area, address] : flags.addresses) {
    if (IsLoopbackAddress(address) || !flags.files.authority.empty()) continue;
    faults.Add(
        absl::StrCat(area, "_address"), api::v1::FIELD_REQUIRED,
        absl::StrCat(address, " is on another machine, and keys do not travel in plain text: give --tls_authority"),
        absl::StrCat(address, " 在另一台机器上，密钥不得以明文传输：请给出 --tls_authority"));
  }
}

bool AsksClients(absl::string_view clients) { return clients == "ask" || clients == "require"; }

TlsClients ClientsOf(absl::string_view flag) {
  if (!AsksClients(flag)) return TlsClients::kAny;
  return flag == "ask" ? TlsClients::kAsk : TlsClients::kRequire;
}

void CheckClients(const ListenFlags& flags, Faults& faults) {
  if (flags.clients != "none" && !AsksClients(flags.clients)) {
    faults.Add("tls_clients", api::v1::FIELD_UNKNOWN_VALUE,
               absl::StrCat("\"", flags.clients, "\" is unknown; it is none, ask or require"),
               absl::StrCat("“", flags.clients, "”无效，应为 none、ask 或 require"));
  }
  if (flags.clients == "ask" && flags.files.certificate.empty()) {
    faults.Add("tls_clients", api::v1::FIELD_REQUIRED,
               "who asks clients for certificates needs --tls_certificate and --tls_key",
               "向客户端索取证书时须给出 --tls_certificate 和 --tls_key");
  }
  if (flags.clients == "require" && (flags.files.certificate.empty() || flags.files.authority.empty())) {
    faults.Add("tls_clients", api::v1::FIELD_REQUIRED,
               "who requires certificates of clients needs --tls_certificate, --tls_key and --tls_authority",
               "要求客户端证书时须给出 --tls_certificate、--tls_key 和 --tls_authority");
  }
}

}  // namespace

std::string Listening::AddressOf(int port) const {
  return absl::StrContains(ip, ':') ? absl::StrCat("[", ip, "]:", port) : absl::StrCat(ip, ":", port);
}

ListenFlags ReadListenFlags(std::map<std::string, std::string> addresses) {
  return {absl::GetFlag(FLAGS_listen),
          {absl::GetFlag(FLAGS_tls_certificate), absl::GetFlag(FLAGS_tls_key), absl::GetFlag(FLAGS_tls_authority)},
          absl::GetFlag(FLAGS_tls_clients),
          std::move(addresses)};
}

absl::StatusOr<Listening> CheckListening(const ListenFlags& flags) {
  Faults faults;
  CheckPlaces(flags, faults);
  CheckClients(flags, faults);
  const TlsFiles& files = flags.files;
  Listening listening{flags.listen, nullptr, ClientsOf(flags.clients)};
  if (!files.certificate.empty() || !files.key.empty() || !files.authority.empty()) {
    absl::StatusOr<std::shared_ptr<const Tls>> tls = Tls::Open(files);
    if (tls.ok()) {
      listening.tls = *std::move(tls);
    } else if (!faults.any()) {
      return tls.status();
    } else {
      faults.Add("tls", tls.status());
    }
  }
  if (faults.any()) return faults.status();
  return listening;
}

bool IsLoopbackAddress(absl::string_view address) {
  for (const absl::string_view each : absl::StrSplit(address, ',')) {
    if (!IsLoopbackHost(each.substr(0, each.rfind(':')))) return false;
  }
  return true;
}

}  // namespace kechuang::rpc
