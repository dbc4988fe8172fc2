#include "common/ledger/export.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"

#include "common/base/error.h"
#include "common/base/status_macros.h"
#include "common/ledger/filter.h"
#include "common/ledger/row_scope.h"
#include "common/ledger/stamps.h"
#include "kechuang/api/v1/reasons.pb.h"

namespace kechuang::ledger {
namespace {

using google::protobuf::Message;
using mysql::Row;
using mysql::Session;
using mysql::Value;

constexpr int64_t kPage = 500;

absl::Status CutShort() {
  return Refuse(absl::StatusCode::kUnavailable, api::v1::DATABASE_UNAVAILABLE)
      .RetryAfter(absl::Seconds(1))
      .Says("the connection to the database was lost within the export; begin it again",
            "导出过程中与数据库的连接中断，请重新导出");
}

// Which records, apart from where the page begins.
absl::StatusOr<Condition> Where(const Store& store, const Kind& kind, const ListQuery& query) {
  ASSIGN_OR_RETURN(Condition filter, ParseFilter(query.filter, store.ColumnsOf(kind)));
  Condition where{"book=?", {store.book()}};
  if (!filter.sql.empty()) {
    absl::StrAppend(&where.sql, " AND ", filter.sql);
    where.values.insert(where.values.end(), filter.values.begin(), filter.values.end());
  }
  if (const Condition scope = ScopeCondition(store, kind, query.scope); !scope.sql.empty()) {
    absl::StrAppend(&where.sql, " AND ", scope.sql);
    where.values.insert(where.values.end(), scope.values.begin(), scope.values.end());
  }
  if (!query.show_deleted && kind.type->FindFieldByName("delete_time") != nullptr) {
    absl::StrAppend(&where.sql, " AND delete_time IS NULL");
  }
  return where;
}

absl::StatusOr<std::vector<std::unique_ptr<Message>>> ReadPage(Session& session, const Store& store, const Kind& kind,
                                                               absl::Time now, const Condition& where,
                                                               const std::string& after) {
  const Columns& columns = store.ColumnsOf(kind);
  std::vector<Value> values = where.values;
  values.insert(values.end(), {after, kPage});
  std::vector<std::unique_ptr<Message>> records;
  RETURN_IF_ERROR(
      session.Query(absl::StrCat("SELECT ", columns.list(), " FROM `", kind.table, "` WHERE ", where.sql,
                                 " AND name>? ORDER BY name LIMIT ?"),
                    values, [&](const Row& row) -> absl::Status {
                      std::unique_ptr<Message> record(
                          google::protobuf::MessageFactory::generated_factory()->GetPrototype(kind.type)->New());
                      RETURN_IF_ERROR(columns.ReadRow(row, 0, *record));
                      FillDerived(kind, *record, now);
                      records.push_back(std::move(record));
                      return absl::OkStatus();
                    }));
  return records;
}

}  // namespace

absl::Status ExportRecordsOf(mysql::Database& database, const Store& store, const Kind& kind, absl::Time now,
                             absl::Time deadline, const ListQuery& query, OnExportPage on_page) {
  ASSIGN_OR_RETURN(const Condition where, Where(store, kind, query));
  bool begun = false;
  return database.Snapshot(deadline, [&](Session& session) -> absl::Status {
    if (begun) return CutShort();  // the pages handed over show a moment that is gone
    ASSIGN_OR_RETURN(const Head head, store.ReadHead(session));
    std::string after;
    while (true) {
      ASSIGN_OR_RETURN(std::vector<std::unique_ptr<Message>> records,
                       ReadPage(session, store, kind, now, where, after));
      const bool last = records.size() < static_cast<size_t>(kPage);
      if (!records.empty()) after = NameOf(*records.back());
      begun = true;
      RETURN_IF_ERROR(on_page(head.sequence, std::move(records)));
      if (last) return absl::OkStatus();
    }
  });
}

}  // namespace kechuang::ledger
