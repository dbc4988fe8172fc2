#include "tests/bench/sql_load.h"

#include <atomic>
#include <functional>
#include <thread>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"

#include "common/base/status_macros.h"
#include "common/mysql/database.h"
#include "nlohmann/json.hpp"
#include "tests/bench/latencies.h"

namespace kechuang::bench {
namespace {

using mysql::Database;
using mysql::Row;
using mysql::Session;
using mysql::Value;

constexpr char kBook[] = "default";

// Reads every column as text, as a service would have to.
absl::Status ReadRows(Session& session, const std::string& sql, const std::vector<Value>& values, int columns) {
  size_t bytes = 0;
  RETURN_IF_ERROR(session.Query(sql, values, [&](const Row& row) {
    for (int i = 0; i < columns; ++i) bytes += row.IsNull(i) ? 0 : row.Text(i).size();
    return absl::OkStatus();
  }));
  return bytes > 0 ? absl::OkStatus() : absl::NotFoundError("the floor read nothing");
}

struct ColumnFacts {
  std::string name;
  bool has_default = false;
};

absl::StatusOr<std::vector<ColumnFacts>> ColumnsOf(Database& database, const std::string& table) {
  std::vector<ColumnFacts> columns;
  RETURN_IF_ERROR(database.Read(absl::Now() + absl::Seconds(10), [&](Session& session) {
    return session.Query(
        "SELECT column_name,is_nullable='YES' OR column_default IS NOT NULL FROM information_schema.columns WHERE "
        "table_schema=DATABASE() AND table_name=? ORDER BY "
        "ordinal_position",
        {table}, [&](const Row& row) {
          columns.push_back({row.Text(0), row.Int(1) == 1});
          return absl::OkStatus();
        });
  }));
  return columns;
}

// A row that is there already, to be written again and again under other names. What is empty is left to the
// column's default, or stands in the statement.
struct Model {
  std::string insert;
  std::vector<Value> values;
  size_t name_at = 0;

  static absl::StatusOr<Model> Of(Database& database, const std::string& table, const std::string& name_column) {
    ASSIGN_OR_RETURN(const std::vector<ColumnFacts> columns, ColumnsOf(database, table));
    Model model;
    std::string names;
    std::string places;
    RETURN_IF_ERROR(database.Read(absl::Now() + absl::Seconds(10), [&](Session& session) {
      return session.Query(absl::StrCat("SELECT * FROM ", table, " LIMIT 1"), {}, [&](const Row& row) {
        for (size_t i = 0; i < columns.size(); ++i) {
          const bool null = row.IsNull(static_cast<int>(i));
          const std::string text = row.Text(static_cast<int>(i));
          const std::string& column = columns[i].name;
          if (column == name_column) model.name_at = model.values.size();
          const bool bound = !null && (!text.empty() || column == name_column);
          if (columns[i].has_default && (!bound || text == "0")) continue;
          if (bound) model.values.emplace_back(text);
          absl::StrAppend(&names, names.empty() ? "" : ",", "`", column, "`");
          absl::StrAppend(&places, places.empty() ? "" : ",", bound ? "?" : null ? "NULL" : "''");
        }
        return absl::OkStatus();
      });
    }));
    if (model.values.empty()) return absl::NotFoundError(absl::StrCat("the table ", table, " is empty"));
    model.insert = absl::StrCat("INSERT INTO ", table, " (", names, ") VALUES (", places, ")");
    return model;
  }

  absl::Status Insert(Session& session, const std::string& name) const {
    std::vector<Value> row = values;
    row[name_at] = name;
    return session.Execute(insert, row).status();
  }
};

// One operation of a load.
using Operation = std::function<absl::Status(Database&, int64_t number)>;

absl::StatusOr<Operation> ReadingOf(Database& database, const SqlLoad& load) {
  ASSIGN_OR_RETURN(const std::vector<ColumnFacts> columns, ColumnsOf(database, "contract"));
  const int width = static_cast<int>(columns.size());
  const bool list = load.name == "sql-list";
  const std::string sql = list ? "SELECT * FROM contract WHERE book=? AND state=? AND name>? ORDER BY name LIMIT 101"
                               : "SELECT * FROM contract WHERE book=? AND name=?";
  return [sql, list, width, names = load.names](Database& of, int64_t number) {
    const std::string& name = names[static_cast<size_t>(number * 7919) % names.size()];
    return of.Read(absl::Now() + absl::Seconds(10), [&](Session& session) {
      const std::vector<Value> values =
          list ? std::vector<Value>{kBook, "REGISTERED", names.front()} : std::vector<Value>{kBook, name};
      return ReadRows(session, sql, values, width);
    });
  };
}

// A transaction of the statements that one create needs by itself.
absl::StatusOr<Operation> CreatingOf(Database& database) {
  ASSIGN_OR_RETURN(Model contract, Model::Of(database, "contract", "name"));
  ASSIGN_OR_RETURN(Model journal, Model::Of(database, "journal", "sequence"));
  ASSIGN_OR_RETURN(Model total, Model::Of(database, "total", "cell"));
  total.insert += " ON DUPLICATE KEY UPDATE entries=entries+1";
  const std::string run = absl::StrCat(absl::ToUnixMicros(absl::Now()));
  return [total = std::move(total), contract = std::move(contract), journal = std::move(journal), run](Database& of,
                                                                                                       int64_t number) {
    const std::string name = absl::StrCat("contracts/floor-", run, "-", number);
    return of.Transact(absl::Now() + absl::Seconds(10), [&](mysql::Transaction& transaction) -> absl::Status {
      const int64_t sequence = number;
      RETURN_IF_ERROR(
          transaction.Execute("UPDATE head SET sequence=? WHERE book=? AND sequence<?", {sequence, kBook, sequence})
              .status());
      RETURN_IF_ERROR(contract.Insert(transaction, name));
      std::vector<Value> row = journal.values;
      row[journal.name_at] = sequence;
      for (Value& value : row) {
        if (std::holds_alternative<std::string>(value) &&
            absl::StartsWith(std::get<std::string>(value), "contracts/")) {
          value = name;
        }
      }
      RETURN_IF_ERROR(transaction.Execute(journal.insert, row).status());
      return transaction.Execute(total.insert, total.values).status();
    });
  };
}

}  // namespace

absl::StatusOr<nlohmann::json> RunSqlLoad(const SqlLoad& load, int64_t first_number, absl::Duration length) {
  mysql::DatabaseConfig config;
  config.endpoints = {absl::StrCat("unix://", load.socket)};
  config.user = load.user;
  config.schema = load.schema;
  config.pool_size = load.in_flight;
  Database database(config);
  ASSIGN_OR_RETURN(const Operation operation,
                   load.name == "sql-create" ? CreatingOf(database) : ReadingOf(database, load));
  Latencies latencies;
  std::atomic<int64_t> number = first_number;
  const absl::Time began = absl::Now();
  std::vector<std::thread> threads;
  for (int i = 0; i < load.in_flight; ++i) {
    threads.emplace_back([&] {
      while (absl::Now() < began + length) {
        const absl::Time start = absl::Now();
        absl::Status status = load.before ? load.before() : absl::OkStatus();
        if (status.ok()) status = operation(database, number++);
        latencies.Add(absl::Now() - start, status);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  return latencies.Summary(absl::Now() - began);
}

}  // namespace kechuang::bench
