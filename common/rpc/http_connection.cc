#include "common/rpc/http_connection.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <limits>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>

#include "common/base/error.h"
#include "common/rpc/source.h"
#include "kechuang/api/v1/reasons.pb.h"

namespace kechuang::rpc {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;

// What is read at once, and what is read ahead while nobody asks.
constexpr size_t kReadBytes = size_t{64} * 1024;
// How long a connection that is about to close takes in what its client still sends: closing at once would reset it,
// and the client might lose the answer.
constexpr absl::Duration kLingerMax = absl::Seconds(2);
constexpr int kClientGone = 499;
// Most pieces that wait to be sent when TLS has something of its own to say. A client that makes it say much, and takes
// nothing, would fill the memory.
constexpr size_t kPiecesMostForTls = 64;

absl::Status TooManyHeaders(size_t bytes_max) {
  return Refuse(absl::StatusCode::kResourceExhausted, api::v1::FIELD_TOO_LONG)
      .With("header_bytes_max", bytes_max)
      .Says(
          absl::StrCat("the request line and the headers have more than the ", bytes_max, " bytes that they may have"),
          absl::StrCat("请求行和请求头超过上限 ", bytes_max, " 字节"));
}

absl::Status TooManyHeaderLines(size_t headers_max) {
  return Refuse(absl::StatusCode::kResourceExhausted, api::v1::FIELD_TOO_LONG)
      .With("headers_max", headers_max)
      .Says(absl::StrCat("the request has more than the ", headers_max, " headers that it may have"),
            absl::StrCat("请求头超过上限 ", headers_max, " 个"));
}

absl::Status BodyTooLarge(uint64_t bytes_max) {
  return Refuse(absl::StatusCode::kResourceExhausted, api::v1::FIELD_TOO_LONG)
      .With("bytes_max", bytes_max)
      .Says(absl::StrCat("the body has more than the ", bytes_max, " bytes that it may have"),
            absl::StrCat("请求体超过上限 ", bytes_max, " 字节"));
}

absl::Status TooSlow(absl::Duration wait) {
  return Refuse(absl::StatusCode::kDeadlineExceeded, api::v1::DEADLINE)
      .With("wait_max", absl::FormatDuration(wait))
      .Says(absl::StrCat("the rest of the request did not come within ", absl::FormatDuration(wait)),
            absl::StrCat("请求的其余部分未在 ", absl::FormatDuration(wait), " 内到达"));
}

absl::Status NoHttp(absl::string_view why) {
  return Refuse(absl::StatusCode::kInvalidArgument, api::v1::FIELD_MALFORMED)
      .Says(absl::StrCat("this is no HTTP/1.1 request: ", why), absl::StrCat("不是有效的 HTTP/1.1 请求：", why));
}

absl::Status NoSuchCoding() {
  return Refuse(absl::StatusCode::kUnimplemented, api::v1::FIELD_MALFORMED)
      .Says("of transfer encodings only chunked is understood", "传输编码仅支持 chunked");
}

absl::Status Gone() { return absl::CancelledError("the client has gone"); }

HttpRequest RequestOf(const http::request<http::empty_body>& head) {
  HttpRequest request{std::string(head.method_string()), std::string(head.target()), {}};
  for (const auto& field : head) {
    const std::string value(field.value());
    const auto [entry, first] =
        request.headers.emplace(absl::AsciiStrToLower({field.name_string().data(), field.name_string().size()}), value);
    if (!first) absl::StrAppend(&entry->second, ", ", value);
  }
  return request;
}

}  // namespace

std::shared_ptr<HttpConnection> OpenConnection::TakeLongestWaiting(HttpCore& core) {
  const std::lock_guard<std::mutex> lock(core.mutex);
  while (!core.waiting.empty()) {
    OpenConnection& longest = *core.waiting.front();
    longest.Forget();
    // One that is just going makes room by itself.
    if (auto held = longest.connection_->weak_from_this().lock(); held != nullptr) return held;
  }
  return nullptr;
}

