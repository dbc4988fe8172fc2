#include <memory>
#include <thread>

#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "google/protobuf/wrappers.pb.h"
#include "grpcpp/impl/rpc_method.h"
#include "grpcpp/support/sync_stream.h"
#include "gtest/gtest.h"

#include "common/base/error.h"
#include "common/rpc/test_desk.h"
#include "common/rpc/wire_status.h"

namespace kechuang::rpc {
namespace {

using rpc_test::ChatRequest;
using rpc_test::ChatResponse;
using rpc_test::CountRequest;
using rpc_test::CountResponse;
using ::testing::HasSubstr;

// One chat of a client.
class Talk {
 public:
  explicit Talk(ServedDesk& served) : stub_(served.stub()) {
    ServedDesk::Authorize(context_);
    stream_ = stub_->Chat(&context_);
  }
  // The answer, or "" if the stream has ended.
  std::string Say(const std::string& text) {
    ChatRequest request;
    request.set_text(text);
    ChatResponse response;
    if (!stream_->Write(request) || !stream_->Read(&response)) return "";
    return response.text();
  }
  absl::Status End() {
    stream_->WritesDone();
    ChatResponse response;
    while (stream_->Read(&response)) {
    }
    return FromGrpc(stream_->Finish());
  }
  void Leave() { context_.TryCancel(); }

