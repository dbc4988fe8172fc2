#include "common/api/comments.h"

#include <string>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "google/protobuf/timestamp.pb.h"
#include "gtest/gtest.h"

#include "kechuang/contract/v1/contract_service.pb.h"
#include "kechuang/ledger/v1/import.pb.h"

namespace kechuang::api {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::DescriptorPool;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;
using google::protobuf::MethodDescriptor;
using google::protobuf::ServiceDescriptor;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

const DescriptorPool& Pool() {
  // Generated files enter the pool when something of them is used.
  contract::v1::GetContractRequest::descriptor();
  return *DescriptorPool::generated_pool();
}

TEST(CommentOf, GivesWhatStandsBeforeAnElementOfEachKind) {
  const ServiceDescriptor* service = Pool().FindServiceByName("kechuang.contract.v1.ContractService");
  ASSERT_NE(service, nullptr);
  EXPECT_THAT(std::string(CommentOf(*service)), Not(IsEmpty()));
  const MethodDescriptor* method = service->FindMethodByName("GetContract");
  ASSERT_NE(method, nullptr);
  EXPECT_THAT(std::string(CommentOf(*method)), HasSubstr("Needs the permission contract.read."));
  EXPECT_THAT(std::string(CommentOf(*contract::v1::Contract::descriptor())),
              StartsWith("A technology contract 技术合同"));
  const FieldDescriptor* seller = contract::v1::Contract::descriptor()->FindFieldByName("seller");
  ASSERT_NE(seller, nullptr);
  EXPECT_EQ(CommentOf(*seller), "Optional. The seller's side; needed to submit.");
  const EnumDescriptor* state = contract::v1::ContractState_descriptor();
  EXPECT_THAT(std::string(CommentOf(*state)), StartsWith("Where a contract stands"));
  EXPECT_THAT(std::string(CommentOf(*state->FindValueByName("CONTRACT_STATE_DRAFT"))), StartsWith("Being written"));
}

TEST(CommentOf, KnowsNestedElements) {
  const EnumDescriptor* kind = ledger::v1::RowOutcome::Kind_descriptor();
  EXPECT_EQ(CommentOf(*kind), "What became of a row.");
  EXPECT_EQ(CommentOf(*kind->FindValueByName("KIND_INSERTED")), "The row made a new record.");
}

TEST(CommentOf, JoinsTheLinesOfAParagraph) {
  const FieldDescriptor* total = contract::v1::Contract::descriptor()->FindFieldByName("total_amount_fen");
  ASSERT_NE(total, nullptr);
  EXPECT_THAT(std::string(CommentOf(*total)), HasSubstr("Example: 50000000 for 50 万元"));
  EXPECT_THAT(std::string(CommentOf(*total)), Not(HasSubstr("\n")));
}

TEST(CommentOf, IsEmptyForElementsOfOthers) {
  EXPECT_EQ(CommentOf(*google::protobuf::Timestamp::descriptor()), "");
  EXPECT_EQ(CommentOf(*google::protobuf::Timestamp::descriptor()->field(0)), "");
}

TEST(CommentOf, MissesNoElementOfAServicesFile) {
  std::vector<std::string> missing;
  const FileDescriptor* file = Pool().FindFileByName("kechuang/contract/v1/contract_service.proto");
  ASSERT_NE(file, nullptr);
  ASSERT_GT(file->message_type_count(), 10);
  for (int i = 0; i < file->message_type_count(); ++i) {
    const Descriptor& message = *file->message_type(i);
    if (CommentOf(message).empty()) missing.push_back(message.full_name());
    for (int k = 0; k < message.field_count(); ++k) {
      if (CommentOf(*message.field(k)).empty()) missing.push_back(message.field(k)->full_name());
    }
  }
  EXPECT_THAT(missing, IsEmpty());
}

TEST(CommentOf, MayBeAskedByManyThreadsAtOnce) {
  std::vector<std::string> seen(8);
  std::vector<std::thread> threads;
  for (std::string& text : seen) {
    threads.emplace_back([&text] { text = std::string(CommentOf(*contract::v1::Contract::descriptor())); });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(seen, ::testing::Each(StartsWith("A technology contract")));
}

TEST(FirstSentence, LeavesOutHowAFieldBehaves) {
  EXPECT_EQ(FirstSentence("Required. The loan. Example: loans/2022-0007"), "The loan.");
  EXPECT_EQ(FirstSentence("Required. Immutable. The code."), "The code.");
  EXPECT_EQ(FirstSentence("Output only. Rate of 3.5 in v1.2 or so. More."), "Rate of 3.5 in v1.2 or so.");
}

TEST(FirstSentence, EndsWithTheTextOrTheParagraph) {
  EXPECT_EQ(FirstSentence("Lists loans"), "Lists loans");
  EXPECT_EQ(FirstSentence("A title\n\nThe rest."), "A title");
  EXPECT_EQ(FirstSentence("科技贷款。其余。"), "科技贷款。");
  EXPECT_EQ(FirstSentence(""), "");
}

TEST(WithoutBehavior, KeepsTheRest) {
  EXPECT_EQ(WithoutBehavior("Optional. A. Example: b"), "A. Example: b");
  EXPECT_EQ(WithoutBehavior("Optional things."), "Optional things.");
}

}  // namespace
}  // namespace kechuang::api