void HttpConnection::Start() {
  error_code ignored;
  open_.Waits();
  source_ = SourceOf(socket_.remote_endpoint(ignored).address().to_string());
  socket_.non_blocking(true, ignored);
  socket_.set_option(tcp::no_delay(true), ignored);
  socket_.set_option(asio::socket_base::keep_alive(true), ignored);
  if (!core_.speaks_tls()) return NextRequest();
  tls_ = std::make_unique<TlsSession>(core_.options.tls->Context(core_.options.tls_clients));
  Await(core_.options.head_max, [this](Arrival what) {
    if (what != Arrival::kBytes) return Break();
    client_certificate_ = tls_->ClientCertificate();
    NextRequest();
  });
}

// Notices what arrives, also while nobody waits for it: that is how a client that goes is noticed.
void HttpConnection::Watch() {
  if (watching_ || closed_) return;
  watching_ = true;
  socket_.async_wait(tcp::socket::wait_read, [self = shared_from_this()](error_code error) { self->Readable(error); });
}

void HttpConnection::Readable(error_code error) {
  static thread_local std::array<char, kReadBytes> buffer;
  watching_ = false;
  if (closed_) return;
  const size_t size = error ? 0 : socket_.read_some(asio::buffer(buffer), error);
  if (error == asio::error::would_block || error == asio::error::interrupted) return Watch();
  if (tls_ == nullptr) {
    arrived_.append(buffer.data(), size);
  } else if (!error) {
    const TlsSession::Came came = tls_->TakeIn({buffer.data(), size}, arrived_);
    SendTlsOwn();
    if (closed_) return;
    if (came == TlsSession::Came::kNothing) return Watch();
    if (came == TlsSession::Came::kEnd) error = asio::error::eof;
  }
  if (awaiting_) return Arrived(error ? Arrival::kEnd : Arrival::kBytes);
  if (error) return Break();
  if (arrived_.size() < kReadBytes) Watch();
}

void HttpConnection::Await(absl::Duration wait, std::function<void(Arrival)> then) {
  if (closed_) return;
  awaiting_ = std::move(then);
  wait_.expires_after(absl::ToChronoNanoseconds(std::max(wait, absl::ZeroDuration())));
  wait_.async_wait([self = shared_from_this(), turn = ++await_turn_](error_code) {
    if (turn == self->await_turn_ && self->awaiting_) self->Arrived(Arrival::kTooSlow);
  });
  Watch();
}

void HttpConnection::Arrived(Arrival what) {
  ++await_turn_;
  wait_.cancel();
  const auto then = std::exchange(awaiting_, nullptr);
  then(what);
}

void HttpConnection::NextRequest() {
  busy_ = false;
  working_ = false;
  open_.Waits();
  answer_ = AnswerState::kNone;
  head_scanned_ = 0;
  if (core_.draining()) return Break();
  const auto begin = [this] {
    busy_ = true;
    head_until_ = absl::Now() + core_.options.head_max;
    ReadHead();
  };
  if (!arrived_.empty()) return begin();
  Await(core_.options.idle_max, [this, begin](Arrival what) { what == Arrival::kBytes ? begin() : Break(); });
}

void HttpConnection::ReadHead() {
  const size_t bytes_max = static_cast<size_t>(core_.options.limits->Get().header_bytes);
  while (absl::StartsWith(arrived_, "\r\n")) {  // RFC 9112 asks to overlook it
    arrived_.erase(0, 2);
    head_scanned_ = 0;
  }
  if (!arrived_.empty() && arrived_[0] != '\r' && !absl::ascii_isupper(static_cast<unsigned char>(arrived_[0]))) {
    return Refused(400, NoHttp("it does not begin with a verb"));
  }
  const size_t end = arrived_.find("\r\n\r\n", head_scanned_ < 3 ? 0 : head_scanned_ - 3);
  if (std::min(end, arrived_.size()) > bytes_max) return Refused(431, TooManyHeaders(bytes_max));
  if (end != std::string::npos) return ParseHead(end + 4);
  head_scanned_ = arrived_.size();
  Await(head_until_ - absl::Now(), [this](Arrival what) {
    if (what == Arrival::kEnd) return Break();
    if (what == Arrival::kTooSlow) return Refused(408, TooSlow(core_.options.head_max));
    ReadHead();
  });
}