 private:
  std::unique_ptr<rpc_test::DeskService::Stub> stub_;
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReaderWriter<ChatRequest, ChatResponse>> stream_;
};

// Opens a chat and ends it, again and again until a slot is free; what the last try gave.
absl::Status TalkWhenFree(ServedDesk& served) {
  const absl::Time patience = absl::Now() + absl::Seconds(30);
  absl::Status status;
  do {
    status = Talk(served).End();
  } while (!status.ok() && absl::Now() < patience);
  return status;
}

TEST(Stream, GoesBothWays) {
  ServedDesk served;
  Talk talk(served);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(talk.Say("你好"), "you said 你好");
  EXPECT_EQ(talk.End(), absl::OkStatus());
}

TEST(Stream, EndsAtOnceIfTheCallerSaysNothing) {
  ServedDesk served;
  EXPECT_EQ(Talk(served).End(), absl::OkStatus());
}

TEST(Stream, CarriesTheHandlersErrorWhole) {
  ServedDesk served;
  Talk talk(served);
  EXPECT_EQ(talk.Say("refuse"), "");
  const absl::Status status = talk.End();
  EXPECT_EQ(status.code(), absl::StatusCode::kAborted);
  EXPECT_EQ(ReasonOf(status), "CONFLICT");
  EXPECT_EQ(ChineseOf(status), "不行");
}

TEST(Stream, OfTheServerSendsEverything) {
  ServedDesk served;
  grpc::ClientContext context;
  ServedDesk::Authorize(context);
  CountRequest request;
  request.set_to(5000);
  const auto stub = served.stub();
  const auto stream = stub->Count(&context, request);
  CountResponse response;
  int expected = 0;
  while (stream->Read(&response)) EXPECT_EQ(response.number(), ++expected);
  EXPECT_TRUE(stream->Finish().ok());
  EXPECT_EQ(expected, 5000);
}

TEST(Stream, RefusesACallerWithoutTheKey) {
  ServedDesk served;
  grpc::ClientContext context;
  const auto stub = served.stub();
  const auto stream = stub->Chat(&context);
  ChatResponse response;
  EXPECT_FALSE(stream->Read(&response));
  const absl::Status status = FromGrpc(stream->Finish());
  EXPECT_EQ(status.code(), absl::StatusCode::kUnauthenticated);
  EXPECT_EQ(ReasonOf(status), "UNAUTHENTICATED_CALLER");
}

TEST(Stream, EndsWithAnErrorAtBytesThatAreNoSuchMessage) {
  ServedDesk served;
  grpc::ClientContext context;
  ServedDesk::Authorize(context);
  using google::protobuf::BytesValue;
  const grpc::internal::RpcMethod method("/rpc_test.DeskService/Chat", grpc::internal::RpcMethod::BIDI_STREAMING);
  const std::shared_ptr<grpc::Channel> channel = served.channel();
  const std::unique_ptr<grpc::ClientReaderWriter<BytesValue, BytesValue>> stream(
      grpc::internal::ClientReaderWriterFactory<BytesValue, BytesValue>::Create(channel.get(), method, &context));
  BytesValue bytes;
  bytes.set_value("\xff");
  stream->Write(bytes);
  EXPECT_FALSE(stream->Read(&bytes));
  EXPECT_EQ(ReasonOf(FromGrpc(stream->Finish())), "FIELD_MALFORMED");
}

TEST(Stream, OneMoreThanAllowedIsRefusedAndASlotComesBackWhenOneEnds) {
  ServedDesk served({.limits = With({.streams = 2})});
  Talk first(served);
  Talk second(served);
  EXPECT_EQ(first.Say("a"), "you said a");
  EXPECT_EQ(second.Say("b"), "you said b");
  const absl::Status refused = Talk(served).End();
  EXPECT_EQ(refused.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(ReasonOf(refused), "OVERLOADED");
  EXPECT_TRUE(DetailOf<google::rpc::RetryInfo>(refused).has_value());
  EXPECT_EQ(first.End(), absl::OkStatus());
  EXPECT_EQ(TalkWhenFree(served), absl::OkStatus());
  EXPECT_EQ(second.Say("c"), "you said c");
  EXPECT_EQ(second.End(), absl::OkStatus());
  EXPECT_THAT(served.metrics().Text(),
              HasSubstr("kechuang_calls_total{code=\"RESOURCE_EXHAUSTED\",method=\"/rpc_test.DeskService/Chat\"}"));
}

TEST(Stream, OfAStrangerTakesNoSlot) {
  ServedDesk served({.limits = With({.streams = 1})});
  std::vector<std::unique_ptr<grpc::ClientContext>> contexts;
  std::vector<std::unique_ptr<grpc::ClientReaderWriter<ChatRequest, ChatResponse>>> strangers;
  const auto stub = served.stub();
  for (int i = 0; i < 20; ++i) {
    strangers.push_back(stub->Chat(contexts.emplace_back(std::make_unique<grpc::ClientContext>()).get()));
  }
  EXPECT_EQ(Talk(served).End(), absl::OkStatus());
  for (const auto& stranger : strangers) EXPECT_EQ(stranger->Finish().error_code(), grpc::StatusCode::UNAUTHENTICATED);
}

TEST(Stream, WhoseCallerIsGoneFreesItsSlot) {
  ServedDesk served({.limits = With({.streams = 1})});
  Talk talk(served);
  EXPECT_EQ(talk.Say("a"), "you said a");
  talk.Leave();
  served.desk().WaitForStreams(1, 1);
  EXPECT_EQ(TalkWhenFree(served), absl::OkStatus());
}

TEST(Stream, ThatNobodyReadsEndsWhenItsCallerIsGone) {
  ServedDesk served({.limits = With({.streams = 1})});
  grpc::ClientContext context;
  ServedDesk::Authorize(context);
  const auto stub = served.stub();
  const auto stream = stub->Count(&context, CountRequest());
  CountResponse response;
  ASSERT_TRUE(stream->Read(&response));
  context.TryCancel();
  served.desk().WaitForStreams(1, 1);
  EXPECT_EQ(TalkWhenFree(served), absl::OkStatus());
}

TEST(Stream, IsCutWhenTheDrainHasWaitedEnough) {
  ServedDesk served;
  Talk talk(served);
  EXPECT_EQ(talk.Say("a"), "you said a");
  served.server().Drain(absl::ZeroDuration());
  served.desk().WaitForStreams(1, 1);
  EXPECT_FALSE(talk.End().ok());
}

TEST(Stream, ManyAtOnceKeepApart) {
  ServedDesk served;
  std::vector<std::thread> threads;
  for (int i = 0; i < 16; ++i) {
    threads.emplace_back([&, i] {
      Talk talk(served);
      const std::string mine = std::string(static_cast<size_t>(i) + 1, 'x');
      for (int k = 0; k < 50; ++k) EXPECT_EQ(talk.Say(mine), "you said " + mine);
      EXPECT_EQ(talk.End(), absl::OkStatus());
    });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace kechuang::rpc
