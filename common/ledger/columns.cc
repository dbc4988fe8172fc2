#include "common/ledger/columns.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/date.pb.h"

#include "common/base/error.h"
#include "common/base/fatal.h"
#include "common/base/status_macros.h"
#include "common/ledger/column_time.h"
#include "common/ledger/record_json.h"
#include "kechuang/api/v1/options.pb.h"
#include "kechuang/api/v1/reasons.pb.h"

namespace kechuang::ledger {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using mysql::Value;

// "LOAN_STATE_" of enum LoanState.
std::string EnumPrefix(const EnumDescriptor* type) {
  std::string prefix;
  const std::string& name = type->name();
  for (size_t i = 0; i < name.size(); ++i) {
    const bool upper = absl::ascii_isupper(static_cast<unsigned char>(name[i]));
    const bool after_lower = i > 0 && !absl::ascii_isupper(static_cast<unsigned char>(name[i - 1]));
    if (upper && after_lower) prefix.push_back('_');
    prefix.push_back(absl::ascii_toupper(static_cast<unsigned char>(name[i])));
  }
  return prefix + "_";
}

Column::Type TypeOf(const FieldDescriptor* field) {
  if (field->is_repeated()) return Column::Type::kJson;
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
    case FieldDescriptor::CPPTYPE_INT64:
      return Column::Type::kInteger;
    case FieldDescriptor::CPPTYPE_BOOL:
      return Column::Type::kBoolean;
    case FieldDescriptor::CPPTYPE_STRING:
      return Column::Type::kText;
    case FieldDescriptor::CPPTYPE_ENUM:
      return Column::Type::kEnum;
    case FieldDescriptor::CPPTYPE_MESSAGE:
      if (field->message_type() == google::type::Date::descriptor()) return Column::Type::kDate;
      if (field->message_type() == google::protobuf::Timestamp::descriptor()) return Column::Type::kTime;
      break;
    default:
      break;
  }
  Fatal(absl::StrCat("a record cannot hold a field like ", field->full_name()));
}

const Reflection* ReflectionOf(const Descriptor* type) {
  return google::protobuf::MessageFactory::generated_factory()->GetPrototype(type)->GetReflection();
}

bool IsFlattened(const FieldDescriptor* field) {
  return !field->is_repeated() && field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE &&
         field->message_type() != google::type::Date::descriptor() &&
         field->message_type() != google::protobuf::Timestamp::descriptor();
}

// The message that directly holds the column's value; nullptr if a message on the way is absent.
const Message* HolderOf(const Column& column, const Message& record) {
  const Message* holder = &record;
  for (size_t i = 0; i + 1 < column.fields.size(); ++i) {
    const Reflection* reflection = column.reflections[i];
    if (!reflection->HasField(*holder, column.fields[i])) return nullptr;
    holder = &reflection->GetMessage(*holder, column.fields[i]);
  }
  return holder;
}

// The fields from the record down to that message.
absl::Span<const FieldDescriptor* const> HolderPath(const Column& column) {
  return absl::MakeConstSpan(column.fields).first(column.fields.size() - 1);
}

Value EmptyOf(const Column& column) {
  if (column.nullable) return std::monostate();
  switch (column.type) {
    case Column::Type::kInteger:
    case Column::Type::kBoolean:
      return int64_t{0};
    default:
      return std::string();
  }
}

absl::string_view EmptyTextOf(const Column& column) {
  if (column.nullable) return "NULL";
  const bool number = column.type == Column::Type::kInteger || column.type == Column::Type::kBoolean;
  return number ? "0" : "''";
}

Value MessageValue(const Column& column, const Message& value) {
  if (column.type == Column::Type::kDate) {
    return DayColumn(static_cast<const google::type::Date&>(value));
  }
  const auto& time = static_cast<const google::protobuf::Timestamp&>(value);
  return TimeColumn(absl::FromUnixSeconds(time.seconds()) + absl::Nanoseconds(time.nanos()));
}

absl::Status Unreadable(const Column& column, absl::string_view text) {
  return Refuse(absl::StatusCode::kDataLoss, api::v1::INTERNAL_FAULT)
      .With("column", column.name)
      .Says(absl::StrCat("the column ", column.name, " holds the unreadable value '", text, "'"),
            absl::StrCat("数据库列 ", column.name, " 的值 '", text, "' 无法识别"));
}

