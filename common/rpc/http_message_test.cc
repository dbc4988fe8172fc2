#include "common/rpc/http_message.h"

#include <zlib.h>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "common/base/error.h"
#include "common/rpc/http_body.h"
#include "kechuang/api/v1/reasons.pb.h"

namespace kechuang::rpc {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(HttpBodyReader, TakesWhatBelongsToItInAnyPieces) {
  const std::string wire = "5;name=x\r\nhello\r\nA\r\n, 0\r\n\r\nabc\r\n0\r\nTrailer: x\r\n\r\nGET";
  for (size_t piece = 1; piece <= wire.size(); ++piece) {
    HttpBodyReader reader = HttpBodyReader::InChunks();
    std::string arrived;
    std::string content;
    for (size_t at = 0; at < wire.size(); at += piece) {
      arrived += wire.substr(at, piece);
      ASSERT_EQ(reader.Take(arrived, content), absl::OkStatus());
    }
    EXPECT_TRUE(reader.is_over());
    EXPECT_EQ(content, "hello, 0\r\n\r\nabc");
    EXPECT_EQ(arrived, "GET");
  }
  HttpBodyReader reader = HttpBodyReader::OfLength(4);
  std::string arrived = "abcdef";
  std::string content;
  ASSERT_EQ(reader.Take(arrived, content), absl::OkStatus());
  EXPECT_TRUE(reader.is_over());
  EXPECT_EQ(content + "|" + arrived, "abcd|ef");
  EXPECT_TRUE(HttpBodyReader::OfLength(0).is_over());
}

TEST(HttpBodyReader, RefusesWhatIsNoBody) {
  for (const std::string& wire :
       {std::string("x\r\n"), std::string("\r\n"), std::string("5\r\nhelloX\r\n"), std::string("-1\r\n"),
        std::string("FFFFFFFFFFFFFFFFF\r\n"), std::string("5 5\r\nhello\r\n"), std::string(kChunkLineBytesMax + 1, '1'),
        "1;" + std::string(kChunkLineBytesMax, 'x') + "\r\n", "0\r\n" + std::string(kChunkLineBytesMax + 1, 'x')}) {
    HttpBodyReader reader = HttpBodyReader::InChunks();
    std::string arrived = wire;
    std::string content;
    EXPECT_EQ(ReasonOf(reader.Take(arrived, content)), "FIELD_MALFORMED") << wire;
    EXPECT_FALSE(reader.is_over());
  }
}

TEST(AdmitsGzip, ReadsTheWeights) {
  for (const char* yes : {"gzip", "deflate, GZIP", "br;q=1, gzip;q=0.5", "*", "identity, *;q=0.1"}) {
    EXPECT_TRUE(AdmitsGzip(yes)) << yes;
  }
  for (const char* no : {"", "identity", "gzip;q=0", "*;q=0", "gzip;q=0, *", "gzip;q=x", "xgzip"}) {
    EXPECT_FALSE(AdmitsGzip(no)) << no;
  }
}

TEST(Gzip, MakesWhatZlibReads) {
  std::string text;
  for (int i = 0; i < 10000; ++i) text += "{\"name\":\"loans/" + std::to_string(i) + "\"}\n";
  const std::string packed = Gzip(text);
  EXPECT_LT(packed.size(), text.size() / 3);
  z_stream stream{};
  ASSERT_EQ(inflateInit2(&stream, 15 + 16), Z_OK);
  std::string unpacked(text.size() + 1, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  stream.avail_in = static_cast<uInt>(packed.size());
  stream.next_out = reinterpret_cast<Bytef*>(unpacked.data());
  stream.avail_out = static_cast<uInt>(unpacked.size());
  EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
  unpacked.resize(stream.total_out);
  inflateEnd(&stream);
  EXPECT_TRUE(unpacked == text);
}

TEST(IsWorthGzip, IsTrueOfLongTextsOnly) {
  const std::string text(kGzipBytesMin + 1, 'x');
  EXPECT_TRUE(IsWorthGzip({200, "application/json", text}));
  EXPECT_TRUE(IsWorthGzip({200, "text/html", text}));
  EXPECT_FALSE(IsWorthGzip({200, "application/json", text.substr(1)}));
  EXPECT_FALSE(IsWorthGzip({200, "image/png", text}));
}

TEST(HeadText, LetsNoHeaderMakeAnother) {
  const std::string head =
      HeadText({200, "text/plain", "", {{"ETag", "\"1\"\r\nSet-Cookie: x"}}}, {1, true, "Content-Length: 0"});
  EXPECT_THAT(head, AllOf(HasSubstr("ETag: \"1\"  Set-Cookie: x\r\n"), Not(HasSubstr("\nSet-Cookie"))));
  EXPECT_THAT(HeadText({304, "text/plain"}, {}), Not(HasSubstr("Content-Type")));
}

TEST(FaultAnswer, IsTheStatusInJson) {
  const HttpAnswer answer = FaultAnswer(
      413,
      Refuse(absl::StatusCode::kResourceExhausted, api::v1::FIELD_TOO_LONG).With("bytes_max", 7).Says("a \"b\"", "甲"));
  EXPECT_EQ(answer.status, 413);
  EXPECT_EQ(answer.content_type, "application/json");
  EXPECT_THAT(answer.body,
              AllOf(HasSubstr("{\"code\":8,\"message\":\"a \\\"b\\\"\",\"status\":\"RESOURCE_EXHAUSTED\","),
                    HasSubstr("\"@type\":\"type.googleapis.com/google.rpc.ErrorInfo\""),
                    HasSubstr("\"bytes_max\":\"7\""), HasSubstr("甲")));
}

}  // namespace
}  // namespace kechuang::rpc