void HttpConnection::ParseHead(size_t size) {
  http::request_parser<http::empty_body> parser;
  parser.header_limit(static_cast<std::uint32_t>(size));
  // Whoever reads the body says how much of it.
  parser.body_limit(std::numeric_limits<std::uint64_t>::max());
  parser.eager(false);
  error_code error;
  parser.put(asio::buffer(arrived_.data(), size), error);
  if (error || !parser.is_header_done()) return Refused(400, NoHttp(error ? error.message() : "it is incomplete"));
  arrived_.erase(0, size);
  const size_t headers_max = core_.options.headers_max;
  const auto headers = std::distance(parser.get().begin(), parser.get().end());
  if (static_cast<size_t>(headers) > headers_max) return Refused(431, TooManyHeaderLines(headers_max));
  HttpRequest request = RequestOf(parser.get());
  request.source = source_;
  request.client_certificate = client_certificate_;
  minor_version_ = parser.get().version() == 10 ? 0 : 1;
  if (minor_version_ == 1 && !request.headers.contains("host")) return Refused(400, NoHttp("it names no Host"));
  const absl::string_view coding = request.Header("transfer-encoding");
  if (!coding.empty() && !absl::EqualsIgnoreCase(coding, "chunked")) return Refused(501, NoSuchCoding());
  keep_alive_ = parser.keep_alive();
  head_only_ = request.verb == "HEAD";
  expects_continue_ = minor_version_ == 1 && absl::EqualsIgnoreCase(request.Header("expect"), "100-continue");
  accept_encoding_ = std::string(request.Header("accept-encoding"));
  const auto length = parser.content_length();
  body_ = parser.chunked() ? HttpBodyReader::InChunks() : HttpBodyReader::OfLength(length ? *length : 0);
  body_bytes_ = 0;
  working_ = true;
  open_.Works();
  Watch();
  Handle(std::move(request));
}

void HttpConnection::Handle(HttpRequest request) {
  const auto route = core_.routes.find(std::string(request.Path()));
  if (route == core_.routes.end() && core_.handler) {
    return core_.handler(std::make_shared<HttpExchange>(shared_from_this(), turn_, std::move(request)));
  }
  if (route == core_.routes.end()) return Answer(turn_, {.status = 404, .body = "not found\n"});
  if (request.verb == "GET" || request.verb == "HEAD") return Answer(turn_, route->second());
  Answer(turn_, {.status = 405, .body = "only GET and HEAD\n", .headers = {{"Allow", "GET, HEAD"}}});
}

void HttpConnection::ReadBody(uint64_t turn, uint64_t bytes_max, bool whole, std::function<void(HttpPiece)> done) {
  if (turn != turn_ || closed_) return done({.fault = Gone(), .http_status = kClientGone});
  read_done_ = std::move(done);
  read_bytes_max_ = bytes_max;
  read_whole_ = whole;
  read_until_ = whole ? absl::Now() + core_.options.body_max : absl::InfiniteFuture();
  if (body_bytes_ + body_.left() <= bytes_max) SendContinue();
  TakeBody();
}

