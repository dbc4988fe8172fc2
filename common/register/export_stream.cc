#include "common/register/export_stream.h"

#include <algorithm>
#include <atomic>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"

#include "common/base/error.h"
#include "common/base/status_macros.h"
#include "common/register/list_records.h"
#include "common/register/place.h"
#include "common/rpc/validate.h"
#include "kechuang/api/v1/reasons.pb.h"

namespace kechuang {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr int kExportsMax = 2;
std::atomic<int> exports = 0;
constexpr int kRecordsInMessage = 200;
constexpr size_t kBytesInMessage = size_t{1} << 20;
constexpr absl::Duration kExportTimeMax = absl::Hours(1);

absl::Status TooManyExports() {
  return Refuse(absl::StatusCode::kResourceExhausted, api::v1::OVERLOADED)
      .RetryAfter(absl::Seconds(5))
      .Says(absl::StrCat(kExportsMax, " exports run already; try again when one has ended"),
            absl::StrCat("已有 ", kExportsMax, " 个导出正在进行，请稍后再试"));
}

absl::Status CallerLeft() { return absl::CancelledError("the caller of the export is gone"); }

// The messages of one export.
class Sender {
 public:
  Sender(rpc::ByteStream& bytes, Message& response)
      : bytes_(bytes),
        response_(response),
        records_(RecordsField(response)),
        sequence_(response.GetDescriptor()->FindFieldByName("sequence")) {}

  absl::Status Add(int64_t sequence, std::vector<std::unique_ptr<Message>> records) {
    response_.GetReflection()->SetInt64(&response_, sequence_, sequence);
    for (std::unique_ptr<Message>& record : records) {
      bytes_added_ += record->ByteSizeLong();
      response_.GetReflection()->AddAllocatedMessage(&response_, records_, record.release());
      const int size = response_.GetReflection()->FieldSize(response_, records_);
      if (size >= kRecordsInMessage || bytes_added_ >= kBytesInMessage) RETURN_IF_ERROR(Send());
    }
    // The first message goes at once, so that a caller learns the sequence even of nothing.
    return sent_ ? absl::OkStatus() : Send();
  }

  absl::Status Finish() {
    return response_.GetReflection()->FieldSize(response_, records_) == 0 ? absl::OkStatus() : Send();
  }

 private:
  absl::Status Send() {
    if (!bytes_.Write(response_)) return CallerLeft();
    sent_ = true;
    bytes_added_ = 0;
    response_.GetReflection()->ClearField(&response_, records_);
    return absl::OkStatus();
  }

  rpc::ByteStream& bytes_;
  Message& response_;
  const FieldDescriptor* records_;
  const FieldDescriptor* sequence_;
  size_t bytes_added_ = 0;
  bool sent_ = false;
};

}  // namespace

absl::Status ExportRecords(ledger::Register& ledger, const rpc::Call& call, rpc::ByteStream& bytes, Message& request,
                           Message& response) {
  bytes.Read(request);
  Faults faults;
  rpc::CheckMessage(request, "", faults);
  RETURN_IF_ERROR(faults.status());
  const Place place(exports, kExportsMax);
  if (!place.taken()) return TooManyExports();

  ledger::ListQuery query;
  ReadQuery(request, query);
  query.scope = std::string(call.scope());
  Sender sender(bytes, response);
  const absl::Time deadline = std::min(call.deadline, absl::Now() + kExportTimeMax);
  RETURN_IF_ERROR(ledger.Export(deadline, RecordsField(response)->message_type(), query,
                                [&](int64_t sequence, std::vector<std::unique_ptr<Message>> records) {
                                  // The journal's length tells of changes to rows that are not the caller's.
                                  return sender.Add(query.scope.empty() ? sequence : 0, std::move(records));
                                }));
  return sender.Finish();
}

}  // namespace kechuang
