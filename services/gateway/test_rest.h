#ifndef KECHUANG_SERVICES_GATEWAY_TEST_REST_H_
#define KECHUANG_SERVICES_GATEWAY_TEST_REST_H_

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "grpcpp/grpcpp.h"
#include "gtest/gtest.h"

#include "common/rpc/http_server.h"
#include "common/rpc/limits.h"
#include "common/rpc/test_caller.h"
#include "common/rpc/test_http_client.h"
#include "services/gateway/gateway.h"
#include "services/gateway/http.h"
#include "services/gateway/rest.h"
#include "services/gateway/test_backend.h"
#include "services/gateway/upload.h"

namespace kechuang::gateway {

inline constexpr char kRestKey[] = "correct-horse";
inline constexpr absl::Duration kRestPatience = absl::Seconds(20);

// What a verification sends, and when.
struct VerifyScript {
  int messages = 0;
  size_t subject_bytes = 10;         // how large each message is
  absl::Notification* go = nullptr;  // waited for before the second message
  absl::Status ends = absl::OkStatus();
};

// Sends what the script says.
class Verification : public grpc::ServerWriteReactor<ledger::v1::VerifyProgress> {
 public:
  Verification(const VerifyScript& script, std::atomic<int>& sent, absl::Notification& cancelled)
      : script_(script), sent_(sent), cancelled_(cancelled) {
    Next();
  }
  void OnWriteDone(bool ok) override {
    if (!ok) return Finish(grpc::Status::CANCELLED);
    ++sent_;
    if (++written_ == 1 && script_.go != nullptr) script_.go->WaitForNotificationWithTimeout(kRestPatience);
    Next();
  }
  void OnCancel() override {
    if (!cancelled_.HasBeenNotified()) cancelled_.Notify();
  }
  void OnDone() override { delete this; }

 private:
  void Next() {
    if (written_ == script_.messages) return Finish(rpc::ToGrpc(script_.ends));
    message_.set_records(written_);
    message_.mutable_finding()->set_subject(std::string(script_.subject_bytes, 'x'));
    StartWrite(&message_);
  }

  const VerifyScript script_;
  std::atomic<int>& sent_;
  absl::Notification& cancelled_;
  int written_ = 0;
  ledger::v1::VerifyProgress message_;
};

class VerifyingJournal : public Journal {
 public:
  grpc::ServerWriteReactor<ledger::v1::VerifyProgress>* VerifyRecords(
      grpc::CallbackServerContext* /*context*/, const ledger::v1::VerifyRecordsRequest* /*request*/) override {
    return std::make_unique<Verification>(script, sent, stopped).release();  // deletes itself in OnDone
  }

  VerifyScript script;
  std::atomic<int> sent = 0;
  absl::Notification stopped;
};

// Loans that are all alike, and that keep the etag which a change asked for.
class TaggedLoans : public Loans {
 public:
  grpc::ServerUnaryReactor* GetLoan(grpc::CallbackServerContext* context, const loan::v1::GetLoanRequest* request,
                                    loan::v1::Loan* loan) override {
    return Answer(context, request->name(), "", loan);
  }
  grpc::ServerUnaryReactor* UpdateLoan(grpc::CallbackServerContext* context, const loan::v1::UpdateLoanRequest* request,
                                       loan::v1::Loan* loan) override {
    return Answer(context, request->loan().name(), request->etag(), loan);
  }
  grpc::ServerUnaryReactor* SubmitLoan(grpc::CallbackServerContext* context, const loan::v1::SubmitLoanRequest* request,
                                       loan::v1::Loan* loan) override {
    return Answer(context, request->name(), request->etag(), loan);
  }
  std::string asked_etag() {
    const absl::MutexLock lock(&mutex_);
    return asked_etag_;
  }

 private:
  grpc::ServerUnaryReactor* Answer(grpc::CallbackServerContext* context, const std::string& name,
                                   const std::string& asked, loan::v1::Loan* loan) {
    {
      const absl::MutexLock lock(&mutex_);
      asked_etag_ = asked;
    }
    loan->set_name(name);
    loan->set_etag("e1");
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }

  absl::Mutex mutex_;
  std::string asked_etag_;
};

// The HTTP port of a gateway before a loan service.
class RestFixture : public testing::Test {
 protected:
  RestFixture() {
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &backend_port_);
    builder.RegisterService(&journal_);
    builder.RegisterService(&loans_);
    backend_ = builder.BuildAndStart();
    auto gateway = Gateway::Start("127.0.0.1:0", {{"loan", absl::StrCat("127.0.0.1:", backend_port_)}}, authenticator_,
                                  metrics_, nullptr, limits_);
    EXPECT_TRUE(gateway.ok()) << gateway.status();
    gateway_ = *std::move(gateway);
    std::string folder = testing::TempDir() + "/uploads-XXXXXX";
    EXPECT_NE(mkdtemp(folder.data()), nullptr);
    folder_ = folder;
    auto uploads = Uploads::Make(folder, gateway_->OwnChannel(), gateway_->door());
    EXPECT_TRUE(uploads.ok()) << uploads.status();
    uploads_ = *std::move(uploads);
    rest_ = std::make_unique<Rest>(gateway_->upstreams(), gateway_->door(), uploads_.get());
    http_ = std::make_unique<rpc::HttpServer>(HttpRoutes(*gateway_, metrics_), HttpHandler(*gateway_, *rest_),
                                              rpc::HttpOptions{.threads = 2});
    EXPECT_EQ(http_->Start(0), absl::OkStatus());
  }
  ~RestFixture() override {
    http_.reset();
    gateway_->Stop(absl::ZeroDuration());
    StopBackend();
    uploads_.reset();
    std::filesystem::remove_all(folder_);
  }

  void StopBackend() {
    if (backend_ == nullptr) return;
    backend_->Shutdown(absl::ToChronoTime(absl::Now()));
    backend_.reset();
  }
  int port() const { return http_->port(); }
  // A request with the key: Request("PATCH /v1/loans/7", "If-Match: x\r\n", "{}").
  static std::string Request(const std::string& line, const std::string& headers = "", const std::string& body = "") {
    return absl::StrCat(line, " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ", kRestKey, "\r\n", headers,
                        body.empty() ? "" : absl::StrCat("Content-Length: ", body.size(), "\r\n"), "\r\n", body);
  }
  rpc::WireAnswer Ask(const std::string& line, const std::string& headers = "", const std::string& body = "") const {
    rpc::Wire wire(port());
    return wire.Ask(Request(line, headers, body));
  }

  VerifyingJournal journal_;
  TaggedLoans loans_;
  int backend_port_ = 0;
  std::unique_ptr<grpc::Server> backend_;
  rpc::OneKeyAuthenticator authenticator_{kRestKey};
  std::shared_ptr<rpc::LiveLimits> limits_ = std::make_shared<rpc::LiveLimits>();
  rpc::Metrics metrics_;
  std::filesystem::path folder_;
  std::unique_ptr<Gateway> gateway_;
  std::unique_ptr<Uploads> uploads_;
  std::unique_ptr<Rest> rest_;
  std::unique_ptr<rpc::HttpServer> http_;
};

}  // namespace kechuang::gateway

#endif  // KECHUANG_SERVICES_GATEWAY_TEST_REST_H_
