#ifndef KECHUANG_COMMON_REGISTER_RUN_H_
#define KECHUANG_COMMON_REGISTER_RUN_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

#include "common/ledger/register.h"
#include "common/mysql/migration.h"
#include "common/rpc/channels.h"
#include "common/rpc/service.h"

namespace kechuang {

// What one register is made of; its main says nothing else.
struct RegisterProgram {
  std::string area;             // "loan": names the schema kechuang_loan and the database account
  std::string journal_service;  // "kechuang.loan.v1.LoanJournal"
  std::vector<mysql::Migration> migrations;
  mysql::VersionRange versions;
  std::vector<ledger::Kind> kinds;
  // What the program's own flags ask for in place of the service; nothing if they ask for none. state: the state
  // folder.
  std::function<std::optional<absl::Status>(const std::string& state)> in_place_of_service = nullptr;
  // What is to be done at every start before the service is there; nothing if empty. state: the state folder.
  std::function<absl::Status(ledger::Register&, const std::string& state)> prepare = nullptr;
  // Makes the methods of the register's services; what it points to lives as long as the program. channels reaches the
  // other services of the suite.
  std::function<std::vector<rpc::MethodTable*>(ledger::Register&, rpc::Channels& channels)> make_services;
};

// A register's migrations with the engine's own steps in front of them, the engine's second in front of the register's
// second. A register with fewer steps than the engine gets the rest as steps of their own, which does for tests; one in
// use has a file for each, because what was applied must not change.
std::vector<mysql::Migration> WithEngine(std::vector<mysql::Migration> migrations);

// Runs a register's process: flags, database, register, server, health, metrics, drain on SIGTERM. With --migrate it
// brings the schema up to date and ends. The process's exit code.
int RunRegister(int argc, char** argv, const RegisterProgram& program);

}  // namespace kechuang

#endif  // KECHUANG_COMMON_REGISTER_RUN_H_
