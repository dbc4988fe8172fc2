#ifndef KECHUANG_TESTS_SUPPORT_DATABASE_GATE_H_
#define KECHUANG_TESTS_SUPPORT_DATABASE_GATE_H_

#include <list>
#include <mutex>
#include <string>
#include <thread>

#include "tests/support/temp_folder.h"

namespace kechuang::testing {

// Stands between a program and its database on unix sockets, passes everything on, and cuts connections on demand.
// Threads may share one.
class DatabaseGate {
 public:
  // What becomes of a COMMIT that passes; the connection is cut in either case but the first.
  enum class AtCommit {
    kPass,
    kCutBefore,  // the server never sees it
    kCutAfter,   // the server has done it, the program never hears of it
  };

  explicit DatabaseGate(std::string server_socket);
  ~DatabaseGate();
  DatabaseGate(const DatabaseGate&) = delete;
  DatabaseGate& operator=(const DatabaseGate&) = delete;

  // What a program connects to, as one of DatabaseConfig::endpoints.
  std::string endpoint() const { return "unix://" + socket_; }
  // Treats the next COMMIT so; those after it pass.
  void AtNextCommit(AtCommit what);
  // Cuts all connections that are open now.
  void CutAll();

 private:
  struct Link {
    int client;
    int server;
    std::thread thread;
  };

  void Accept();
  void Pass(int client, int server);
  AtCommit TakeOrder();

  const std::string server_socket_;
  TempFolder folder_;
  const std::string socket_;
  int listener_;
  std::mutex mutex_;
  std::list<Link> links_;
  AtCommit order_ = AtCommit::kPass;
  std::thread acceptor_;
};

}  // namespace kechuang::testing

#endif  // KECHUANG_TESTS_SUPPORT_DATABASE_GATE_H_
