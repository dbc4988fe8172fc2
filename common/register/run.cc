#include "common/register/run.h"

#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"

#include "common/base/error.h"
#include "common/base/status_macros.h"
#include "common/ledger/engine_schema.h"
#include "common/ledger/imports_schema.h"
#include "common/mysql/endpoints.h"
#include "common/register/journal_service.h"
#include "common/register/looks.h"
#include "common/rpc/authenticator.h"
#include "common/rpc/process.h"
#include "kechuang/api/v1/reasons.pb.h"

ABSL_FLAG(bool, migrate, false, "bring the database schema up to date, as its owner, and end");
ABSL_FLAG(std::string, database, "",
          "unix:///path.sock or tcp://host:port of the database, or the nodes of one Galera cluster by comma, the same "
          "order for every replica: the first that works is used, the next when it is gone; empty: the state folder's "
          "socket");
ABSL_FLAG(int, batch_size, kechuang::ledger::RegisterOptions().batch_size_max,
          "most changes written in one transaction");
ABSL_FLAG(int, read_cache_mib, static_cast<int>(kechuang::ledger::RegisterOptions().read_cache_bytes >> 20),
          "most memory for records that were read and are kept for the next reader, in MiB; 0 keeps none");
ABSL_FLAG(std::string, database_ca, "", "file of the certificate authority of a database reached over the network");

