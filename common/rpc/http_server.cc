#include "common/rpc/http_server.h"

#include <thread>
#include <utility>  // Asio wants it before its own headers in C++20
#include <vector>

#include "absl/strings/str_cat.h"
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/strand.hpp>

#include "common/base/error.h"
#include "common/rpc/http_connection.h"
#include "common/rpc/listening.h"
#include "kechuang/api/v1/reasons.pb.h"

namespace kechuang::rpc {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

// How long to wait before accepting again when the process has no more files.
constexpr auto kAcceptAgain = std::chrono::milliseconds(100);
// Most connections beyond the limit, which take the places of others that are told to go and have not gone yet.
constexpr size_t kGoingMost = 64;

absl::Status TooManyConnections(int connections_max) {
  return Refuse(absl::StatusCode::kUnavailable, api::v1::OVERLOADED)
      .With("connections_max", connections_max)
      .RetryAfter(absl::Seconds(1))
      .Says(absl::StrCat("all ", connections_max, " connections are taken; try again in a moment"),
            absl::StrCat("全部 ", connections_max, " 个连接均被占用，请稍后再试"));
}

}  // namespace

HttpExchange::HttpExchange(std::shared_ptr<HttpConnection> connection, uint64_t turn, HttpRequest request)
    : connection_(std::move(connection)), turn_(turn), request_(std::move(request)) {}

HttpExchange::~HttpExchange() {
  connection_->Post([turn = turn_](HttpConnection& connection) { connection.Abandon(turn); });
}

void HttpExchange::OnGone(std::function<void()> gone) {
  connection_->Post([turn = turn_, gone = std::move(gone)](HttpConnection& connection) mutable {
    connection.OnGone(turn, std::move(gone));
  });
}

void HttpExchange::ReadWhole(uint64_t bytes_max, std::function<void(HttpPiece)> done) {
  connection_->Post([turn = turn_, bytes_max, done = std::move(done)](HttpConnection& connection) mutable {
    connection.ReadBody(turn, bytes_max, /*whole=*/true, std::move(done));
  });
}

void HttpExchange::ReadChunk(uint64_t bytes_max, std::function<void(HttpPiece)> done) {
  connection_->Post([turn = turn_, bytes_max, done = std::move(done)](HttpConnection& connection) mutable {
    connection.ReadBody(turn, bytes_max, /*whole=*/false, std::move(done));
  });
}

void HttpExchange::Answer(HttpAnswer answer) {
  connection_->Post([turn = turn_, answer = std::move(answer)](HttpConnection& connection) mutable {
    connection.Answer(turn, std::move(answer));
  });
}

void HttpExchange::Begin(HttpAnswer head) {
  connection_->Post(
      [turn = turn_, head = std::move(head)](HttpConnection& connection) { connection.Begin(turn, head); });
}

void HttpExchange::Write(std::string piece, std::function<void(bool)> done) {
  connection_->Post(
      [turn = turn_, piece = std::move(piece), done = std::move(done)](HttpConnection& connection) mutable {
        connection.Write(turn, std::move(piece), std::move(done));
      });
}

void HttpExchange::End() {
  connection_->Post([turn = turn_](HttpConnection& connection) { connection.End(turn); });
}