void HttpConnection::TakeBody() {
  const size_t before = taken_.size();
  const absl::Status malformed = body_.Take(arrived_, taken_);
  if (!malformed.ok()) return GiveBody({.fault = malformed, .http_status = 400});
  body_bytes_ += taken_.size() - before;
  if (body_bytes_ > read_bytes_max_ || body_.left() > read_bytes_max_ - body_bytes_) {
    return GiveBody({.fault = BodyTooLarge(read_bytes_max_), .http_status = 413});
  }
  if (body_.is_over() || (!read_whole_ && !taken_.empty())) {
    Watch();
    return GiveBody({.bytes = std::exchange(taken_, {})});
  }
  const absl::Duration left = read_until_ - absl::Now();
  const absl::Duration wait_max = left < core_.options.read_max ? core_.options.body_max : core_.options.read_max;
  Await(std::min(core_.options.read_max, left), [this, wait_max](Arrival what) {
    if (what == Arrival::kEnd) return Break();
    if (what == Arrival::kBytes) return TakeBody();
    GiveBody({.fault = TooSlow(wait_max), .http_status = 408});
  });
}

void HttpConnection::GiveBody(HttpPiece piece) {
  if (!piece.fault.ok()) keep_alive_ = false;  // nobody knows where the next request begins
  taken_.clear();
  const auto done = std::exchange(read_done_, nullptr);
  done(std::move(piece));
}

// Whether the next request can follow. What has arrived of a body that nobody reads is thrown away.
bool HttpConnection::BodyIsOver() {
  std::string thrown_away;
  return body_.Take(arrived_, thrown_away).ok() && body_.is_over();
}

void HttpConnection::SendContinue() {
  if (!std::exchange(expects_continue_, false) || answer_ != AnswerState::kNone) return;
  if (tls_ != nullptr) return Send("HTTP/1.1 100 Continue\r\n\r\n", nullptr);
  // So few bytes fit, since all earlier answers have been taken; if not, clients go on after a while by themselves.
  error_code ignored;
  socket_.write_some(asio::buffer("HTTP/1.1 100 Continue\r\n\r\n", 25), ignored);
}

void HttpConnection::Refused(int http_status, const absl::Status& fault) {
  keep_alive_ = false;
  head_only_ = false;
  Answer(turn_, FaultAnswer(http_status, fault));
}

std::string HttpConnection::StartAnswer(const HttpAnswer& answer, AnswerState state, std::string framing) {
  answer_ = state;
  // A body may still be read while its answer is sent; only a whole answer makes what is left of it worthless.
  keep_alive_ = keep_alive_ && (state == AnswerState::kComplete ? BodyIsOver() : body_.is_over()) && !core_.draining();
  return HeadText(answer, {minor_version_, keep_alive_, std::move(framing)});
}

void HttpConnection::Answer(uint64_t turn, HttpAnswer answer) {
  if (turn != turn_ || closed_ || answer_ != AnswerState::kNone) return;
  if (IsWorthGzip(answer)) {
    answer.headers.emplace_back("Vary", "Accept-Encoding");
    std::string packed = AdmitsGzip(accept_encoding_) ? Gzip(answer.body) : "";
    if (!packed.empty()) {
      answer.headers.emplace_back("Content-Encoding", "gzip");
      answer.body = std::move(packed);
    }
  }
  const bool has_length = answer.status != 204 && answer.status != 304;
  std::string bytes = StartAnswer(answer, AnswerState::kComplete,
                                  has_length ? absl::StrCat("Content-Length: ", answer.body.size()) : "");
  if (!head_only_ && has_length) bytes.append(answer.body);
  Send(std::move(bytes), [this](bool sent) { sent ? Finish() : void(); });
}

void HttpConnection::Begin(uint64_t turn, const HttpAnswer& head) {
  if (turn != turn_ || closed_ || answer_ != AnswerState::kNone) return;
  if (minor_version_ == 0) keep_alive_ = false;  // HTTP/1.0 knows no chunks: the end of the connection ends the body
  Send(StartAnswer(head, AnswerState::kBegun, minor_version_ == 0 ? "" : "Transfer-Encoding: chunked"), nullptr);
}

