// What must hold of JSON for every message of the suite and for any text; each test prints its seed, and takes another
// from KECHUANG_SEED.
#include <cstdlib>
#include <functional>
#include <memory>
#include <regex>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/util/json_util.h"
#include "google/protobuf/util/message_differencer.h"
#include "google/rpc/error_details.pb.h"
#include "gtest/gtest.h"

#include "common/api/json.h"
#include "common/api/json_scanner.h"
#include "common/api/test_message.h"
#include "common/base/error.h"
#include "common/domain/name_text.h"
#include "nlohmann/json.hpp"

namespace kechuang::api {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::Message;
using google::protobuf::util::MessageDifferencer;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr int kMutations = 10'000;

uint64_t Seed() {
  const char* given = std::getenv("KECHUANG_SEED");
  const uint64_t seed = given == nullptr ? 20220305 : std::strtoull(given, nullptr, 10);
  std::printf("KECHUANG_SEED=%llu\n", static_cast<unsigned long long>(seed));
  return seed;
}

// Every message of the suite's services.
std::vector<const Descriptor*> Types() {
  std::vector<const Descriptor*> types;
  const auto* pool = google::protobuf::DescriptorPool::generated_pool();
  for (const char* area : {"contract", "enterprise", "loan", "report", "identity"}) {
    const auto* file = pool->FindFileByName(absl::StrCat("kechuang/", area, "/v1/", area, "_service.proto"));
    for (int i = 0; file != nullptr && i < file->message_type_count(); ++i) types.push_back(file->message_type(i));
  }
  return types;
}

std::unique_ptr<Message> New(const Descriptor* type) {
  return std::unique_ptr<Message>(google::protobuf::MessageFactory::generated_factory()->GetPrototype(type)->New());
}

void ExpectNoInternals(const absl::Status& status, const std::string& input) {
  std::string said(status.message());
  status.ForEachPayload([&said](absl::string_view, const absl::Cord& payload) { said += std::string(payload); });
  for (const std::string& word : InternalWords()) {
    if (absl::StrContains(input, word) || word == "google::") continue;
    EXPECT_THAT(std::string(status.message()), Not(HasSubstr(word))) << input;
    EXPECT_THAT(ChineseOf(status), Not(HasSubstr(word))) << input;
  }
  EXPECT_TRUE(IsValidUtf8(status.message())) << input;
}

TEST(Json, ComesBackAsItWas) {
  RandomMessages random(Seed());
  ASSERT_GT(Types().size(), 100u);
  for (const Descriptor* type : Types()) {
    for (int i = 0; i < 20; ++i) {
      const std::unique_ptr<Message> message = New(type);
      random.Fill(*message);
      for (const JsonNames names : {JsonNames::kCamelCase, JsonNames::kProto}) {
        const std::string json = WriteJson(*message, names);
        ASSERT_TRUE(nlohmann::json::accept(json)) << json;
        const std::unique_ptr<Message> read = New(type);
        const absl::Status status = ReadJson(json, *read);
        ASSERT_TRUE(status.ok()) << status << json;
        ASSERT_TRUE(MessageDifferencer::Equals(*message, *read)) << json;
      }
    }
  }
}

TEST(Json, MeansTheSameToProtobufsOwnReader) {
  RandomMessages random(Seed());
  for (const Descriptor* type : Types()) {
    const std::unique_ptr<Message> message = New(type);
    random.Fill(*message);
    const std::string json = WriteJson(*message);
    const std::unique_ptr<Message> read = New(type);
    ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(json, read.get()).ok()) << json;
    ASSERT_TRUE(MessageDifferencer::Equals(*message, *read)) << json;
    std::string own;
    google::protobuf::util::JsonPrintOptions options;
    options.always_print_primitive_fields = true;
    ASSERT_TRUE(google::protobuf::util::MessageToJsonString(*message, &own, options).ok());
    EXPECT_EQ(nlohmann::json::parse(json), nlohmann::json::parse(own));
  }
}

TEST(Json, IsWhatOtherReadersTakeForJson) {
  RandomMessages random(Seed());
  const std::vector<const Descriptor*> types = Types();
  int accepted = 0;
  for (int i = 0; i < kMutations; ++i) {
    const std::unique_ptr<Message> message = New(random.OneOf(types));
    random.Fill(*message, /*depth=*/2);
    const std::string json = Mutated(WriteJson(*message), random);
    JsonScanner scanner(json);
    scanner.Skip();
    scanner.TakeEnd();
    const bool well = scanner.status().ok() && IsValidUtf8(json);
    // The other reader also refuses numbers that no double can hold; here that is for the field to say.
    if (std::regex_search(json, std::regex("[eE][+]?[0-9]{3}"))) continue;
    ASSERT_EQ(well, nlohmann::json::accept(json)) << json << scanner.status();
    accepted += well ? 1 : 0;
  }
  EXPECT_GT(accepted, 100);
}

TEST(Json, NeverSaysHowItIsMade) {
  RandomMessages random(Seed());
  const std::vector<const Descriptor*> types = Types();
  int refused = 0;
  for (int i = 0; i < kMutations; ++i) {
    const Descriptor* type = random.OneOf(types);
    const std::unique_ptr<Message> message = New(type);
    random.Fill(*message, /*depth=*/2);
    const std::string json = Mutated(WriteJson(*message), random);
    const absl::Status status = ReadJson(json, *New(type));
    if (status.ok()) continue;
    ++refused;
    ASSERT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    ExpectNoInternals(status, json);
  }
  EXPECT_GT(refused, kMutations / 2);
}

TEST(Json, HasAFormForEveryTypeThatTheSuiteUses) {
  std::vector<std::string> gaps;
  const std::function<void(const Descriptor*, int)> walk = [&](const Descriptor* type, int depth) {
    for (int i = 0; depth < 8 && i < type->field_count(); ++i) {
      const Descriptor* below = type->field(i)->message_type();
      if (below == nullptr) continue;
      const int known = below->well_known_type();
      const bool has_form = known == Descriptor::WELLKNOWNTYPE_UNSPECIFIED || known == Descriptor::WELLKNOWNTYPE_ANY ||
                            known == Descriptor::WELLKNOWNTYPE_TIMESTAMP ||
                            known == Descriptor::WELLKNOWNTYPE_DURATION || known == Descriptor::WELLKNOWNTYPE_FIELDMASK;
      if (!has_form) gaps.push_back(type->field(i)->full_name());
      walk(below, depth + 1);
    }
  };
  for (const Descriptor* type : Types()) walk(type, 0);
  EXPECT_THAT(gaps, testing::IsEmpty());
}

}  // namespace
}  // namespace kechuang::api