class HttpServer::Impl {
 public:
  Impl(Routes routes, Handler handler, HttpOptions options)
      : core_(std::move(routes), std::move(handler), std::move(options)), acceptor_(asio::make_strand(core_.context)) {}
  ~Impl() {
    Stop(absl::ZeroDuration());
    {
      std::unique_lock<std::mutex> lock(core_.mutex);
      if (!threads_.empty()) core_.closed.wait(lock, [this] { return core_.open.empty(); });
    }
    core_.context.stop();
    for (std::thread& thread : threads_) thread.join();
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  absl::Status Start(int port) {
    error_code error;
    const tcp::endpoint endpoint(asio::ip::make_address(core_.options.ip, error), static_cast<unsigned short>(port));
    if (!error) acceptor_.open(endpoint.protocol(), error);
    if (!error) acceptor_.set_option(asio::socket_base::reuse_address(true), error);
    if (!error) acceptor_.bind(endpoint, error);
    if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
    if (error) {
      const std::string address = Listening{core_.options.ip}.AddressOf(port);
      return Refuse(absl::StatusCode::kUnavailable, api::v1::SERVICE_UNAVAILABLE)
          .Says(absl::StrCat("cannot listen on ", address, ": is the port taken?"),
                absl::StrCat("无法监听 ", address, "，端口可能已被占用"));
    }
    port_ = acceptor_.local_endpoint().port();
    Accept();
    for (int i = 0; i < core_.options.threads; ++i) threads_.emplace_back([this] { core_.context.run(); });
    return absl::OkStatus();
  }

  int port() const { return port_; }

  void Stop(absl::Duration wait) {
    {
      const std::lock_guard<std::mutex> lock(core_.mutex);
      core_.stopping = true;
    }
    asio::post(acceptor_.get_executor(), [this] {
      error_code ignored;
      acceptor_.close(ignored);
    });
    TellAll(&HttpConnection::CloseIfIdle);
    {
      std::unique_lock<std::mutex> lock(core_.mutex);
      core_.closed.wait_for(lock, absl::ToChronoNanoseconds(wait), [this] { return core_.open.empty(); });
    }
    TellAll(&HttpConnection::Break);
  }

 private:
  void TellAll(void (HttpConnection::*task)()) {
    std::vector<std::shared_ptr<HttpConnection>> all;
    {
      const std::lock_guard<std::mutex> lock(core_.mutex);
      for (HttpConnection* connection : core_.open) {
        // One that is just going has nothing left to be told.
        if (auto held = connection->weak_from_this().lock(); held != nullptr) all.push_back(std::move(held));
      }
    }
    for (const auto& connection : all) connection->Post([task](HttpConnection& each) { (each.*task)(); });
  }

  void Accept() {
    acceptor_.async_accept(asio::make_strand(core_.context), [this](error_code error, tcp::socket socket) {
      if (error == asio::error::operation_aborted) return;
      if (error) return AcceptLater();
      Take(std::move(socket));
      Accept();
    });
  }

  // Most likely the process has too many files open.
  void AcceptLater() {
    accept_again_.expires_after(kAcceptAgain);
    accept_again_.async_wait([this](error_code) {
      if (acceptor_.is_open()) Accept();
    });
  }

  // Whether one more connection may come in, for which another goes if there are enough. Whoever opens many and says
  // nothing, or says it slowly, only drives out his own: a new one has time to say what it wants while all the older
  // ones go. The one that is told to go is counted until it has gone.
  bool HasRoom() {
    size_t open = 0;
    {
      const std::lock_guard<std::mutex> lock(core_.mutex);
      open = core_.open.size();
    }
    const auto most = static_cast<size_t>(core_.options.connections_max);
    if (open < most) return true;
    if (open >= most + kGoingMost) return false;
    const std::shared_ptr<HttpConnection> longest = OpenConnection::TakeLongestWaiting(core_);
    if (longest == nullptr) return false;
    longest->Post([](HttpConnection& each) { each.MakeRoom(); });
    return true;
  }

  void Take(tcp::socket socket) {
    if (HasRoom()) {
      std::make_shared<HttpConnection>(std::move(socket), core_)->Post([](HttpConnection& each) { each.Start(); });
      return;
    }
    if (core_.speaks_tls()) return;  // whoever is turned away is not worth a handshake
    HttpAnswer answer = FaultAnswer(503, TooManyConnections(core_.options.connections_max));
    answer.headers.emplace_back("Retry-After", "1");
    const std::string head =
        HeadText(answer, {1, /*keep_alive=*/false, absl::StrCat("Content-Length: ", answer.body.size())});
    error_code ignored;
    socket.non_blocking(true, ignored);
    socket.write_some(asio::buffer(absl::StrCat(head, answer.body)), ignored);
  }

  int port_ = 0;
  std::vector<std::thread> threads_;
  HttpCore core_;
  tcp::acceptor acceptor_;
  // Threads go on while nothing is pending: whoever holds the last exchange still has something to say.
  asio::executor_work_guard<asio::io_context::executor_type> work_{core_.context.get_executor()};
  asio::steady_timer accept_again_{acceptor_.get_executor()};
};

HttpServer::HttpServer(Routes routes, Handler handler, HttpOptions options)
    : impl_(std::make_unique<Impl>(std::move(routes), std::move(handler), std::move(options))) {}
HttpServer::~HttpServer() = default;
absl::Status HttpServer::Start(int port) { return impl_->Start(port); }
int HttpServer::port() const { return impl_->port(); }
void HttpServer::Stop(absl::Duration wait) { impl_->Stop(wait); }

}  // namespace kechuang::rpc