namespace kechuang {
namespace {

constexpr absl::Duration kStartWait = absl::Seconds(30);
constexpr absl::Duration kMigrateWait = absl::Minutes(30);
constexpr absl::Duration kPingWait = absl::Seconds(1);
constexpr int kReadCacheMostMib = 65536;

absl::StatusOr<std::string> ReadSecret(const std::string& path) {
  std::ifstream file(path);
  std::string secret;
  std::getline(file, secret);
  absl::StripAsciiWhitespace(&secret);
  if (!secret.empty()) return secret;
  return Refuse(absl::StatusCode::kFailedPrecondition, api::v1::DATABASE_UNAVAILABLE)
      .Says(absl::StrCat("the password file ", path, " is absent or empty"),
            absl::StrCat("密码文件 ", path, " 不存在或为空"));
}

absl::Status BadReadCache(int mib) {
  return Refuse(absl::StatusCode::kInvalidArgument, api::v1::FIELD_MALFORMED)
      .Says(absl::StrCat("--read_cache_mib takes 0 to ", kReadCacheMostMib, " MiB, not ", mib),
            absl::StrCat("--read_cache_mib 须为 0 到 ", kReadCacheMostMib, "（MiB），不能为 ", mib));
}

absl::Status NoBatch(int size) {
  return Refuse(absl::StatusCode::kInvalidArgument, api::v1::FIELD_MALFORMED)
      .Says(absl::StrCat("--batch_size must be 1 or more, not ", size),
            absl::StrCat("--batch_size 须不小于 1，不能为 ", size));
}

absl::Status NoDatabase(const std::vector<std::string>& endpoints) {
  const std::string addresses = absl::StrJoin(endpoints, ", ");
  return Refuse(absl::StatusCode::kUnavailable, api::v1::DATABASE_UNAVAILABLE)
      .With("addresses", addresses)
      .Says(absl::StrCat("no database answers at ", addresses, ": is it running, and is --database right?"),
            absl::StrCat("数据库 ", addresses, " 没有应答：请确认数据库已启动，且 --database 填写正确"));
}

absl::Status NoAuthority(absl::string_view endpoint) {
  return Refuse(absl::StatusCode::kInvalidArgument, api::v1::FIELD_MALFORMED)
      .With("address", endpoint)
      .Says(absl::StrCat("the database ", endpoint, " is on another machine: give --database_ca, the certificate ",
                         "authority that its TLS certificate is verified by"),
            absl::StrCat("数据库 ", endpoint, " 在另一台机器上：请用 --database_ca 给出验证其 TLS 证书的证书颁发机构"));
}

absl::StatusOr<mysql::DatabaseConfig> ConfigOf(const rpc::ProcessFlags& flags, const std::string& area,
                                               const std::string& account) {
  mysql::DatabaseConfig config;
  const std::string endpoints = absl::GetFlag(FLAGS_database);
  ASSIGN_OR_RETURN(
      config.endpoints,
      mysql::ParseEndpoints(endpoints.empty() ? absl::StrCat("unix://", flags.state, "/mariadb.sock") : endpoints));
  config.user = absl::StrCat("kechuang_", account);
  ASSIGN_OR_RETURN(config.password, ReadSecret(absl::StrCat(flags.state, "/secrets/", account, ".password")));
  config.schema = absl::StrCat("kechuang_", area);
  config.ca_file = absl::GetFlag(FLAGS_database_ca);
  for (const std::string& far : config.endpoints) {
    if (config.ca_file.empty() && !mysql::IsLocal(far)) return NoAuthority(far);
  }
  return config;
}

absl::StatusOr<ledger::RegisterOptions> OptionsOf() {
  ledger::RegisterOptions options;
  options.batch_size_max = absl::GetFlag(FLAGS_batch_size);
  if (options.batch_size_max < 1) return NoBatch(options.batch_size_max);
  const int read_cache = absl::GetFlag(FLAGS_read_cache_mib);
  if (read_cache < 0 || read_cache > kReadCacheMostMib) return BadReadCache(read_cache);
  options.read_cache_bytes = static_cast<size_t>(read_cache) << 20;
  return options;
}

absl::Status RunMigrations(const rpc::ProcessFlags& flags, const RegisterProgram& program) {
  ASSIGN_OR_RETURN(mysql::DatabaseConfig config, ConfigOf(flags, program.area, "owner"));
  config.statement_limit = config.cluster_statement_limit = kMigrateWait;  // an ALTER of a large table takes its time
  mysql::Database database(std::move(config));
  return mysql::Migrate(database, absl::Now() + kMigrateWait, WithEngine(program.migrations));
}

}  // namespace

std::vector<mysql::Migration> WithEngine(std::vector<mysql::Migration> migrations) {
  const absl::string_view steps[] = {ledger::EngineSchema(), ledger::ImportsSchema()};
  for (size_t i = 0; i < std::size(steps); ++i) {
    if (i == migrations.size())
      migrations.push_back({static_cast<int>(i) + 1, absl::StrFormat("%04d_engine", i + 1), ""});
    migrations[i].sql = absl::StrCat(steps[i], "\n", migrations[i].sql);
  }
  return migrations;
}

int RunRegister(int argc, char** argv, const RegisterProgram& program) {
  rpc::PrepareProcess();
  const rpc::ProcessFlags flags = rpc::ParseProcessFlags(argc, argv);
  if (absl::GetFlag(FLAGS_migrate)) {
    const absl::Status migrated = RunMigrations(flags, program);
    return migrated.ok() ? 0 : rpc::FailStart(migrated);
  }
  if (program.in_place_of_service != nullptr) {
    const std::optional<absl::Status> done = program.in_place_of_service(flags.state);
    if (done.has_value()) return done->ok() ? 0 : rpc::FailStart(*done);
  }
  absl::StatusOr<mysql::DatabaseConfig> config = ConfigOf(flags, program.area, program.area);
  if (!config.ok()) return rpc::FailStart(config.status());
  mysql::Database database(*config);
  const absl::StatusOr<ledger::RegisterOptions> options = OptionsOf();
  if (!options.ok()) return rpc::FailStart(options.status());
  ledger::Register ledger(database, ledger::KindTable(program.kinds), SystemClock(), *options);
  const absl::Time deadline = absl::Now() + kStartWait;
  absl::Status ready = mysql::CheckVersion(database, deadline, program.versions);
  if (ready.ok()) ready = ledger.Start(deadline);
  if (ready.ok() && program.prepare != nullptr) ready = program.prepare(ledger, flags.state);
  if (absl::IsUnavailable(ready)) return rpc::FailStart(NoDatabase(config->endpoints));
  if (!ready.ok()) return rpc::FailStart(ready);

  const absl::StatusOr<std::string> suite_key = rpc::ReadSuiteKey(flags);
  if (!suite_key.ok()) return rpc::FailStart(suite_key.status());
  rpc::Channels channels(flags.addresses, flags.listening.tls, rpc::Introduction(program.area, *suite_key));
  const std::vector<rpc::MethodTable*> services = program.make_services(ledger, channels);
  auto journal = MakeJournalService(program.journal_service, ledger);
  std::vector<const rpc::MethodTable*> tables(services.begin(), services.end());
  tables.push_back(&journal.table());
  RegisterLookLog looks(ledger);
  return rpc::RunService(
      flags, program.area, tables, [&] { return database.Ping(kPingWait); }, &looks);
}

}  // namespace kechuang
