#ifndef KECHUANG_COMMON_RPC_HTTP_CONNECTION_H_
#define KECHUANG_COMMON_RPC_HTTP_CONNECTION_H_

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <utility>  // Asio wants it before its own headers in C++20

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include "common/rpc/http_body.h"
#include "common/rpc/http_server.h"
#include "common/rpc/tls_session.h"

namespace kechuang::rpc {

class OpenConnection;

// What the connections of a server share. Outlives them.
struct HttpCore {
  HttpCore(HttpServer::Routes fixed, HttpServer::Handler other, HttpOptions limits)
      : routes(std::move(fixed)), handler(std::move(other)), options(std::move(limits)) {}

  bool draining() {
    const std::lock_guard<std::mutex> lock(mutex);
    return stopping;
  }

  bool speaks_tls() const { return options.tls != nullptr && options.tls->serves(); }

  const HttpServer::Routes routes;
  const HttpServer::Handler handler;
  const HttpOptions options;
  std::mutex mutex;
  std::condition_variable closed;
  std::set<HttpConnection*> open;      // guarded by mutex
  std::list<OpenConnection*> waiting;  // no request is under way on them, that for longest first; guarded by mutex
  bool stopping = false;               // guarded by mutex
  boost::asio::io_context context;
};

// Counts a connection as open. The last part of it to go: whoever lets go of an exchange may do so on a thread that is
// not the server's, and the server must stay until the sockets and timers of its connections are gone.
class OpenConnection {
 public:
  OpenConnection(HttpCore& core, HttpConnection* connection) : core_(core), connection_(connection) {
    const std::lock_guard<std::mutex> lock(core_.mutex);
    core_.open.insert(connection_);
  }
  ~OpenConnection() {
    const std::lock_guard<std::mutex> lock(core_.mutex);
    Forget();
    core_.open.erase(connection_);
    core_.closed.notify_all();
  }
  OpenConnection(const OpenConnection&) = delete;
  OpenConnection& operator=(const OpenConnection&) = delete;

  // It waits for a request, from now on if it did not wait before.
  void Waits() {
    const std::lock_guard<std::mutex> lock(core_.mutex);
    if (!place_.has_value()) place_ = core_.waiting.insert(core_.waiting.end(), this);
  }
  // A request is under way on it.
  void Works() {
    const std::lock_guard<std::mutex> lock(core_.mutex);
    Forget();
  }
  // The connection that has waited longest, which counts as waiting no more; null if none waits.
  static std::shared_ptr<HttpConnection> TakeLongestWaiting(HttpCore& core);

 private:
  void Forget() {  // the lock is held
    if (place_.has_value()) core_.waiting.erase(*place_);
    place_.reset();
  }

  HttpCore& core_;
  HttpConnection* const connection_;
  std::optional<std::list<OpenConnection*>::iterator> place_;  // guarded by the core's mutex
};

// One connection, and the exchange that is under way on it. Lives as long as an operation on it is pending or somebody
// holds its exchange. Its members are touched on its strand only.
class HttpConnection : public std::enable_shared_from_this<HttpConnection> {
 public:
  HttpConnection(boost::asio::ip::tcp::socket socket, HttpCore& core)
      : core_(core), socket_(std::move(socket)), wait_(socket_.get_executor()), write_wait_(socket_.get_executor()) {}
  HttpConnection(const HttpConnection&) = delete;
  HttpConnection& operator=(const HttpConnection&) = delete;

  // Runs a task on the strand.
  template <class Task>
  void Post(Task task) {
    boost::asio::post(socket_.get_executor(),
                      [self = shared_from_this(), task = std::move(task)]() mutable { task(*self); });
  }

  void Start();
  void CloseIfIdle() {
    if (!busy_) Break();
  }
  // Closes unless a request has become complete.
  void MakeRoom() {
    if (!working_) Break();
  }
  // Closes, and tells everyone who waits that the client has gone.
  void Break();

  // The calls of the exchange of that turn.
  void OnGone(uint64_t turn, std::function<void()> gone) {
    if (turn == turn_ && !closed_) {
      on_gone_ = std::move(gone);
    } else if (turn == turn_) {
      gone();
    }
  }
  void ReadBody(uint64_t turn, uint64_t bytes_max, bool whole, std::function<void(HttpPiece)> done);
  void Answer(uint64_t turn, HttpAnswer answer);
  void Begin(uint64_t turn, const HttpAnswer& head);
  void Write(uint64_t turn, std::string piece, std::function<void(bool)> done);
  void End(uint64_t turn);
  void Abandon(uint64_t turn) {
    if (turn == turn_ && answer_ != AnswerState::kComplete) Break();
  }

 private:
  enum class Arrival { kBytes, kEnd, kTooSlow };
  enum class AnswerState { kNone, kBegun, kComplete };
  struct Piece {
    std::string bytes;  // as they go over the wire
    std::function<void(bool)> done;
  };

  // Reading.
  void Watch();
  void Readable(boost::system::error_code error);
  void Await(absl::Duration wait, std::function<void(Arrival)> then);
  void Arrived(Arrival what);
  void NextRequest();
  void ReadHead();
  void ParseHead(size_t size);
  void Handle(HttpRequest request);
  void TakeBody();
  void GiveBody(HttpPiece piece);
  bool BodyIsOver();
  void SendContinue();

  // Writing.
  void Refused(int http_status, const absl::Status& fault);
  std::string StartAnswer(const HttpAnswer& answer, AnswerState state, std::string framing);
  void Send(std::string bytes, std::function<void(bool)> done);
  void SendAsIs(std::string bytes, std::function<void(bool)> done);
  void SendTlsOwn();
  void WriteSome();
  void Finish();
  void HangUp();
  void Linger(absl::Time until);

  HttpCore& core_;
  OpenConnection open_{core_, this};  // before all that needs the server
  boost::asio::ip::tcp::socket socket_;
  std::string source_;
  std::unique_ptr<TlsSession> tls_;  // null in plain text
  std::string client_certificate_;   // as HttpRequest has it
  bool closed_ = false;

  // What has arrived and is not taken yet; who waits for more.
  std::string arrived_;
  bool watching_ = false;
  std::function<void(Arrival)> awaiting_;  // holds no pointer that counts: the pending operation keeps this alive
  uint64_t await_turn_ = 0;
  boost::asio::steady_timer wait_;

  // The request.
  uint64_t turn_ = 0;
  bool busy_ = false;     // from the first byte of a request to the last one of its answer
  bool working_ = false;  // from the end of its headers on
  size_t head_scanned_ = 0;
  absl::Time head_until_;
  int minor_version_ = 1;
  bool keep_alive_ = false;
  bool head_only_ = false;
  bool expects_continue_ = false;
  std::string accept_encoding_;
  HttpBodyReader body_ = HttpBodyReader::OfLength(0);
  uint64_t body_bytes_ = 0;  // taken of it so far
  std::string taken_;        // for the read that is under way
  uint64_t read_bytes_max_ = 0;
  bool read_whole_ = false;
  absl::Time read_until_;
  std::function<void(HttpPiece)> read_done_;
  std::function<void()> on_gone_;

  // The answer.
  AnswerState answer_ = AnswerState::kNone;
  std::deque<Piece> pieces_;
  size_t written_ = 0;  // bytes of the first piece
  uint64_t write_turn_ = 0;
  boost::asio::steady_timer write_wait_;
};

}  // namespace kechuang::rpc

#endif  // KECHUANG_COMMON_RPC_HTTP_CONNECTION_H_
