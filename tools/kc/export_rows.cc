#include "tools/kc/export_rows.h"

#include <algorithm>
#include <string>
#include <variant>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "google/type/date.pb.h"

#include "common/domain/day.h"
#include "common/domain/fen.h"
#include "kechuang/contract/v1/contract_service.pb.h"
#include "tools/book/csv_line.h"

namespace kechuang::kc {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr size_t kExactDigits = 15;  // of a number in a cell
constexpr int64_t kPpmOfPercent = 10000;

// A number that a cell holds exactly.
bool IsExact(const std::string& decimal) {
  const auto digits = std::count_if(decimal.begin(), decimal.end(),
                                    [](char c) { return absl::ascii_isdigit(static_cast<unsigned char>(c)); });
  return static_cast<size_t>(digits) <= kExactDigits;
}

bool IsNumberForm(CellForm form) {
  return form == CellForm::kMoney || form == CellForm::kRate || form == CellForm::kWhole;
}

std::string PercentOf(int64_t ppm) {
  std::string text = absl::StrCat(ppm / kPpmOfPercent, ".", absl::Dec(ppm % kPpmOfPercent, absl::kZeroPad4));
  text.erase(text.find_last_not_of('0') + 1);
  return std::string(absl::StripSuffix(text, "."));
}

int64_t IntegerOf(const Message& holder, const FieldDescriptor& field) {
  return field.cpp_type() == FieldDescriptor::CPPTYPE_INT32 ? holder.GetReflection()->GetInt32(holder, &field)
                                                            : holder.GetReflection()->GetInt64(holder, &field);
}

std::string JoinedTexts(const Message& holder, const FieldDescriptor& field) {
  std::string text;
  for (int i = 0; i < holder.GetReflection()->FieldSize(holder, &field); ++i) {
    absl::StrAppend(&text, i == 0 ? "" : ",", holder.GetReflection()->GetRepeatedString(holder, &field, i));
  }
  return text;
}

book::Value DayOf(const Message& holder, const FieldDescriptor& field) {
  const auto& date = static_cast<const google::type::Date&>(holder.GetReflection()->GetMessage(holder, &field));
  const absl::StatusOr<Day> day = Day::FromProto(date);
  if (!day.ok()) return {};
  return *day;
}

book::Value WordOf(const TableColumnSpec& column, const Message& holder, const FieldDescriptor& field) {
  const int value = holder.GetReflection()->GetEnumValue(holder, &field);
  for (const ChoiceWord& choice : column.choices) {
    if (choice.value == value) return choice.word;
  }
  return value == 0 ? book::Value() : holder.GetReflection()->GetEnum(holder, &field)->name();
}

book::Value ValueOf(const TableColumnSpec& column, const Message& holder, const FieldDescriptor& field) {
  if (field.is_repeated()) return JoinedTexts(holder, field);
  const bool set = holder.GetReflection()->HasField(holder, &field);
  switch (column.form) {
    case CellForm::kMoney:
      return set ? book::Value(ToWanYuan(Fen(IntegerOf(holder, field)))) : book::Value();
    case CellForm::kRate:
      return set ? book::Value(PercentOf(IntegerOf(holder, field))) : book::Value();
    case CellForm::kWhole:
      return set ? book::Value(absl::StrCat(IntegerOf(holder, field))) : book::Value();
    case CellForm::kDay:
      return set ? DayOf(holder, field) : book::Value();
    case CellForm::kYesNo:
      return std::string(holder.GetReflection()->GetBool(holder, &field) ? "是" : "否");
    case CellForm::kChoice:
      return WordOf(column, holder, field);
    default:
      break;
  }
  const std::string text = holder.GetReflection()->GetString(holder, &field);
  return text.empty() ? book::Value() : text;
}

std::string LastPart(const std::string& name) { return name.substr(name.rfind('/') + 1); }

}  // namespace

RowCells::RowCells(ImportKind kind) : columns_(TableColumnsOf(kind)) {
  const KindSpec& spec = SpecOf(kind);
  const auto* type = NewRow(kind)->GetDescriptor();
  for (const TableColumnSpec& column : columns_) {
    Path path;
    const auto field =
        std::find_if(spec.fields.begin(), spec.fields.end(), [&](const Field& each) { return each.key == column.key; });
    const auto* holder = type;
    if (field != spec.fields.end()) {
      for (const absl::string_view step : absl::StrSplit(field->path, '.')) {
        path.push_back(holder->FindFieldByName(std::string(step)));
        holder = path.back()->message_type();
      }
    }
    paths_.push_back(std::move(path));
  }
}

std::vector<book::Value> RowCells::ValuesOf(const Message& row) const {
  std::vector<book::Value> values;
  for (size_t i = 0; i < columns_.size(); ++i) {
    const Message* holder = &row;
    for (size_t step = 0; step + 1 < paths_[i].size(); ++step) {
      holder = &holder->GetReflection()->GetMessage(*holder, paths_[i][step]);
    }
    values.push_back(ValueOf(columns_[i], *holder, *paths_[i].back()));
  }
  return values;
}

