#include "services/gateway/rest_query.h"

#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

#include "common/api/field_text.h"
#include "common/api/json.h"
#include "common/api/nearest.h"
#include "common/base/status_macros.h"
#include "common/domain/percent.h"
#include "kechuang/api/v1/reasons.pb.h"

namespace kechuang::gateway {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using Fields = std::vector<const FieldDescriptor*>;

absl::Status Misplaced(absl::string_view english, absl::string_view chinese) {
  return Refuse(absl::StatusCode::kInvalidArgument, api::v1::FIELD_MALFORMED).Says(english, chinese);
}

bool IsMask(const FieldDescriptor& field) {
  return field.message_type() != nullptr &&
         field.message_type()->well_known_type() == Descriptor::WELLKNOWNTYPE_FIELDMASK;
}

bool IsTime(const FieldDescriptor& field) {
  return field.message_type() != nullptr &&
         field.message_type()->well_known_type() == Descriptor::WELLKNOWNTYPE_TIMESTAMP;
}

std::string PathOf(const Fields& fields) {
  return absl::StrJoin(fields, ".",
                       [](std::string* out, const FieldDescriptor* field) { absl::StrAppend(out, field->name()); });
}

// The fields on the way that a name such as "contract.signingDate" goes.
absl::StatusOr<Fields> FieldsOf(const Descriptor& type, absl::string_view name) {
  Fields fields;
  const Descriptor* message = &type;
  for (const absl::string_view part : absl::StrSplit(name, '.')) {
    if (message == nullptr) {
      return Misplaced("goes on after a field that has no fields of its own", "在没有下级字段的字段之后继续");
    }
    const FieldDescriptor* field = api::FindField(*message, part);
    if (field == nullptr) return api::NoSuchField(*message, part);
    fields.push_back(field);
    message = field->is_repeated() ? nullptr : field->message_type();
  }
  return fields;
}

// Binds the parameters of one query.
class QueryBinder {
 public:
  QueryBinder(const api::HttpRoute& route, Message& request, Faults& faults)
      : route_(route), bound_(route.path.variables()), request_(request), faults_(faults) {}

  void Bind(absl::string_view parameter) {
    const size_t equals = parameter.find('=');
    const auto name = PercentDecode(parameter.substr(0, equals), /*plus_is_space=*/true);
    const auto value = PercentDecode(
        equals == absl::string_view::npos ? absl::string_view() : parameter.substr(equals + 1), /*plus_is_space=*/true);
    if (!name.has_value() || !value.has_value()) {
      const std::string shown = api::Shown(name.has_value() ? *name : std::string(parameter.substr(0, equals)));
      return faults_.Add(shown.empty() ? "query" : shown,
                         Misplaced("is no percent-encoded UTF-8: a % needs two hex digits after it, a % itself is %25",
                                   "不是百分号编码的 UTF-8：% 之后须为两位十六进制数字，% 本身写作 %25"));
    }
    const absl::StatusOr<Fields> fields = FieldsOf(*request_.GetDescriptor(), *name);
    if (!fields.ok()) return faults_.Add(name->empty() ? "query" : api::Shown(*name), fields.status());
    const std::string path = PathOf(*fields);
    const absl::Status refusal = CheckPlace(*fields, path);
    if (!refusal.ok()) return faults_.Add(path, refusal);
    Set(*fields, path, *value);
  }

 private:
  // Whether the field may stand in the query of this route at all, and stands there for the first time.
  absl::Status CheckPlace(const Fields& fields, const std::string& path) {
    if (std::find(bound_.begin(), bound_.end(), path) != bound_.end()) {
      return Misplaced("stands in the path already", "已在路径中给出");
    }
    if (route_.body == "*" || fields.front() == route_.body_field) {
      return Misplaced("belongs in the body of this call, not in its query", "应放在请求体中，而不是查询参数中");
    }
    const FieldDescriptor& field = *fields.back();
    if (field.message_type() != nullptr && !api::HasTextForm(*field.message_type())) {
      if (field.is_repeated())
        return Misplaced("is a list of objects, which no query can hold", "是对象列表，不能用查询参数表示");
      return Misplaced(
          absl::StrCat("has fields of its own; name one of them, such as ", path, ".",
                       field.message_type()->field_count() > 0 ? field.message_type()->field(0)->name() : ""),
          "含有下级字段，请逐一给出");
    }
    const bool again = !seen_.insert(path).second;
    if (again && !field.is_repeated() && !IsMask(field)) return Misplaced("is given twice", "重复给出");
    for (const std::string& other : seen_) {
      if (absl::StartsWith(other, path + ".") || absl::StartsWith(path, other + ".")) {
        return Misplaced(absl::StrCat("is given twice, in part as ", other), absl::StrCat("重复给出，部分为 ", other));
      }
    }
    return absl::OkStatus();
  }

  void Set(const Fields& fields, const std::string& path, const std::string& value) {
    const FieldDescriptor& field = *fields.back();
    Message* holder = &request_;
    for (size_t i = 0; i + 1 < fields.size(); ++i) {
      holder = holder->GetReflection()->MutableMessage(holder, fields[i]);
    }
    if (IsTime(field) && absl::StrContains(value, ' ')) {
      return faults_.Add(path, Misplaced("is no time; the + of its offset is written %2B in a query, such as "
                                         "2022-03-05T08:00:00%2B08:00",
                                         "不是时间；查询参数中时区的 + 须写作 %2B，如 2022-03-05T08:00:00%2B08:00"));
    }
    if (!IsMask(field)) return faults_.Add(path, api::SetFromText(*holder, &field, value));
    // A mask may come in several pieces, which add up.
    const std::unique_ptr<Message> piece(holder->New());
    if (absl::StartsWith(value, "{")) {
      api::ReadJsonField(value, path, &field, *piece, faults_);
    } else {
      faults_.Add(path, api::SetFromText(*piece, &field, value));
    }
    holder->MergeFrom(*piece);
  }

  const api::HttpRoute& route_;
  const std::vector<std::string> bound_;
  Message& request_;
  Faults& faults_;
  std::set<std::string> seen_;
};

}  // namespace

void BindQuery(absl::string_view query, const api::HttpRoute& route, Message& request, Faults& faults) {
  const std::vector<absl::string_view> parameters = absl::StrSplit(query, '&', absl::SkipEmpty());
  if (parameters.size() > kQueryParametersMax) {
    return faults.Add("query", api::v1::FIELD_TOO_LONG,
                      absl::StrCat("has more than ", kQueryParametersMax, " parameters"),
                      absl::StrCat("超过 ", kQueryParametersMax, " 个参数"));
  }
  QueryBinder binder(route, request, faults);
  for (const absl::string_view parameter : parameters) binder.Bind(parameter);
}

}  // namespace kechuang::gateway
