#include "common/access/masked_bytes.h"

#include <memory>
#include <random>
#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "google/protobuf/message.h"
#include "gtest/gtest.h"

#include "common/access/masking.h"
#include "kechuang/contract/v1/contract_service.pb.h"
#include "kechuang/enterprise/v1/enterprise_service.pb.h"

namespace kechuang::access {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using ::testing::HasSubstr;
using ::testing::Not;

// What MaskPersonalData makes of the bytes.
std::string ThroughMessage(const Message& message) {
  const std::unique_ptr<Message> masked(message.New());
  masked->CopyFrom(message);
  MaskPersonalData(*masked);
  return masked->SerializeAsString();
}

// Fills about half of a message's fields with random values.
class Filler {
 public:
  explicit Filler(uint32_t seed) : random_(seed) {}

  void Fill(Message& message, int depth = 0) {
    const Descriptor& type = *message.GetDescriptor();
    for (int i = 0; i < type.field_count(); ++i) {
      const FieldDescriptor& field = *type.field(i);
      if (field.is_map() || Below(2) == 0) continue;
      for (int n = field.is_repeated() ? Below(4) : 1; n > 0; --n) FillField(message, field, depth);
    }
  }

 private:
  int Below(int bound) { return static_cast<int>(random_() % static_cast<uint32_t>(bound)); }
  std::string Text() {
    static constexpr const char* kTexts[] = {"", "张", "张三丰", "13895001234", "宁夏大学", "银川市西夏区1号", "𠮷野"};
    return kTexts[Below(7)];
  }
  void FillField(Message& message, const FieldDescriptor& field, int depth) {
    const Reflection& reflection = *message.GetReflection();
    const bool many = field.is_repeated();
    switch (field.cpp_type()) {
      case FieldDescriptor::CPPTYPE_STRING:
        return many ? reflection.AddString(&message, &field, Text()) : reflection.SetString(&message, &field, Text());
      case FieldDescriptor::CPPTYPE_MESSAGE:
        if (depth == 3) return;
        return Fill(*(many ? reflection.AddMessage(&message, &field) : reflection.MutableMessage(&message, &field)),
                    depth + 1);
      case FieldDescriptor::CPPTYPE_INT64:
        if (!many) reflection.SetInt64(&message, &field, -Below(1000));
        return;
      case FieldDescriptor::CPPTYPE_INT32:
        if (!many) reflection.SetInt32(&message, &field, Below(1000));
        return;
      case FieldDescriptor::CPPTYPE_BOOL:
        if (!many) reflection.SetBool(&message, &field, true);
        return;
      default:
        return;
    }
  }

  std::mt19937 random_;
};

TEST(MaskedBytes, AreWhatMaskingTheMessageGives) {
  const std::unique_ptr<Message> kinds[] = {
      std::make_unique<contract::v1::Contract>(), std::make_unique<contract::v1::ListContractsResponse>(),
      std::make_unique<enterprise::v1::Enterprise>(), std::make_unique<enterprise::v1::ListEnterprisesResponse>()};
  int changed = 0;
  for (uint32_t seed = 0; seed < 2000; ++seed) {
    Filler filler(seed);
    const std::unique_ptr<Message> message(kinds[seed % std::size(kinds)]->New());
    filler.Fill(*message);
    const std::string bytes = message->SerializeAsString();
    const std::string masked = MaskedBytes(message->GetDescriptor(), bytes);
    ASSERT_EQ(masked, ThroughMessage(*message)) << seed << "\n" << message->DebugString();
    changed += masked != bytes ? 1 : 0;
  }
  EXPECT_GT(changed, 500);
}

TEST(MaskedBytes, HoldNothingOfAMessageInParts) {
  contract::v1::Contract first;
  first.mutable_seller()->set_contact_name("张三丰");
  contract::v1::Contract second;
  second.mutable_seller()->set_credit_code("11640103010094039Q");
  second.mutable_seller()->set_contact_phone("13895001234");
  const std::string bytes = absl::StrCat(first.SerializeAsString(), second.SerializeAsString());
  contract::v1::Contract whole;
  ASSERT_TRUE(whole.ParseFromString(bytes));
  const std::string masked = MaskedBytes(contract::v1::Contract::descriptor(), bytes);
  EXPECT_EQ(masked, ThroughMessage(whole));
  EXPECT_THAT(masked, Not(HasSubstr("张三丰")));
  EXPECT_THAT(masked, Not(HasSubstr("13895001234")));
}

TEST(MaskedBytes, GoByTheLastOfSeveralValues) {
  contract::v1::Party named;
  named.set_credit_code("11640103010094039Q");
  named.set_party_name("张三丰");
  EXPECT_THAT(MaskedBytes(contract::v1::Party::descriptor(), named.SerializeAsString()), HasSubstr("张三丰"));
  const char tag = static_cast<char>(contract::v1::Party::kCreditCodeFieldNumber << 3 | 2);
  const std::string emptied = absl::StrCat(named.SerializeAsString(), std::string({tag, '\0'}));
  contract::v1::Party whole;
  ASSERT_TRUE(whole.ParseFromString(emptied));
  ASSERT_EQ(whole.credit_code(), "");
  EXPECT_THAT(MaskedBytes(contract::v1::Party::descriptor(), emptied), Not(HasSubstr("张三丰")));
}

}  // namespace
}  // namespace kechuang::access