enterprise::v1::Enterprise EnterpriseRowOf(enterprise::v1::Enterprise enterprise) {
  // One column holds the industry's code or, for want of one, its name.
  if (enterprise.industry_code().empty()) enterprise.set_industry_code(enterprise.industry_name());
  return enterprise;
}

enterprise::v1::ImportCertificationRow CertificationRowOf(const enterprise::v1::Certification& certification) {
  enterprise::v1::ImportCertificationRow row;
  const std::vector<std::string> parts = absl::StrSplit(certification.name(), '/');
  if (parts.size() > 1) row.set_credit_code(parts[1]);
  *row.mutable_certification() = certification;
  return row;
}

loan::v1::ImportBank BankRowOf(const loan::v1::Bank& bank) {
  loan::v1::ImportBank row;
  row.set_bank_name(bank.bank_name());
  row.set_bank_id(LastPart(bank.name()));
  *row.mutable_short_names() = bank.short_names();
  row.set_credit_code(bank.credit_code());
  row.set_remark(bank.remark());
  return row;
}

loan::v1::ImportPool PoolRowOf(const loan::v1::Pool& pool) {
  loan::v1::ImportPool row;
  row.set_pool_name(pool.pool_name());
  row.set_pool_id(LastPart(pool.name()));
  return row;
}

loan::v1::ImportPool PoolRowOf(const loan::v1::Pool& pool, const loan::v1::Posting& contribution) {
  loan::v1::ImportPool row = PoolRowOf(pool);
  row.set_contributor(contribution.contributor());
  row.set_amount_fen(contribution.amount_fen());
  *row.mutable_contribution_date() = contribution.posting_date();
  row.set_remark(contribution.cause());
  return row;
}

loan::v1::ImportLoan LoanRowOf(const loan::v1::Loan& loan, const RecordNames& names,
                               const loan::v1::Disbursement* reversed) {
  const auto name_of = [&](const std::string& name) {
    const auto found = names.find(name);
    return found == names.end() ? name : found->second;
  };
  loan::v1::ImportLoan row;
  row.set_credit_code(loan.credit_code());
  row.set_enterprise_name(loan.enterprise_name());
  row.set_bank_name(name_of(loan.bank()));
  row.set_pool(name_of(loan.pool()));
  row.set_amount_fen(loan.disbursed_fen() > 0 ? loan.disbursed_fen() : loan.applied_amount_fen());
  if (loan.has_application_date()) *row.mutable_application_date() = loan.application_date();
  if (loan.has_first_disburse_date()) *row.mutable_disburse_date() = loan.first_disburse_date();
  if (loan.has_due_date()) *row.mutable_due_date() = loan.due_date();
  row.set_rate_ppm(loan.rate_ppm());
  row.set_term_months(loan.term_months());
  row.set_guarantee_type(loan.guarantee_type());
  if (loan.disbursed_fen() > 0) row.set_outstanding_fen(loan.outstanding_fen());
  row.set_overdue(loan.state() == loan::v1::LOAN_STATE_OVERDUE);
  row.set_batch(loan.batch());
  row.set_remark(loan.remark());
  if (reversed != nullptr) {
    row.set_amount_fen(reversed->amount_fen());
    *row.mutable_disburse_date() = reversed->disburse_date();
    *row.mutable_reverse_date() = reversed->reverse_date();
  } else if (loan.disbursed_fen() == 0) {
    row.set_state(loan.state());
  }
  return row;
}

bool Travels(const loan::v1::Loan& loan) {
  switch (loan.state()) {
    case loan::v1::LOAN_STATE_ACTIVE:
    case loan::v1::LOAN_STATE_OVERDUE:
    case loan::v1::LOAN_STATE_SETTLED:
    case loan::v1::LOAN_STATE_REJECTED:
    case loan::v1::LOAN_STATE_WITHDRAWN:
    case loan::v1::LOAN_STATE_CANCELLED:
      return true;
    default:
      return false;
  }
}

bool Travels(const contract::v1::Contract& contract) {
  return contract.state() == contract::v1::CONTRACT_STATE_REGISTERED;
}

book::Value WorkbookValueOf(const book::Value& value, CellForm form) {
  const auto* text = std::get_if<std::string>(&value);
  if (text == nullptr) return value;
  double number = 0;
  if (IsNumberForm(form) && IsExact(*text) && absl::SimpleAtod(*text, &number)) return book::Number{number};
  if (!text->empty() && (text->front() == '=' || text->front() == '\'')) return absl::StrCat("'", *text);
  return value;
}

std::string CsvTextOf(const book::Value& value, CellForm form) {
  if (const auto* day = std::get_if<Day>(&value)) return day->ToString();
  const auto* text = std::get_if<std::string>(&value);
  if (text == nullptr) return "";
  if (IsNumberForm(form)) return *text;
  const bool long_number = form == CellForm::kCode && text->size() > kExactDigits &&
                           text->find_first_not_of("0123456789") == std::string::npos;
  return long_number ? absl::StrCat("'", *text) : book::Inert(*text);
}

}  // namespace kechuang::kc
