#include "services/contract/content.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

#include "common/domain/credit_code.h"
#include "common/domain/fen.h"
#include "kechuang/api/v1/reasons.pb.h"
#include "kechuang/contract/v1/reasons.pb.h"

namespace kechuang::contract {
namespace {

// The class that each subtype belongs to.
v1::ContractClass ClassOf(v1::ContractSubclass subclass) {
  switch (subclass) {
    case v1::CONTRACT_SUBCLASS_COMMISSIONED_DEVELOPMENT:
    case v1::CONTRACT_SUBCLASS_COOPERATIVE_DEVELOPMENT:
      return v1::CONTRACT_CLASS_DEVELOPMENT;
    case v1::CONTRACT_SUBCLASS_PATENT_TRANSFER:
    case v1::CONTRACT_SUBCLASS_PATENT_APPLICATION_TRANSFER:
    case v1::CONTRACT_SUBCLASS_SECRET_TRANSFER:
    case v1::CONTRACT_SUBCLASS_SOFTWARE_TRANSFER:
    case v1::CONTRACT_SUBCLASS_LAYOUT_TRANSFER:
    case v1::CONTRACT_SUBCLASS_PLANT_VARIETY_TRANSFER:
    case v1::CONTRACT_SUBCLASS_BIOMEDICINE_TRANSFER:
      return v1::CONTRACT_CLASS_TRANSFER;
    case v1::CONTRACT_SUBCLASS_PATENT_LICENSE:
    case v1::CONTRACT_SUBCLASS_SECRET_LICENSE:
    case v1::CONTRACT_SUBCLASS_OTHER_LICENSE:
      return v1::CONTRACT_CLASS_LICENSE;
    case v1::CONTRACT_SUBCLASS_GENERAL_SERVICE:
    case v1::CONTRACT_SUBCLASS_INTERMEDIARY:
    case v1::CONTRACT_SUBCLASS_TRAINING:
      return v1::CONTRACT_CLASS_SERVICE;
    default:
      return v1::CONTRACT_CLASS_UNSPECIFIED;
  }
}

bool IsDigits(absl::string_view text) {
  return std::all_of(text.begin(), text.end(), [](unsigned char c) { return absl::ascii_isdigit(c); });
}

void Lacks(absl::string_view field, absl::string_view what, absl::string_view what_chinese, Faults& faults) {
  faults.Add(absl::StrCat("contract.", field), api::v1::FIELD_REQUIRED, absl::StrCat(what, " is missing"),
             absl::StrCat("缺少", what_chinese));
}

void CheckParty(const v1::Party& party, absl::string_view side, Faults& faults) {
  const std::string path = absl::StrCat("contract.", side, ".");
  if (!party.party_type().empty() && (party.party_type().size() < 3 || !IsDigits(party.party_type()))) {
    faults.Add(path + "party_type", api::v1::FIELD_MALFORMED,
               absl::StrCat("\"", party.party_type(), "\" is no party type of the form: 3 or 4 digits, such as 022"),
               absl::StrCat("“", party.party_type(), "”不是登记表的单位类型代码，应为 3 至 4 位数字，如 022"));
  }
  if (!party.country_code().empty() && (party.country_code().size() != 3 || !IsDigits(party.country_code()))) {
    faults.Add(path + "country_code", api::v1::FIELD_MALFORMED,
               absl::StrCat("\"", party.country_code(), "\" is no customs country code: 3 digits, such as 142"),
               absl::StrCat("“", party.country_code(), "”不是海关国别代码，应为 3 位数字，如 142"));
  }
}

void CheckForeignPrice(const v1::ForeignPrice& price, Faults& faults) {
  const bool currency =
      price.currency_code().size() == 3 && std::all_of(price.currency_code().begin(), price.currency_code().end(),
                                                       [](unsigned char c) { return absl::ascii_isupper(c); });
  if (currency && price.amount_hundredths() > 0 && price.rate_ppm() > 0) return;
  faults.Add("contract.foreign_price", v1::FOREIGN_PRICE_INCOMPLETE,
             "a foreign price needs a currency of three capital letters, an amount and a rate above 0",
             "外币价款须有三位大写字母的币种代码以及大于零的金额和汇率");
}

void CheckAmounts(const v1::Contract& contract, Faults& faults) {
  const int64_t technical = contract.technical_amount_fen();
  if (contract.has_technical_amount_fen() && contract.has_total_amount_fen() &&
      technical > contract.total_amount_fen()) {
    const std::string part = ToYuan(Fen(technical));
    const std::string whole = ToYuan(Fen(contract.total_amount_fen()));
    faults.Add("contract.technical_amount_fen", v1::TECHNICAL_ABOVE_TOTAL,
               absl::StrCat("the technical amount of ", part, " yuan is above the total amount of ", whole, " yuan"),
               absl::StrCat("技术交易额 ", part, " 元大于合同成交总额 ", whole, " 元"));
  }
  if (contract.technical_income_fen() == 0) return;
  const std::string income = ToYuan(Fen(contract.technical_income_fen()));
  if (!contract.has_technical_amount_fen()) {
    faults.Add("contract.technical_amount_fen", v1::TECHNICAL_AMOUNT_MISSING,
               absl::StrCat("the technical amount cannot be removed: ", income, " yuan of income were recorded"),
               absl::StrCat("已登记技术性收入 ", income, " 元，不能清除技术交易额"));
  } else if (contract.technical_income_fen() > technical) {
    faults.Add("contract.technical_amount_fen", v1::INCOME_ABOVE_TECHNICAL,
               absl::StrCat("the technical amount of ", ToYuan(Fen(technical)), " yuan is below the ", income,
                            " yuan of income recorded"),
               absl::StrCat("技术交易额 ", ToYuan(Fen(technical)), " 元小于已登记的技术性收入 ", income, " 元"));
  }
}

void CheckOrder(const google::type::Date& first, const google::type::Date& second, absl::string_view second_field,
                absl::string_view english, absl::string_view chinese, Faults& faults) {
  const std::optional<Day> a = Day::IfSet(first);
  const std::optional<Day> b = Day::IfSet(second);
  if (!a.has_value() || !b.has_value() || *a <= *b) return;
  faults.Add(absl::StrCat("contract.", second_field), v1::DATES_OUT_OF_ORDER,
             absl::StrCat(english, ": ", b->ToString(), " is before ", a->ToString()),
             absl::StrCat(chinese, "：", b->ToString(), " 早于 ", a->ToString()));
}

}  // namespace

v1::ContractClass LegacyClassOf(v1::ContractClass contract_class) {
  return contract_class == v1::CONTRACT_CLASS_LICENSE ? v1::CONTRACT_CLASS_TRANSFER : contract_class;
}

v1::Contract Tidy(v1::Contract contract) {
  if (contract.has_seller()) {
    contract.mutable_seller()->set_credit_code(NormaliseCode(contract.seller().credit_code()));
  }
  if (contract.has_buyer()) {
    contract.mutable_buyer()->set_credit_code(NormaliseCode(contract.buyer().credit_code()));
  }
  // A message that says nothing has no columns to be told from an absent one.
  const google::protobuf::Reflection& reflection = *contract.GetReflection();
  const google::protobuf::Descriptor& type = *v1::Contract::descriptor();
  for (int i = 0; i < type.field_count(); ++i) {
    const google::protobuf::FieldDescriptor* field = type.field(i);
    if (field->is_repeated() || field->cpp_type() != google::protobuf::FieldDescriptor::CPPTYPE_MESSAGE) continue;
    if (reflection.HasField(contract, field) && reflection.GetMessage(contract, field).ByteSizeLong() == 0) {
      reflection.ClearField(&contract, field);
    }
  }
  contract.set_legacy_class(LegacyClassOf(contract.contract_class()));
  return contract;
}

void CheckConsistent(const v1::Contract& contract, Faults& faults) {
  if (contract.subclass() != v1::CONTRACT_SUBCLASS_UNSPECIFIED &&
      ClassOf(contract.subclass()) != contract.contract_class()) {
    faults.Add("contract.subclass", v1::SUBCLASS_OF_OTHER_CLASS,
               absl::StrCat(v1::ContractSubclass_Name(contract.subclass()), " is no subtype of ",
                            v1::ContractClass_Name(contract.contract_class())),
               absl::StrCat(v1::ContractSubclass_Name(contract.subclass()), " 不属于合同类别 ",
                            v1::ContractClass_Name(contract.contract_class())));
  }
  CheckParty(contract.seller(), "seller", faults);
  CheckParty(contract.buyer(), "buyer", faults);
  if (contract.has_foreign_price()) CheckForeignPrice(contract.foreign_price(), faults);
  CheckAmounts(contract, faults);
  CheckOrder(contract.valid_from(), contract.valid_to(), "valid_to", "the validity ends before it begins",
             "有效期截止日早于起始日", faults);
  CheckOrder(contract.signing_date(), contract.registration_date(), "registration_date",
             "the contract was registered before it was signed", "登记日期早于签订日期", faults);
}

void CheckRegistered(const v1::Contract& contract, Faults& faults) {
  if (contract.contract_name().empty()) Lacks("contract_name", "the title", "合同名称", faults);
  if (contract.contract_class() == v1::CONTRACT_CLASS_UNSPECIFIED) {
    Lacks("contract_class", "the class", "合同类别", faults);
  }
  if (contract.seller().party_name().empty()) Lacks("seller.party_name", "the seller's name", "卖方名称", faults);
  if (contract.buyer().party_name().empty()) Lacks("buyer.party_name", "the buyer's name", "买方名称", faults);
  if (!contract.has_total_amount_fen()) Lacks("total_amount_fen", "the total amount", "合同成交总额", faults);
}

void CheckComplete(const v1::Contract& contract, Day today, Faults& faults) {
  CheckRegistered(contract, faults);
  if (!contract.has_technical_amount_fen()) {
    Lacks("technical_amount_fen", "the technical amount", "技术交易额", faults);
  }
  if (contract.technology_field() == v1::TECHNOLOGY_FIELD_UNSPECIFIED) {
    Lacks("technology_field", "the technology field", "技术领域", faults);
  }
  if (contract.ip_type() == v1::IP_TYPE_UNSPECIFIED) {
    Lacks("ip_type", "the intellectual property", "知识产权类型", faults);
  }
  if (!contract.has_signing_date()) {
    Lacks("signing_date", "the day of signing", "签订日期", faults);
  } else if (const absl::StatusOr<Day> day = Day::FromProto(contract.signing_date()); day.ok() && *day > today) {
    faults.Add("contract.signing_date", v1::DATE_IN_FUTURE,
               absl::StrCat("the day of signing, ", day->ToString(), ", is after today, ", today.ToString()),
               absl::StrCat("签订日期 ", day->ToString(), " 晚于今天 ", today.ToString()));
  }
  const bool written = std::any_of(contract.documents().begin(), contract.documents().end(), [](const auto& document) {
    return document.kind() == v1::DOCUMENT_KIND_CONTRACT_TEXT;
  });
  if (!written) {
    faults.Add("contract.documents", v1::CONTRACT_TEXT_MISSING,
               "the written contract is missing among the documents; oral contracts are not registered",
               "材料中缺少合同文本；口头合同不予登记");
  }
}

}  // namespace kechuang::contract
