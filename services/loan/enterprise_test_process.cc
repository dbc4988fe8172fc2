#include "services/loan/enterprise_test_process.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"

#include "common/domain/credit_code.h"
#include "common/domain/day.h"
#include "common/mysql/database.h"
#include "common/register/testing.h"
#include "kechuang/enterprise/v1/enterprise_service.pb.h"
#include "tests/support/child_process.h"
#include "tests/support/private_mariadb.h"

namespace kechuang::loan::testing {
namespace {

using ::kechuang::testing::Launch;
using ::kechuang::testing::PrivateMariaDb;
using ::kechuang::testing::ServedRegister;
using ::kechuang::testing::Wait;

constexpr absl::string_view kPassword = "for-tests-only";
constexpr int kTries = 20;
constexpr int kHttpOffset = 80;
constexpr int kOffsets[] = {1, 5};  // enterprise, identity

const std::map<std::string, std::string> kPrograms = {{"enterprise", KECHUANG_ENTERPRISE_PROGRAM},
                                                      {"identity", KECHUANG_IDENTITY_PROGRAM}};

[[noreturn]] void Fail(absl::string_view what) {
  std::cerr << "the enterprise program does not run: " << what << "\n";
  std::abort();
}

void WriteSecret(const std::string& path, absl::string_view text) {
  std::ofstream(path) << text << "\n";
  if (chmod(path.c_str(), 0600) != 0) Fail(path);
}

// The accounts and the schema of a register that deploy/up would make.
void PrepareDatabase(const std::string& area) {
  mysql::Database database(PrivateMariaDb::Shared().Config(""));
  const absl::Status made = database.Read(absl::Now() + absl::Seconds(30), [&area](mysql::Session& session) {
    for (const std::string& statement :
         {absl::StrCat("CREATE DATABASE kechuang_", area, " CHARACTER SET utf8mb4 COLLATE utf8mb4_bin"),
          absl::StrCat("CREATE USER IF NOT EXISTS kechuang_owner@localhost IDENTIFIED BY '", kPassword, "'"),
          absl::StrCat("CREATE USER kechuang_", area, "@localhost IDENTIFIED BY '", kPassword, "'"),
          absl::StrCat("GRANT ALL PRIVILEGES ON kechuang_", area, ".* TO kechuang_owner@localhost"),
          absl::StrCat("GRANT SELECT, INSERT, UPDATE, DELETE ON kechuang_", area, ".* TO kechuang_", area,
                       "@localhost")}) {
      const absl::Status done = session.Execute(statement, {}).status();
      if (!done.ok()) return done;
    }
    return absl::OkStatus();
  });
  if (!made.ok()) Fail(std::string(made.message()));
}

bool IsFree(int port) {
  const int listener = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<uint16_t>(port));
  const bool free = bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0;
  close(listener);
  return free;
}

// A port base under which the programs' ports are free now; another test may still be quicker.
int FreePortBase(int attempt) {
  for (int base = 21000 + (getpid() * 7 + attempt * 211) % 20000;; ++base) {
    const bool free = std::ranges::all_of(
        kOffsets, [base](int offset) { return IsFree(base + offset) && IsFree(base + offset + kHttpOffset); });
    if (free) return base;
  }
}

}  // namespace

EnterpriseProcess& EnterpriseProcess::Shared() {
  static auto& process = *new EnterpriseProcess();
  return process;
}

EnterpriseProcess::EnterpriseProcess() {
  const std::string state = PrivateMariaDb::Shared().folder();
  std::filesystem::create_directories(state + "/secrets");
  WriteSecret(state + "/bureau.key", absl::StripPrefix(ServedRegister::authorization(), "Bearer "));
  WriteSecret(state + "/secrets/suite.key", "the-suite-of-this-test");
  WriteSecret(state + "/secrets/owner.password", kPassword);
  const std::string log = state + "/enterprise.log";
  for (const auto& [area, program] : kPrograms) {
    WriteSecret(absl::StrCat(state, "/secrets/", area, ".password"), kPassword);
    PrepareDatabase(area);
    if (Wait(Launch({program, "--state=" + state, "--migrate"}, log)) != 0) Fail("it does not migrate, see " + log);
  }
  for (int attempt = 0; attempt < kTries; ++attempt) {
    port_base_ = FreePortBase(attempt);
    for (const auto& [area, program] : kPrograms) {
      Launch({program, "--state=" + state, absl::StrCat("--port_base=", port_base_)}, log);
    }
    channels_ = std::make_unique<rpc::Channels>(std::map<std::string, std::string>{{"enterprise", address()}});
    if (Serves()) return;
  }
  Fail("it cannot be reached, see " + log);
}

bool EnterpriseProcess::Serves() {
  const std::string method =
      rpc::MethodTaking("kechuang.enterprise.v1.EnterpriseService", enterprise::v1::GetEnterpriseRequest::descriptor(),
                        enterprise::v1::Enterprise::descriptor());
  enterprise::v1::GetEnterpriseRequest nobody;
  nobody.set_name(absl::StrCat("enterprises/", CodeOf(0)));
  rpc::Call call;
  call.credential = ServedRegister::authorization();
  for (const absl::Time end = absl::Now() + absl::Seconds(30); absl::Now() < end;) {
    call.deadline = end;
    enterprise::v1::Enterprise none;
    if (absl::IsNotFound(channels_->Ask(call, "enterprise", method, nobody, none))) return true;
  }
  return false;
}

std::string EnterpriseProcess::address() const { return absl::StrCat("127.0.0.1:", port_base_ + 1); }

std::string EnterpriseProcess::CodeOf(int number) {
  return MakeCreditCode("91640105", absl::StrFormat("MA%06d", number));
}

template <class Response, class Request>
Response EnterpriseProcess::Ask(const Request& request) {
  rpc::Call call;
  call.credential = ServedRegister::authorization();
  call.deadline = absl::Now() + absl::Seconds(60);
  Response response;
  const std::string method =
      rpc::MethodTaking("kechuang.enterprise.v1.EnterpriseService", Request::descriptor(), Response::descriptor());
  const absl::Status asked = channels_->Ask(call, "enterprise", method, request, response);
  if (!asked.ok()) Fail(std::string(asked.message()));
  return response;
}

std::string EnterpriseProcess::Enter(int number, const std::string& enterprise_name, absl::string_view hnte_from) {
  enterprise::v1::CreateEnterpriseRequest request;
  request.mutable_enterprise()->set_credit_code(CodeOf(number));
  request.mutable_enterprise()->set_enterprise_name(enterprise_name);
  request.mutable_enterprise()->set_located_division_code("640105");
  const std::string name = Ask<enterprise::v1::Enterprise>(request).name();
  if (hnte_from.empty()) return name;
  enterprise::v1::GrantCertificationRequest grant;
  grant.set_parent(name);
  enterprise::v1::Certification& certification = *grant.mutable_certification();
  certification.set_certification_class(enterprise::v1::CERTIFICATION_CLASS_HNTE);
  certification.set_certificate_number(absl::StrFormat("GR202264%06d", number));
  *certification.mutable_issue_date() = Day::Parse(hnte_from).value().ToProto();
  Ask<enterprise::v1::Certification>(grant);
  return name;
}

}  // namespace kechuang::loan::testing