absl::Status SetTime(const std::string& text, google::protobuf::Timestamp& stamp) {
  ASSIGN_OR_RETURN(const absl::Time time, TimeOfColumn(text));
  const int64_t micros = absl::ToUnixMicros(time);
  stamp.set_seconds(micros / 1'000'000);
  stamp.set_nanos(static_cast<int32_t>(micros % 1'000'000) * 1000);
  return absl::OkStatus();
}

std::string TextOfEnum(const Column& column, int number) {
  const EnumValueDescriptor* value = column.leaf()->enum_type()->FindValueByNumber(number);
  return value == nullptr ? "" : column.enum_texts[static_cast<size_t>(value->index())];
}

const EnumValueDescriptor* EnumOfColumn(const Column& column, const std::string& text) {
  for (size_t i = 0; i < column.enum_texts.size(); ++i) {
    if (column.enum_texts[i] == text) return column.leaf()->enum_type()->value(static_cast<int>(i));
  }
  return EnumOfText(column.leaf()->enum_type(), text);
}

// The message in record that is to hold the column's value, made if it is not there.
Message* MutableHolderOf(const Column& column, Message& record) {
  Message* holder = &record;
  for (size_t depth = 0; depth + 1 < column.fields.size(); ++depth) {
    holder = column.reflections[depth]->MutableMessage(holder, column.fields[depth]);
  }
  return holder;
}

void SetNumber(const Column& column, int64_t number, Message& record) {
  Message* holder = MutableHolderOf(column, record);
  const FieldDescriptor* field = column.leaf();
  const Reflection* reflection = column.leaf_reflection();
  if (column.type == Column::Type::kBoolean) {
    reflection->SetBool(holder, field, number != 0);
  } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_INT64) {
    reflection->SetInt64(holder, field, number);
  } else {
    reflection->SetInt32(holder, field, static_cast<int32_t>(number));
  }
}

absl::Status SetText(const Column& column, std::string text, Message& record) {
  Message* holder = MutableHolderOf(column, record);
  const FieldDescriptor* field = column.leaf();
  const Reflection* reflection = column.leaf_reflection();
  switch (column.type) {
    case Column::Type::kEnum: {
      const EnumValueDescriptor* value = EnumOfColumn(column, text);
      if (value == nullptr) return Unreadable(column, text);
      reflection->SetEnum(holder, field, value);
      return absl::OkStatus();
    }
    case Column::Type::kDate: {
      auto& date = static_cast<google::type::Date&>(*reflection->MutableMessage(holder, field));
      return DayOfColumn(text, date) ? absl::OkStatus() : Unreadable(column, text);
    }
    case Column::Type::kTime:
      return SetTime(text, static_cast<google::protobuf::Timestamp&>(*reflection->MutableMessage(holder, field)));
    case Column::Type::kJson:
      return ListFromJson(text, field, *holder);
    default:
      reflection->SetString(holder, field, std::move(text));
      return absl::OkStatus();
  }
}

// Reads each value once: that is most of what a row costs.
absl::Status ReadColumn(const Column& column, const mysql::Row& row, int index, Message& record) {
  const bool day_or_time = column.type == Column::Type::kDate || column.type == Column::Type::kTime;
  // A day or time that is absent reads as an empty text.
  if (column.nullable && !day_or_time && row.IsNull(index)) return absl::OkStatus();
  if (column.type == Column::Type::kInteger || column.type == Column::Type::kBoolean) {
    const int64_t number = row.Int(index);
    if (number != 0 || column.nullable) SetNumber(column, number, record);
    return absl::OkStatus();
  }
  std::string text = row.Text(index);
  if (text.empty() && (day_or_time || !column.nullable)) return absl::OkStatus();
  return SetText(column, std::move(text), record);
}

}  // namespace

std::string EnumText(const EnumValueDescriptor* value) {
  if (value->number() == 0) return "";
  return std::string(absl::StripPrefix(value->name(), EnumPrefix(value->type())));
}

const EnumValueDescriptor* EnumOfText(const EnumDescriptor* type, absl::string_view text) {
  if (text.empty()) return type->FindValueByNumber(0);
  const EnumValueDescriptor* value = type->FindValueByName(absl::StrCat(EnumPrefix(type), text));
  return value != nullptr ? value : type->FindValueByName(std::string(text));
}

