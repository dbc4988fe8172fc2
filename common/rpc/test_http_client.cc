#include "common/rpc/test_http_client.h"

#include <netinet/in.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdlib>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"

#include "common/rpc/tls_files.h"

namespace kechuang::rpc {
namespace {

constexpr int kPatienceSeconds = 20;

}  // namespace

Wire::Wire(int port) : socket_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  const timeval patience{kPatienceSeconds, 0};
  setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
  setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) Close();
}

void Wire::FreeTls::operator()(ssl_st* tls) const { SSL_free(tls); }

Wire::Wire(int port, const TlsFiles& files) : Wire(port) {
  std::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes to the socket without saying that it minds the signal
  const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context(SSL_CTX_new(TLS_client_method()), &SSL_CTX_free);
  SSL_CTX_load_verify_locations(context.get(), files.authority.c_str(), nullptr);
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  if (!files.certificate.empty()) {
    SSL_CTX_use_certificate_chain_file(context.get(), files.certificate.c_str());
    SSL_CTX_use_PrivateKey_file(context.get(), files.key.c_str(), SSL_FILETYPE_PEM);
  }
  tls_.reset(SSL_new(context.get()));
  SSL_set_fd(tls_.get(), socket_);
  if (SSL_connect(tls_.get()) != 1) Close();
}

std::string Wire::ServerName() const {
  const X509* certificate = tls_ == nullptr ? nullptr : SSL_get0_peer_certificate(tls_.get());
  if (certificate == nullptr) return "";
  std::array<char, 256> name{};
  X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, name.data(), name.size());
  return name.data();
}

bool Wire::Send(absl::string_view text) {
  while (!text.empty()) {
    const ssize_t sent = tls_ == nullptr ? send(socket_, text.data(), text.size(), MSG_NOSIGNAL)
                                         : SSL_write(tls_.get(), text.data(), static_cast<int>(text.size()));
    if (sent <= 0) return false;
    text.remove_prefix(static_cast<size_t>(sent));
  }
  return true;
}

size_t Wire::SendWhatFits(size_t bytes_max) {
  // The server may still be emptying the pipe: it is full when it stays so for this long.
  const timeval moment{0, 300'000};
  setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &moment, sizeof(moment));
  const std::string block(size_t{64} * 1024, 'x');
  size_t total = 0;
  while (total < bytes_max) {
    const ssize_t sent = send(socket_, block.data(), std::min(block.size(), bytes_max - total), MSG_NOSIGNAL);
    if (sent <= 0) break;
    total += static_cast<size_t>(sent);
  }
  const timeval patience{kPatienceSeconds, 0};
  setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
  return total;
}

void Wire::HalfClose() { shutdown(socket_, SHUT_WR); }

void Wire::Close() {
  if (socket_ >= 0) close(std::exchange(socket_, -1));
}

bool Wire::More() {
  std::array<char, 65536> buffer;
  const ssize_t size = tls_ == nullptr ? recv(socket_, buffer.data(), buffer.size(), 0)
                                       : SSL_read(tls_.get(), buffer.data(), static_cast<int>(buffer.size()));
  if (size <= 0) return false;
  arrived_.append(buffer.data(), static_cast<size_t>(size));
  return true;
}

std::string Wire::Until(const std::string& end) {
  size_t found = arrived_.find(end);
  while (found == std::string::npos && More()) found = arrived_.find(end);
  return Bytes(found == std::string::npos ? arrived_.size() : found + end.size());
}

std::string Wire::Head() { return Until("\r\n\r\n"); }

std::string Wire::Bytes(size_t size) {
  while (arrived_.size() < size && More()) {
  }
  const std::string text = arrived_.substr(0, size);
  arrived_.erase(0, text.size());
  return text;
}

std::string Wire::Rest() {
  while (More()) {
  }
  return std::exchange(arrived_, {});
}

std::string Wire::Chunk() {
  const std::string line = Until("\r\n");
  const size_t size = std::strtoul(line.c_str(), nullptr, 16);
  std::string content = Bytes(size);
  Bytes(2);
  return content;
}

WireAnswer Wire::Answer(bool to_head) {
  const std::vector<std::string> lines = absl::StrSplit(Head(), "\r\n", absl::SkipEmpty());
  WireAnswer answer;
  if (lines.empty() || lines[0].size() < 12 || !absl::SimpleAtoi(lines[0].substr(9, 3), &answer.status)) return answer;
  for (size_t i = 1; i < lines.size(); ++i) {
    const std::pair<std::string, std::string> header = absl::StrSplit(lines[i], absl::MaxSplits(": ", 1));
    answer.headers[absl::AsciiStrToLower(header.first)] = header.second;
  }
  if (to_head || answer.status == 204 || answer.status == 304 || answer.status < 200) return answer;
  if (answer.Header("transfer-encoding") == "chunked") {
    for (std::string chunk = Chunk(); !chunk.empty(); chunk = Chunk()) answer.body += chunk;
    return answer;
  }
  size_t size = 0;
  answer.body = absl::SimpleAtoi(answer.Header("content-length"), &size) ? Bytes(size) : Rest();
  return answer;
}

}  // namespace kechuang::rpc
