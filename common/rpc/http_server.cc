#include "common/rpc/http_server.h"

#include <thread>
#include <utility>  // Asio wants it before its own headers in C++20

#include "absl/strings/str_cat.h"
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

#include "common/base/error.h"
#include "kechuang/api/v1/reasons.pb.h"

namespace kechuang::rpc {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;

constexpr int kConnectionsMax = 256;
constexpr size_t kHeaderBytesMax = 8192;
constexpr auto kIdleMax = std::chrono::seconds(30);

// One connection; lives as long as an operation on it is under way.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(tcp::socket socket, const HttpServer::Routes& routes, int& open)
      : stream_(std::move(socket)), routes_(routes), open_(open) {
    ++open_;
  }
  ~Connection() { --open_; }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void Read() {
    parser_.emplace();
    parser_->header_limit(kHeaderBytesMax);
    parser_->body_limit(kHeaderBytesMax);
    stream_.expires_after(kIdleMax);
    http::async_read(stream_, buffer_, *parser_, [self = shared_from_this()](beast::error_code error, size_t) {
      if (!error) self->Answer();
    });
  }

 private:
  void Answer() {
    const http::request<http::string_body>& request = parser_->get();
    HttpAnswer answer = AnswerTo(request);
    response_ = {static_cast<http::status>(answer.status), request.version()};
    response_.set(http::field::content_type, answer.content_type);
    if (answer.status == 405) response_.set(http::field::allow, "GET, HEAD");
    response_.keep_alive(request.keep_alive());
    response_.content_length(answer.body.size());
    if (request.method() != http::verb::head) response_.body() = std::move(answer.body);
    http::async_write(stream_, response_, [self = shared_from_this()](beast::error_code error, size_t) {
      if (!error && self->response_.keep_alive()) self->Read();
    });
  }

  HttpAnswer AnswerTo(const http::request<http::string_body>& request) const {
    const std::string target(request.target());
    const auto route = routes_.find(target.substr(0, target.find('?')));
    if (route == routes_.end()) return {404, "text/plain; charset=utf-8", "not found\n"};
    if (request.method() != http::verb::get && request.method() != http::verb::head) {
      return {405, "text/plain; charset=utf-8", "only GET and HEAD\n"};
    }
    return route->second();
  }

  beast::tcp_stream stream_;
  const HttpServer::Routes& routes_;
  int& open_;
  beast::flat_buffer buffer_;
  std::optional<http::request_parser<http::string_body>> parser_;
  http::response<http::string_body> response_;
};

}  // namespace

class HttpServer::Impl {
 public:
  explicit Impl(Routes routes) : routes_(std::move(routes)) {}
  ~Impl() {
    context_.stop();
    if (thread_.joinable()) thread_.join();
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  absl::Status Start(int port) {
    const tcp::endpoint endpoint(asio::ip::address_v4::loopback(), static_cast<unsigned short>(port));
    beast::error_code error;
    acceptor_.open(endpoint.protocol(), error);
    acceptor_.set_option(asio::socket_base::reuse_address(true), error);
    acceptor_.bind(endpoint, error);
    if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
    if (error) {
      return Refuse(absl::StatusCode::kUnavailable, api::v1::SERVICE_UNAVAILABLE)
          .Says(absl::StrCat("cannot listen on 127.0.0.1:", port, ": is the port taken?"),
                absl::StrCat("无法监听 127.0.0.1:", port, "，端口可能已被占用"));
    }
    Accept();
    thread_ = std::thread([this] { context_.run(); });
    return absl::OkStatus();
  }

  int port() const { return acceptor_.local_endpoint().port(); }

 private:
  void Accept() {
    acceptor_.async_accept([this](beast::error_code error, tcp::socket socket) {
      if (error == asio::error::operation_aborted) return;
      if (!error && open_ < kConnectionsMax) std::make_shared<Connection>(std::move(socket), routes_, open_)->Read();
      Accept();
    });
  }

  const Routes routes_;
  int open_ = 0;  // touched by the one thread only
  asio::io_context context_{1};
  tcp::acceptor acceptor_{context_};
  std::thread thread_;
};

HttpServer::HttpServer(Routes routes) : impl_(std::make_unique<Impl>(std::move(routes))) {}
HttpServer::~HttpServer() = default;
absl::Status HttpServer::Start(int port) { return impl_->Start(port); }
int HttpServer::port() const { return impl_->port(); }

}  // namespace kechuang::rpc