Columns::Columns(const Descriptor* type) {
  Collect(type, {});
  std::vector<std::string> names;
  for (const Column& column : columns_) names.push_back(absl::StrCat("`", column.name, "`"));
  list_ = absl::StrJoin(names, ",");
}

void Columns::Collect(const Descriptor* type, const std::vector<const FieldDescriptor*>& above) {
  for (int i = 0; i < type->field_count(); ++i) {
    const FieldDescriptor* field = type->field(i);
    const api::v1::FieldRules& rules = field->options().GetExtension(api::v1::field);
    if (rules.derived() || (above.empty() && field->name() == "etag")) continue;
    std::vector<const FieldDescriptor*> fields = above;
    fields.push_back(field);
    if (IsFlattened(field)) {
      Collect(field->message_type(), fields);
      continue;
    }
    Column column;
    column.path = absl::StrJoin(fields, ".", [](std::string* out, const FieldDescriptor* f) { *out += f->name(); });
    column.name = absl::StrReplaceAll(column.path, {{".", "_"}});
    column.type = TypeOf(field);
    column.nullable = column.type == Column::Type::kDate || column.type == Column::Type::kTime ||
                      (field->has_presence() && !field->is_repeated());
    column.indexed = rules.indexed() || (above.empty() && field->name() == "name");
    column.empty = EmptyTextOf(column);
    for (int value = 0; column.type == Column::Type::kEnum && value < field->enum_type()->value_count(); ++value) {
      column.enum_texts.push_back(EnumText(field->enum_type()->value(value)));
    }
    for (const FieldDescriptor* on_the_way : fields) {
      column.reflections.push_back(ReflectionOf(on_the_way->containing_type()));
    }
    column.fields = std::move(fields);
    column.beside_previous = !columns_.empty() && HolderPath(columns_.back()) == HolderPath(column);
    columns_.push_back(std::move(column));
  }
}

const Column* Columns::OfPath(absl::string_view path) const {
  for (const Column& column : columns_) {
    if (column.path == path) return &column;
  }
  return nullptr;
}

Value Columns::ValueOf(const Column& column, const Message& record) {
  const Message* holder = HolderOf(column, record);
  if (holder == nullptr) return EmptyOf(column);
  const FieldDescriptor* field = column.leaf();
  const Reflection* reflection = column.leaf_reflection();
  if (column.nullable && !reflection->HasField(*holder, field)) return std::monostate();
  switch (column.type) {
    case Column::Type::kInteger:
      return field->cpp_type() == FieldDescriptor::CPPTYPE_INT64
                 ? reflection->GetInt64(*holder, field)
                 : static_cast<int64_t>(reflection->GetInt32(*holder, field));
    case Column::Type::kBoolean:
      return static_cast<int64_t>(reflection->GetBool(*holder, field));
    case Column::Type::kText:
      return reflection->GetString(*holder, field);
    case Column::Type::kEnum:
      return TextOfEnum(column, reflection->GetEnumValue(*holder, field));
    case Column::Type::kDate:
    case Column::Type::kTime:
      return MessageValue(column, reflection->GetMessage(*holder, field));
    case Column::Type::kJson:
      return ListToJson(*holder, field);
  }
  return std::monostate();
}

void Columns::MarkUsed(const Message& record, std::vector<bool>& used) const {
  const Message* holder = &record;
  for (size_t i = 0; i < columns_.size(); ++i) {
    // The columns of one message stand together.
    if (!columns_[i].beside_previous) holder = HolderOf(columns_[i], record);
    if (used[i] || holder == nullptr) continue;
    const FieldDescriptor* field = columns_[i].leaf();
    const Reflection* reflection = columns_[i].leaf_reflection();
    used[i] = field->is_repeated() ? reflection->FieldSize(*holder, field) > 0 : reflection->HasField(*holder, field);
  }
}

void Columns::AppendValues(const Message& record, const std::vector<bool>& used, std::vector<Value>& values) const {
  for (size_t i = 0; i < columns_.size(); ++i) {
    if (used[i]) values.push_back(ValueOf(columns_[i], record));
  }
}

absl::Status Columns::ReadRow(const mysql::Row& row, int first, Message& record) const {
  for (size_t i = 0; i < columns_.size(); ++i) {
    RETURN_IF_ERROR(ReadColumn(columns_[i], row, first + static_cast<int>(i), record));
  }
  return absl::OkStatus();
}

}  // namespace kechuang::ledger