void HttpConnection::Write(uint64_t turn, std::string piece, std::function<void(bool)> done) {
  if (turn != turn_ || closed_ || answer_ != AnswerState::kBegun) return done(false);
  if (head_only_ || piece.empty()) return done(true);
  if (minor_version_ == 1) piece = absl::StrCat(absl::Hex(piece.size()), "\r\n", piece, "\r\n");
  Send(std::move(piece), std::move(done));
}

void HttpConnection::End(uint64_t turn) {
  if (turn != turn_ || closed_ || answer_ != AnswerState::kBegun) return;
  answer_ = AnswerState::kComplete;
  Send(minor_version_ == 1 && !head_only_ ? "0\r\n\r\n" : "", [this](bool sent) { sent ? Finish() : void(); });
}

void HttpConnection::Send(std::string bytes, std::function<void(bool)> done) {
  SendAsIs(tls_ == nullptr ? std::move(bytes) : tls_->Seal(bytes), std::move(done));
}

// What TLS has to say beside the text: its part of the handshake, alerts, new keys.
void HttpConnection::SendTlsOwn() {
  std::string bytes = tls_->TakeOut();
  if (bytes.empty()) return;
  if (pieces_.size() > kPiecesMostForTls) return Break();
  SendAsIs(std::move(bytes), nullptr);
}

void HttpConnection::SendAsIs(std::string bytes, std::function<void(bool)> done) {
  pieces_.push_back({std::move(bytes), std::move(done)});
  if (pieces_.size() == 1) WriteSome();
}

void HttpConnection::WriteSome() {
  write_wait_.expires_after(absl::ToChronoNanoseconds(core_.options.write_max));
  write_wait_.async_wait([self = shared_from_this(), turn = ++write_turn_](error_code) {
    if (turn == self->write_turn_) self->Break();
  });
  const absl::string_view rest = absl::string_view(pieces_.front().bytes).substr(written_);
  socket_.async_write_some(asio::buffer(rest.data(), rest.size()),
                           [self = shared_from_this()](error_code error, size_t size) {
                             ++self->write_turn_;
                             self->write_wait_.cancel();
                             if (self->closed_) return;
                             if (error) return self->Break();
                             self->written_ += size;
                             if (self->written_ < self->pieces_.front().bytes.size()) return self->WriteSome();
                             const auto done = std::move(self->pieces_.front().done);
                             self->pieces_.pop_front();
                             self->written_ = 0;
                             if (!self->pieces_.empty()) self->WriteSome();
                             if (done) done(true);
                           });
}

// The answer has been sent.
void HttpConnection::Finish() {
  ++turn_;
  const auto no_longer_told = std::exchange(on_gone_, nullptr);
  if (read_done_) {
    ++await_turn_;
    awaiting_ = nullptr;
    GiveBody({.fault = Gone(), .http_status = kClientGone});
  }
  if (keep_alive_) return NextRequest();
  if (tls_ == nullptr) return HangUp();
  SendAsIs(tls_->Close(), [this](bool sent) { sent ? HangUp() : void(); });
}

void HttpConnection::HangUp() {
  error_code ignored;
  socket_.shutdown(tcp::socket::shutdown_send, ignored);
  Linger(absl::Now() + kLingerMax);
}

void HttpConnection::Linger(absl::Time until) {
  arrived_.clear();
  Await(until - absl::Now(), [this, until](Arrival what) { what == Arrival::kBytes ? Linger(until) : Break(); });
}

void HttpConnection::Break() {
  if (std::exchange(closed_, true)) return;
  open_.Works();  // nobody makes room twice
  error_code ignored;
  socket_.close(ignored);
  wait_.cancel();
  write_wait_.cancel();
  awaiting_ = nullptr;
  const auto gone = std::exchange(on_gone_, nullptr);
  if (gone) gone();
  if (read_done_) GiveBody({.fault = Gone(), .http_status = kClientGone});
  for (const Piece& piece : std::exchange(pieces_, {})) {
    if (piece.done) piece.done(false);
  }
}

}  // namespace kechuang::rpc
