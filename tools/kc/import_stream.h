#ifndef KECHUANG_TOOLS_KC_IMPORT_STREAM_H_
#define KECHUANG_TOOLS_KC_IMPORT_STREAM_H_

#include <functional>
#include <memory>
#include <set>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "google/protobuf/message.h"
#include "grpcpp/channel.h"

#include "kechuang/ledger/v1/import.pb.h"
#include "tools/kc/mapping.h"

namespace kechuang::kc {

// The way to a register: a channel to the gateway and the whole authorization header.
struct Door {
  std::shared_ptr<grpc::Channel> channel;
  std::string authorization;
  absl::Duration answer_wait = absl::Seconds(20);  // of calls that answer at once
};

// One import stream. Rows go out in messages of kRowsInMessage; outcomes come in on a thread of the stream.
class RowStream {
 public:
  virtual ~RowStream() = default;

  // Adds a row of the kind's message, and takes its content. False if the stream is broken: Finish says why.
  virtual bool Send(google::protobuf::Message& row) = 0;
  // Sends what is left, waits for every outcome and gives the stream's status.
  virtual absl::Status Finish() = 0;
};

inline constexpr int kRowsInMessage = 200;

// Opens the import stream of a kind. on_outcome is called for each row, in order, on another thread, until Finish is
// done.
std::unique_ptr<RowStream> OpenRowStream(ImportKind kind, const Door& door, const ledger::v1::ImportSource& source,
                                         std::function<void(const ledger::v1::RowOutcome&)> on_outcome);

// What the register that a kind goes to has of an import. NOT_FOUND if it took no row of it.
absl::StatusOr<ledger::v1::Import> ReadImport(ImportKind kind, const Door& door, const std::string& import_id);

// The banks and pools there are, as "banks/ID 名称".
absl::StatusOr<std::set<std::string>> ListBanksAndPools(const Door& door);

}  // namespace kechuang::kc

#endif  // KECHUANG_TOOLS_KC_IMPORT_STREAM_H_
