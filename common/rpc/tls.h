#ifndef KECHUANG_COMMON_RPC_TLS_H_
#define KECHUANG_COMMON_RPC_TLS_H_

#include <cstdint>
#include <memory>
#include <string>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"

#include "common/rpc/tls_files.h"

namespace kechuang::rpc {

// What a process's certificates are at one time.
struct TlsGeneration {
  uint64_t number = 0;  // counts up with every change
  TlsMaterial material;
  std::shared_ptr<ssl_ctx_st> open_context;       // takes everyone; null if the process has no certificate
  std::shared_ptr<ssl_ctx_st> asking_context;     // the same, and asks for a certificate
  std::shared_ptr<ssl_ctx_st> requiring_context;  // takes whom the authority knows; null without either
};

// The certificates of a process, followed as their files change: new connections get the new ones within two seconds,
// those that are there go on. Files that do not fit together, or that are half written, change nothing until they are
// whole; the log tells. Threads may share one.
class Tls {
 public:
  // Fails with every fault of the files.
  static absl::StatusOr<std::shared_ptr<const Tls>> Open(TlsFiles files);
  ~Tls();
  Tls(const Tls&) = delete;
  Tls& operator=(const Tls&) = delete;

  // Whether listeners have a certificate to show.
  bool serves() const { return !files_.certificate.empty(); }
  // Whether there is an authority to know others by.
  bool verifies() const { return !files_.authority.empty(); }
  const TlsFiles& files() const { return files_; }

  std::shared_ptr<const TlsGeneration> Current() const;
  // For a new connection of a listener that takes these clients; serves() must be true.
  std::shared_ptr<ssl_ctx_st> Context(TlsClients clients) const;

 private:
  Tls(TlsFiles files, std::string stamp, TlsMaterial material);

  void Follow();
  void Adopt(TlsMaterial material);

  const TlsFiles files_;
  mutable absl::Mutex mutex_;
  std::shared_ptr<const TlsGeneration> current_ ABSL_GUARDED_BY(mutex_);
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::string stamp_;  // of the files as they were read last; touched by thread_ only
  std::thread thread_;
};

}  // namespace kechuang::rpc

#endif  // KECHUANG_COMMON_RPC_TLS_H_
