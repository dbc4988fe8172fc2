#include "common/ledger/list.h"

#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

#include "common/base/error.h"
#include "common/base/status_macros.h"
#include "common/ledger/filter.h"
#include "common/ledger/page_token.h"
#include "common/ledger/reads.h"
#include "common/ledger/row_scope.h"
#include "common/ledger/stamps.h"
#include "kechuang/api/v1/reasons.pb.h"

namespace kechuang::ledger {
namespace {

using google::protobuf::Message;
using mysql::Row;
using mysql::Session;
using mysql::Value;

constexpr int kPageSizeDefault = 100;
constexpr int kPageSizeMax = 1000;

struct Order {
  const Column* column;
  bool descending;
};

absl::Status BadArgument(absl::string_view argument, absl::string_view english, absl::string_view chinese) {
  return Refuse(absl::StatusCode::kInvalidArgument, api::v1::LIST_ARGUMENT)
      .With("argument", argument)
      .Says(absl::StrCat(argument, ": ", english), absl::StrCat(argument, "：", chinese));
}

// The columns to order by, the name last so that the order is total.
absl::StatusOr<std::vector<Order>> ParseOrder(absl::string_view order_by, const Columns& columns) {
  std::vector<Order> orders;
  bool by_name = false;
  for (absl::string_view part : absl::StrSplit(order_by, ',')) {
    part = absl::StripAsciiWhitespace(part);
    if (part.empty() && order_by.empty()) break;
    std::vector<absl::string_view> words = absl::StrSplit(part, ' ', absl::SkipEmpty());
    const bool descending = words.size() == 2 && words[1] == "desc";
    if (words.empty() || words.size() > 2 || (words.size() == 2 && !descending && words[1] != "asc")) {
      return BadArgument("order_by", absl::StrCat("'", part, "' is not a field, or a field and desc"),
                         absl::StrCat("'", part, "' 应为字段名，或字段名加 desc"));
    }
    const Column* column = columns.OfPath(words[0]);
    if (column == nullptr || !column->indexed) {
      return BadArgument("order_by", absl::StrCat("'", words[0], "' is not an indexed field"),
                         absl::StrCat("'", words[0], "' 不是已建索引的字段"));
    }
    orders.push_back({column, descending});
    by_name = by_name || column->name == "name";
  }
  if (!by_name) orders.push_back({columns.OfPath("name"), false});
  return orders;
}

// The prefix of child names that a parent asks for; "enterprises/-" reads across all.
absl::StatusOr<std::string> NamePrefix(const ListQuery& query) {
  if (query.parent.empty() || absl::EndsWith(query.parent, "/-") || query.parent == "-") return std::string();
  return query.parent + "/";
}

// What a token must agree with: the arguments that fix which rows come, in which order, each with its length.
std::string TokenArguments(const Kind& kind, const ListQuery& query) {
  std::string arguments;
  for (const absl::string_view argument :
       {absl::string_view(kind.table), absl::string_view(query.parent), absl::string_view(query.filter),
        absl::string_view(query.order_by), absl::string_view(query.show_deleted ? "deleted" : ""),
        absl::string_view(query.scope)}) {
    absl::StrAppend(&arguments, argument.size(), ":", argument, ";");
  }
  return arguments;
}

std::string TokenAfter(const Kind& kind, const ListQuery& query, const std::vector<Order>& orders,
                       const Message& last) {
  std::vector<Value> values;
  values.reserve(orders.size());
  for (const Order& order : orders) values.push_back(Columns::ValueOf(*order.column, last));
  return MakePageToken(TokenArguments(kind, query), values);
}

// "Comes after these values in this order", from column i on. NULL sorts before everything.
Condition After(const std::vector<Order>& orders, const std::vector<Value>& last, size_t i) {
  if (i == orders.size()) return {"FALSE", {}};
  const std::string name = absl::StrCat("`", orders[i].column->name, "`");
  const Condition rest = After(orders, last, i + 1);
  Condition condition;
  if (std::holds_alternative<std::monostate>(last[i])) {
    condition.sql = absl::StrCat("(", orders[i].descending ? "FALSE" : name + " IS NOT NULL", " OR (", name,
                                 " IS NULL AND ", rest.sql, "))");
  } else {
    const std::string beyond =
        orders[i].descending
            ? (orders[i].column->nullable ? absl::StrCat("(", name, "<? OR ", name, " IS NULL)") : name + "<?")
            : name + ">?";
    condition.sql = absl::StrCat("(", beyond, " OR (", name, "=? AND ", rest.sql, "))");
    condition.values = {last[i], last[i]};
  }
  condition.values.insert(condition.values.end(), rest.values.begin(), rest.values.end());
  return condition;
}

absl::StatusOr<Condition> Where(const Store& store, const Kind& kind, const ListQuery& query,
                                const std::vector<Order>& orders) {
  const Columns& columns = store.ColumnsOf(kind);
  ASSIGN_OR_RETURN(const Condition filter, ParseFilter(query.filter, columns));
  ASSIGN_OR_RETURN(const std::string prefix, NamePrefix(query));
  Condition where{"book=?", {store.book()}};
  const auto add = [&](absl::string_view sql, const std::vector<Value>& values) {
    absl::StrAppend(&where.sql, " AND ", sql);
    where.values.insert(where.values.end(), values.begin(), values.end());
  };
  if (const Condition scope = ScopeCondition(store, kind, query.scope); !scope.sql.empty()) {
    add(scope.sql, scope.values);
  }
  if (!prefix.empty()) add("name LIKE ?", {LikePrefix(prefix)});
  if (!filter.sql.empty()) add(filter.sql, filter.values);
  if (!query.show_deleted && kind.type->FindFieldByName("delete_time") != nullptr) add("delete_time IS NULL", {});
  if (!query.page_token.empty()) {
    ASSIGN_OR_RETURN(const std::vector<Value> last,
                     ReadPageToken(query.page_token, TokenArguments(kind, query), orders.size()));
    const Condition after = After(orders, last, 0);
    add(after.sql, after.values);
  }
  return where;
}

}  // namespace

absl::StatusOr<std::string> ListRecordsOf(mysql::Database& database, const Store& store, const Kind& kind,
                                          absl::Time now, absl::Time deadline, const ListQuery& query,
                                          TakeRecord on_record) {
  if (query.page_size < 0) return BadArgument("page_size", "it cannot be negative", "不能为负数");
  const int page_size = query.page_size == 0 ? kPageSizeDefault : std::min(query.page_size, kPageSizeMax);
  const Columns& columns = store.ColumnsOf(kind);
  ASSIGN_OR_RETURN(const std::vector<Order> orders, ParseOrder(query.order_by, columns));
  ASSIGN_OR_RETURN(Condition where, Where(store, kind, query, orders));
  where.values.emplace_back(int64_t{page_size} + 1);  // one more than asked tells whether a page follows
  const std::string order = absl::StrJoin(orders, ",", [](std::string* out, const Order& part) {
    absl::StrAppend(out, "`", part.column->name, "`", part.descending ? " DESC" : "");
  });

  std::vector<std::unique_ptr<Message>> records;
  RETURN_IF_ERROR(database.Read(deadline, [&](Session& session) {
    records.clear();
    return session.Query(absl::StrCat("SELECT ", columns.list(), " FROM `", kind.table, "` WHERE ", where.sql,
                                      " ORDER BY ", order, " LIMIT ?"),
                         where.values, [&](const Row& row) -> absl::Status {
                           std::unique_ptr<Message> record(
                               google::protobuf::MessageFactory::generated_factory()->GetPrototype(kind.type)->New());
                           RETURN_IF_ERROR(columns.ReadRow(row, 0, *record));
                           FillDerived(kind, *record, now);
                           records.push_back(std::move(record));
                           return absl::OkStatus();
                         });
  }));
  const size_t shown = std::min(records.size(), static_cast<size_t>(page_size));
  std::string next = records.size() > shown ? TokenAfter(kind, query, orders, *records[shown - 1]) : "";
  for (size_t i = 0; i < shown; ++i) on_record(std::move(records[i]));
  return next;
}

}  // namespace kechuang::ledger
