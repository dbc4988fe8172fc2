#ifndef KECHUANG_SERVICES_GATEWAY_TEST_BACKEND_H_
#define KECHUANG_SERVICES_GATEWAY_TEST_BACKEND_H_

#include <map>
#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "grpcpp/grpcpp.h"

#include "common/base/error.h"
#include "common/rpc/wire_status.h"
#include "kechuang/api/v1/reasons.pb.h"
#include "kechuang/loan/v1/loan_journal_service.grpc.pb.h"
#include "kechuang/loan/v1/loan_service.grpc.pb.h"
#include "services/gateway/door.h"

namespace kechuang::gateway {

inline constexpr size_t kTooManyBytes = kMessageBytesMost + (1 << 20);

// What the backend refuses with.
inline absl::Status Refused() {
  return Refuse(absl::StatusCode::kFailedPrecondition, api::v1::RECORD_DELETED)
      .About("loans/7")
      .With("left_fen", 200)
      .Says("loans/7 is deleted", "loans/7 已删除");
}

// A unary call that its caller gives up.
class Hanging : public grpc::ServerUnaryReactor {
 public:
  explicit Hanging(absl::Notification& cancelled) : cancelled_(cancelled) {}
  void OnCancel() override {
    Finish(grpc::Status::CANCELLED);
    cancelled_.Notify();
  }
  void OnDone() override {}

 private:
  absl::Notification& cancelled_;
};

// The journal of a loan service that says what reached it.
class Journal : public loan::v1::LoanJournal::CallbackService {
 public:
  grpc::ServerUnaryReactor* GetJournalHead(grpc::CallbackServerContext* context,
                                           const ledger::v1::GetJournalHeadRequest* /*request*/,
                                           ledger::v1::JournalHead* head) override {
    {
      const absl::MutexLock lock(&mutex_);
      metadata_.clear();
      for (const auto& [key, value] : context->client_metadata()) {
        metadata_.emplace(std::string(key.data(), key.size()), std::string(value.data(), value.size()));
      }
      left_ = absl::FromChrono(context->deadline()) - absl::Now();
    }
    head->set_sequence(7);
    context->AddTrailingMetadata("kc-replayed", "true");
    return Answer(context, grpc::Status::OK);
  }
  grpc::ServerUnaryReactor* ReadRecordAt(grpc::CallbackServerContext* context,
                                         const ledger::v1::ReadRecordAtRequest* request,
                                         ledger::v1::Revision* revision) override {
    if (request->record() == "hang") return &hanging_;
    if (request->record() == "large") revision->set_record_json(std::string(kTooManyBytes, 'x'));
    return Answer(context, request->record() == "large" ? grpc::Status::OK : rpc::ToGrpc(Refused()));
  }

  std::multimap<std::string, std::string> metadata() {
    const absl::MutexLock lock(&mutex_);
    return metadata_;
  }
  absl::Duration left() {
    const absl::MutexLock lock(&mutex_);
    return left_;
  }
  absl::Notification& cancelled() { return cancelled_; }

 private:
  static grpc::ServerUnaryReactor* Answer(grpc::CallbackServerContext* context, const grpc::Status& status) {
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    reactor->Finish(status);
    return reactor;
  }

  absl::Notification cancelled_;
  Hanging hanging_{cancelled_};
  absl::Mutex mutex_;
  std::multimap<std::string, std::string> metadata_;
  absl::Duration left_;
};

// Answers each message of an import with the row numbers in it; refuses one whose source is named "bad".
class Import : public grpc::ServerBidiReactor<loan::v1::ImportLoansRequest, loan::v1::ImportLoansResponse> {
 public:
  Import(grpc::CallbackServerContext& context, absl::Notification& cancelled)
      : context_(context), cancelled_(cancelled) {
    StartRead(&request_);
  }
  void OnReadDone(bool ok) override {
    if (!ok) {
      context_.AddTrailingMetadata("kc-replayed", "true");
      return Finish(grpc::Status::OK);
    }
    if (request_.source().file_name() == "bad") return Finish(rpc::ToGrpc(Refused()));
    response_.Clear();
    for (const loan::v1::ImportLoanRow& row : request_.rows())
      *response_.add_outcomes()->mutable_origin() = row.origin();
    StartWrite(&response_);
  }
  void OnWriteDone(bool ok) override {
    if (!ok) return Finish(grpc::Status::CANCELLED);
    StartRead(&request_);
  }
  void OnCancel() override {
    if (!cancelled_.HasBeenNotified()) cancelled_.Notify();
  }
  void OnDone() override { delete this; }

 private:
  grpc::CallbackServerContext& context_;
  absl::Notification& cancelled_;
  loan::v1::ImportLoansRequest request_;
  loan::v1::ImportLoansResponse response_;
};

// A loan service whose imports are of that kind.
class Loans : public loan::v1::LoanService::CallbackService {
 public:
  grpc::ServerBidiReactor<loan::v1::ImportLoansRequest, loan::v1::ImportLoansResponse>* ImportLoans(
      grpc::CallbackServerContext* context) override {
    return std::make_unique<Import>(*context, cancelled_).release();  // deletes itself in OnDone
  }

  absl::Notification& cancelled() { return cancelled_; }

 private:
  absl::Notification cancelled_;
};

}  // namespace kechuang::gateway

#endif  // KECHUANG_SERVICES_GATEWAY_TEST_BACKEND_H_
