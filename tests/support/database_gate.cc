#include "tests/support/database_gate.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <utility>

#include "absl/strings/string_view.h"

namespace kechuang::testing {
namespace {

// A query command of the MySQL protocol whose text is COMMIT, as it stands behind the four bytes of its header.
constexpr absl::string_view kCommit(
    "\x03"
    "COMMIT",
    7);

sockaddr_un AddressOf(const std::string& path) {
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  return address;
}

int Listen(const std::string& path) {
  const sockaddr_un address = AddressOf(path);
  const int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 || listen(listener, 64) != 0) {
    std::perror("listen");
    std::abort();
  }
  return listener;
}

// Sends all of data; false if the other side is gone.
bool Send(int to, absl::string_view data) {
  while (!data.empty()) {
    const ssize_t sent = send(to, data.data(), data.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    data.remove_prefix(static_cast<size_t>(sent));
  }
  return true;
}

// What comes next, at most the size of a buffer; empty if the other side is gone.
std::string Receive(int from) {
  std::string data(64 * 1024, '\0');
  const ssize_t size = recv(from, data.data(), data.size(), 0);
  data.resize(size > 0 ? static_cast<size_t>(size) : 0);
  return data;
}

void Cut(int connection) { shutdown(connection, SHUT_RDWR); }

}  // namespace

DatabaseGate::DatabaseGate(std::string server_socket)
    : server_socket_(std::move(server_socket)),
      socket_(folder_.path() + "/gate.sock"),
      listener_(Listen(socket_)),
      acceptor_([this] { Accept(); }) {}

DatabaseGate::~DatabaseGate() {
  Cut(listener_);
  acceptor_.join();
  close(listener_);
  CutAll();
  for (Link& link : links_) {
    link.thread.join();
    close(link.client);
    close(link.server);
  }
}

void DatabaseGate::AtNextCommit(AtCommit what) {
  const std::lock_guard<std::mutex> lock(mutex_);
  order_ = what;
}

void DatabaseGate::CutAll() {
  const std::lock_guard<std::mutex> lock(mutex_);
  for (const Link& link : links_) {
    Cut(link.client);
    Cut(link.server);
  }
}

void DatabaseGate::Accept() {
  while (true) {
    const int client = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (client < 0) return;
    const sockaddr_un address = AddressOf(server_socket_);
    const int server = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) Cut(client);
    const std::lock_guard<std::mutex> lock(mutex_);
    links_.push_back({client, server, std::thread([this, client, server] { Pass(client, server); })});
  }
}

DatabaseGate::AtCommit DatabaseGate::TakeOrder() {
  const std::lock_guard<std::mutex> lock(mutex_);
  return std::exchange(order_, AtCommit::kPass);
}

void DatabaseGate::Pass(int client, int server) {
  pollfd sides[] = {{client, POLLIN, 0}, {server, POLLIN, 0}};
  bool open = true;
  while (open && poll(sides, 2, -1) > 0) {
    if (sides[1].revents != 0) {
      const std::string data = Receive(server);
      open = !data.empty() && Send(client, data);
    }
    if (open && sides[0].revents != 0) {
      const std::string data = Receive(client);
      const bool commits = absl::string_view(data).substr(data.size() < 4 ? data.size() : 4) == kCommit;
      const AtCommit order = commits ? TakeOrder() : AtCommit::kPass;
      open = !data.empty() && order != AtCommit::kCutBefore && Send(server, data);
      if (order == AtCommit::kCutAfter) {
        Receive(server);
        open = false;
      }
    }
  }
  Cut(client);
  Cut(server);
}

}  // namespace kechuang::testing
