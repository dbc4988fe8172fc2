#include "common/rpc/http_server.h"

#include <utility>  // Asio wants it before its own headers in C++20

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/streambuf.hpp>
#include <boost/asio/write.hpp>

#include "common/base/error.h"

namespace kechuang::rpc {
namespace {

namespace asio = boost::asio;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

// A raw connection to the server under test.
class Wire {
 public:
  explicit Wire(int port) { socket_.connect({asio::ip::address_v4::loopback(), static_cast<unsigned short>(port)}); }

  bool Send(const std::string& text) {
    boost::system::error_code error;
    asio::write(socket_, asio::buffer(text), error);
    return !error;
  }
  // The next answer's head.
  std::string Head() {
    boost::system::error_code error;
    return Take(asio::read_until(socket_, buffer_, "\r\n\r\n", error));
  }
  std::string Body(size_t size) {
    boost::system::error_code error;
    if (buffer_.size() < size) asio::read(socket_, buffer_, asio::transfer_exactly(size - buffer_.size()), error);
    return Take(std::min(size, buffer_.size()));
  }
  // Everything until the server closes.
  std::string Rest() {
    boost::system::error_code error;
    asio::read(socket_, buffer_, asio::transfer_all(), error);
    return Take(buffer_.size());
  }

 private:
  std::string Take(size_t size) {
    std::string text(asio::buffers_begin(buffer_.data()),
                     asio::buffers_begin(buffer_.data()) + static_cast<std::ptrdiff_t>(size));
    buffer_.consume(size);
    return text;
  }

  asio::io_context context_;
  asio::ip::tcp::socket socket_{context_};
  asio::streambuf buffer_;
};

class HttpServerTest : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(server_.Start(0), absl::OkStatus()); }
  std::string Ask(const std::string& request) {
    Wire wire(server_.port());
    wire.Send(request);
    return wire.Rest();
  }

  HttpServer server_{{{"/healthz",
                       [] {
                         return HttpAnswer{503, "application/json", "{}\n"};
                       }},
                      {"/metrics", [] {
                         return HttpAnswer{200, "text/plain", "counts\n"};
                       }}}};
};

constexpr char kClose[] = "Host: x\r\nConnection: close\r\n\r\n";

TEST_F(HttpServerTest, AnswersGet) {
  EXPECT_THAT(Ask(absl::StrCat("GET /metrics HTTP/1.1\r\n", kClose)),
              AllOf(StartsWith("HTTP/1.1 200 OK\r\n"), HasSubstr("Content-Type: text/plain\r\n"),
                    HasSubstr("Content-Length: 7\r\n"), ::testing::EndsWith("\r\n\r\ncounts\n")));
  EXPECT_THAT(Ask(absl::StrCat("GET /metrics?name=x HTTP/1.1\r\n", kClose)), StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(Ask(absl::StrCat("GET /healthz HTTP/1.1\r\n", kClose)),
              AllOf(StartsWith("HTTP/1.1 503"), HasSubstr("Content-Type: application/json\r\n")));
}

TEST_F(HttpServerTest, AnswersHeadWithTheLengthAndNoBody) {
  EXPECT_THAT(
      Ask(absl::StrCat("HEAD /metrics HTTP/1.1\r\n", kClose)),
      AllOf(StartsWith("HTTP/1.1 200 OK\r\n"), HasSubstr("Content-Length: 7\r\n"), ::testing::EndsWith("\r\n\r\n")));
}

TEST_F(HttpServerTest, KnowsNoOtherPathAndNoOtherVerb) {
  EXPECT_THAT(Ask(absl::StrCat("GET / HTTP/1.1\r\n", kClose)), StartsWith("HTTP/1.1 404 Not Found\r\n"));
  EXPECT_THAT(Ask(absl::StrCat("GET /metrics/ HTTP/1.1\r\n", kClose)), StartsWith("HTTP/1.1 404 Not Found\r\n"));
  EXPECT_THAT(Ask(absl::StrCat("DELETE /metrics HTTP/1.1\r\n", kClose)),
              AllOf(StartsWith("HTTP/1.1 405 Method Not Allowed\r\n"), HasSubstr("Allow: GET, HEAD\r\n")));
}

TEST_F(HttpServerTest, KeepsAConnectionForTheNextRequest) {
  Wire wire(server_.port());
  for (int i = 0; i < 50; ++i) {
    ASSERT_TRUE(wire.Send("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n"));
    EXPECT_THAT(wire.Head(), StartsWith("HTTP/1.1 200 OK\r\n"));
    EXPECT_EQ(wire.Body(7), "counts\n");
  }
  wire.Send("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\nGET / HTTP/1.1\r\nConnection: close\r\nHost: x\r\n\r\n");
  EXPECT_THAT(wire.Rest(), AllOf(StartsWith("HTTP/1.1 200"), HasSubstr("HTTP/1.1 404")));
}

TEST_F(HttpServerTest, DropsWhatIsTooLargeOrNoHttpAndServesOn) {
  EXPECT_EQ(Ask(absl::StrCat("GET /metrics HTTP/1.1\r\nX-Large: ", std::string(9000, 'x'), "\r\n", kClose)), "");
  EXPECT_EQ(Ask(absl::StrCat("POST /metrics HTTP/1.1\r\nContent-Length: 90000\r\n", kClose)), "");
  EXPECT_EQ(Ask("\x16\x03\x01 no http\r\n\r\n"), "");
  EXPECT_THAT(Ask(absl::StrCat("GET /metrics HTTP/1.1\r\n", kClose)), StartsWith("HTTP/1.1 200 OK\r\n"));
}

TEST_F(HttpServerTest, SaysThatItsPortIsTaken) {
  HttpServer second({});
  const absl::Status status = second.Start(server_.port());
  EXPECT_EQ(ReasonOf(status), "SERVICE_UNAVAILABLE");
  EXPECT_THAT(std::string(status.message()), HasSubstr(absl::StrCat("127.0.0.1:", server_.port())));
}

}  // namespace
}  // namespace kechuang::rpc
