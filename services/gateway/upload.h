#ifndef KECHUANG_SERVICES_GATEWAY_UPLOAD_H_
#define KECHUANG_SERVICES_GATEWAY_UPLOAD_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "grpcpp/channel.h"

#include "common/rpc/http_server.h"
#include "common/rpc/worker_pool.h"
#include "services/gateway/door.h"
#include "tools/kc/import.h"

namespace kechuang::gateway {

inline constexpr char kUploadPath[] = "/v1/files:import";
// Most files at a time, and most bytes of one.
inline constexpr int kUploadsMax = 2;
inline constexpr uint64_t kUploadBytesMax = uint64_t{512} * 1024 * 1024;

// POST /v1/files:import?kind=contracts&fileName=2022.xlsx&dryRun=true: takes the bytes of an .xlsx or .csv file as the
// body and imports it as kc import does, with the caller's own rights. Answers with the JSON object of kc import
// --json: 200 also if rows were rejected, since then it says which. An import that has begun goes on to its end though
// the client goes; the same file again changes nothing.
class Uploads {
 public:
  // Files lie in folder, which is made anew, so that nothing stays there that a killed process left. Rows go by
  // this channel to the gateway's own calls. The door must outlive it, and it the HTTP server. INTERNAL_FAULT if there
  // can be no such folder.
  static absl::StatusOr<std::unique_ptr<Uploads>> Make(const std::string& folder,
                                                       std::shared_ptr<grpc::Channel> gateway, const Door& door);
  ~Uploads();
  Uploads(const Uploads&) = delete;
  Uploads& operator=(const Uploads&) = delete;

  void Handle(const std::shared_ptr<rpc::HttpExchange>& exchange);

 private:
  Uploads(std::string folder, std::shared_ptr<grpc::Channel> channel, const Door& door);

  rpc::HttpAnswer Take(rpc::HttpExchange& exchange, kc::ImportOptions options) const;

  const std::string folder_;
  const std::shared_ptr<grpc::Channel> channel_;
  const Door& door_;
  std::atomic<int> under_way_ = 0;
  rpc::WorkerPool workers_;  // last, so that its threads end first
};

}  // namespace kechuang::gateway

#endif  // KECHUANG_SERVICES_GATEWAY_UPLOAD_H_
