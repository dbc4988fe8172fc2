#include "common/ledger/references.h"

#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "google/api/resource.pb.h"

#include "common/base/status_macros.h"
#include "common/ledger/reads.h"

namespace kechuang::ledger {
namespace {

using mysql::Row;
using mysql::Session;
using mysql::Value;

const google::api::ResourceDescriptor& ResourceOf(const Kind& kind) {
  return kind.type->options().GetExtension(google::api::resource);
}

// Whether names of child begin with a name of parent and a slash.
bool IsChild(const Kind& child, const Kind& parent) {
  for (const std::string& pattern : child.patterns) {
    for (const std::string& above : parent.patterns) {
      if (absl::StartsWith(pattern, above + "/")) return true;
    }
  }
  return false;
}

struct Match {
  std::string sql;
  Value value;
};

std::vector<Match> MatchesOf(const Store& store, const Kind& other, const Kind& kind, const std::string& name) {
  if (IsChild(other, kind)) return {{"t.name LIKE ?", LikePrefix(name + "/")}};
  std::vector<Match> matches;
  for (const Column& column : store.ColumnsOf(other).all()) {
    const auto& reference = column.leaf()->options().GetExtension(google::api::resource_reference);
    if (!column.indexed || reference.type().empty() || reference.type() != ResourceOf(kind).type()) continue;
    matches.push_back({absl::StrCat("t.`", column.name, "`=?"), name});
  }
  return matches;
}

}  // namespace

absl::StatusOr<std::string> FindReferer(Session& session, const Store& store, const KindTable& kinds, const Kind& kind,
                                        const std::string& name, const RefererQuery& query) {
  std::string referer;
  for (const Kind& other : kinds.all()) {
    for (const Match& match : MatchesOf(store, other, kind, name)) {
      std::string sql = absl::StrCat("SELECT t.name FROM `", other.table, "` t WHERE t.book=? AND ", match.sql);
      std::vector<Value> values = {store.book(), match.value};
      if (!query.import_id.empty()) {
        absl::StrAppend(&sql,
                        " AND NOT EXISTS (SELECT 1 FROM journal j WHERE j.book=t.book AND j.name=t.name AND "
                        "j.import_id=? AND j.sequence>=?)");
        values.insert(values.end(), {query.import_id, query.first_sequence});
      }
      values.emplace_back(static_cast<int64_t>(query.gone.size()) + 1);  // then one of them is not gone
      RETURN_IF_ERROR(session.Query(absl::StrCat(sql, " LIMIT ?"), values, [&](const Row& row) {
        std::string found = row.Text(0);
        if (referer.empty() && !query.gone.contains(found)) referer = std::move(found);
        return absl::OkStatus();
      }));
      if (!referer.empty()) return referer;
    }
  }
  return referer;
}

}  // namespace kechuang::ledger
