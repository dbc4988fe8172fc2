#include "common/ledger/row_scope.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "google/api/resource.pb.h"

#include "common/base/fatal.h"
#include "common/ledger/reads.h"
#include "kechuang/api/v1/options.pb.h"

namespace kechuang::ledger {
namespace {

using api::v1::RowScope;
using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

absl::string_view CollectionOf(absl::string_view name) { return name.substr(0, name.find('/')); }
absl::string_view IdOf(absl::string_view name) { return name.substr(name.find('/') + 1); }

const RowScope* ScopeOf(const Descriptor* type, absl::string_view scope) {
  const google::protobuf::MessageOptions& options = type->options();
  for (int i = 0; i < options.ExtensionSize(api::v1::row_scope); ++i) {
    const RowScope& found = options.GetExtension(api::v1::row_scope, i);
    if (found.collection() == CollectionOf(scope)) return &found;
  }
  return nullptr;
}

// How a field of this form names the scope's record.
std::string TextIn(const FieldDescriptor& field, absl::string_view scope) {
  const bool code = field.options().GetExtension(api::v1::field).format() == api::v1::FORMAT_CREDIT_CODE;
  return std::string(code ? IdOf(scope) : scope);
}

// Whether the field at the end of this path holds the scope's record.
bool Holds(const Message& record, absl::string_view path, absl::string_view scope) {
  const Message* message = &record;
  const std::vector<absl::string_view> steps = absl::StrSplit(path, '.');
  for (size_t i = 0; i < steps.size(); ++i) {
    const FieldDescriptor* field = message->GetDescriptor()->FindFieldByName(std::string(steps[i]));
    if (field == nullptr) Fatal(absl::StrCat(record.GetDescriptor()->full_name(), " has no field ", path));
    if (i + 1 < steps.size()) {
      message = &message->GetReflection()->GetMessage(*message, field);
      continue;
    }
    const std::string held = message->GetReflection()->GetString(*message, field);
    if (path == "name") return held == scope || absl::StartsWith(held, absl::StrCat(scope, "/"));
    return held == TextIn(*field, scope);
  }
  return false;
}

Condition FieldCondition(const Store& store, const Kind& kind, const std::string& path, absl::string_view scope) {
  if (path == "name") {
    return {"(name=? OR name LIKE ?)", {std::string(scope), LikePrefix(absl::StrCat(scope, "/"))}};
  }
  const Column* column = store.ColumnsOf(kind).OfPath(path);
  if (column == nullptr) Fatal(absl::StrCat(kind.type->full_name(), " has no column for ", path));
  return {absl::StrCat("`", column->name, "`=?"), {TextIn(*column->leaf(), scope)}};
}

Condition AnyOf(const Store& store, const Kind& kind, const RowScope& rule, absl::string_view scope) {
  std::vector<std::string> texts;
  Condition any;
  for (const std::string& path : rule.fields()) {
    const Condition one = FieldCondition(store, kind, path, scope);
    texts.push_back(one.sql);
    any.values.insert(any.values.end(), one.values.begin(), one.values.end());
  }
  any.sql = absl::StrCat("(", absl::StrJoin(texts, " OR "), ")");
  return any;
}

// The kind of the records that a field refers to.
const Kind& Referred(const Store& store, const Kind& kind, const std::string& path) {
  const FieldDescriptor* field = kind.type->FindFieldByName(path);
  const std::string type =
      field == nullptr ? "" : field->options().GetExtension(google::api::resource_reference).type();
  for (const Kind& other : store.kinds().all()) {
    if (other.type->options().GetExtension(google::api::resource).type() == type) return other;
  }
  Fatal(absl::StrCat(kind.type->full_name(), ".", path, " refers to no kind of this register"));
}

}  // namespace

Owners OwnersOf(const Descriptor* type, absl::string_view scope) {
  const RowScope* rule = ScopeOf(type, scope);
  if (rule == nullptr) return Owners::kNone;
  return rule->through().empty() ? Owners::kOwn : Owners::kThrough;
}

bool Covers(absl::string_view scope, const Message& record) {
  if (scope.empty()) return true;
  const RowScope* rule = ScopeOf(record.GetDescriptor(), scope);
  return rule != nullptr && std::any_of(rule->fields().begin(), rule->fields().end(),
                                        [&](const std::string& path) { return Holds(record, path, scope); });
}

Condition ScopeCondition(const Store& store, const Kind& kind, absl::string_view scope) {
  if (scope.empty()) return {};
  const RowScope* rule = ScopeOf(kind.type, scope);
  if (rule == nullptr) return {"FALSE", {}};
  if (rule->through().empty()) return AnyOf(store, kind, *rule, scope);
  const Kind& owner = Referred(store, kind, rule->through());
  const RowScope* owners = ScopeOf(owner.type, scope);
  if (owners == nullptr) Fatal(absl::StrCat(owner.type->full_name(), " does not say whose its rows are"));
  const Condition owned = AnyOf(store, owner, *owners, scope);
  Condition condition{absl::StrCat("`", rule->through(), "` IN (SELECT name FROM `", owner.table, "` WHERE book=? AND ",
                                   owned.sql, ")"),
                      {store.book()}};
  condition.values.insert(condition.values.end(), owned.values.begin(), owned.values.end());
  return condition;
}

}  // namespace kechuang::ledger
