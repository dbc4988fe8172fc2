#include "common/rpc/tls.h"

#include <spdlog/spdlog.h>
#include <sys/stat.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"

#include "common/base/error.h"

namespace kechuang::rpc {
namespace {

constexpr absl::Duration kLookEvery = absl::Seconds(1);

// Differs as soon as one of the files was written or replaced.
std::string StampOf(const TlsFiles& files) {
  std::string stamp;
  for (const std::string* path : {&files.certificate, &files.key, &files.authority}) {
    struct stat status {};
    if (stat(path->c_str(), &status) != 0) status = {};
    absl::StrAppend(&stamp, status.st_dev, ":", status.st_ino, ":", status.st_size, ":", status.st_mode, ":",
                    status.st_mtim.tv_sec, ":", status.st_mtim.tv_nsec, ":", status.st_ctim.tv_sec, ":",
                    status.st_ctim.tv_nsec, " ");
  }
  return stamp;
}

}  // namespace

absl::StatusOr<std::shared_ptr<const Tls>> Tls::Open(TlsFiles files) {
  std::string stamp = StampOf(files);  // before they are read: what changes meanwhile is read again
  absl::StatusOr<TlsMaterial> material = ReadTlsFiles(files);
  if (!material.ok()) return material.status();
  return std::shared_ptr<const Tls>(new Tls(std::move(files), std::move(stamp), *std::move(material)));
}

Tls::Tls(TlsFiles files, std::string stamp, TlsMaterial material) : files_(std::move(files)), stamp_(std::move(stamp)) {
  Adopt(std::move(material));
  thread_ = std::thread([this] { Follow(); });
}

Tls::~Tls() {
  {
    const absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  thread_.join();
}

void Tls::Adopt(TlsMaterial material) {
  auto next = std::make_shared<TlsGeneration>();
  if (serves()) next->open_context = ServingContext(material, TlsClients::kAny);
  if (serves()) next->asking_context = ServingContext(material, TlsClients::kAsk);
  if (serves() && verifies()) next->requiring_context = ServingContext(material, TlsClients::kRequire);
  next->material = std::move(material);
  const absl::MutexLock lock(&mutex_);
  next->number = current_ == nullptr ? 1 : current_->number + 1;
  current_ = std::move(next);
}

void Tls::Follow() {
  const auto stopped = [this] {
    const absl::MutexLock lock(&mutex_);
    return mutex_.AwaitWithTimeout(absl::Condition(&stopping_), kLookEvery);
  };
  while (!stopped()) {
    std::string stamp = StampOf(files_);
    if (stamp == stamp_) continue;
    stamp_ = std::move(stamp);
    absl::StatusOr<TlsMaterial> material = ReadTlsFiles(files_);
    if (material.ok()) {
      Adopt(*std::move(material));
      spdlog::info("new certificates are in use for new connections");
    } else {
      spdlog::warn("the certificates changed, but the ones from before stay in use: {} / {}",
                   std::string(material.status().message()), ChineseOf(material.status()));
    }
  }
}

std::shared_ptr<const TlsGeneration> Tls::Current() const {
  const absl::MutexLock lock(&mutex_);
  return current_;
}

std::shared_ptr<ssl_ctx_st> Tls::Context(TlsClients clients) const {
  const std::shared_ptr<const TlsGeneration> current = Current();
  switch (clients) {
    case TlsClients::kAny:
      return current->open_context;
    case TlsClients::kAsk:
      return current->asking_context;
    case TlsClients::kRequire:
      return current->requiring_context;
  }
  return nullptr;
}

}  // namespace kechuang::rpc
