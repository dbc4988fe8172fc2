#include "tools/kc/import_stream.h"

#include <memory>
#include <set>
#include <string>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "grpcpp/client_context.h"
#include "grpcpp/support/sync_stream.h"

#include "common/base/status_macros.h"
#include "kechuang/contract/v1/contract_journal_service.grpc.pb.h"
#include "kechuang/contract/v1/contract_service.grpc.pb.h"
#include "kechuang/enterprise/v1/enterprise_journal_service.grpc.pb.h"
#include "kechuang/enterprise/v1/enterprise_service.grpc.pb.h"
#include "kechuang/loan/v1/loan_journal_service.grpc.pb.h"
#include "kechuang/loan/v1/loan_service.grpc.pb.h"
#include "tools/kc/import_status.h"

namespace kechuang::kc {
namespace {

struct EnterpriseArea {
  using Service = enterprise::v1::EnterpriseService;
  using Journal = enterprise::v1::EnterpriseJournal;
  using Request = enterprise::v1::ImportEnterprisesRequest;
  using Response = enterprise::v1::ImportEnterprisesResponse;
  using Row = enterprise::v1::ImportEnterprisesRow;
  static auto Open(Service::Stub& stub, grpc::ClientContext& context) { return stub.ImportEnterprises(&context); }
};

struct LoanArea {
  using Service = loan::v1::LoanService;
  using Journal = loan::v1::LoanJournal;
  using Request = loan::v1::ImportLoansRequest;
  using Response = loan::v1::ImportLoansResponse;
  using Row = loan::v1::ImportLoanRow;
  static auto Open(Service::Stub& stub, grpc::ClientContext& context) { return stub.ImportLoans(&context); }
};

struct ContractArea {
  using Service = contract::v1::ContractService;
  using Journal = contract::v1::ContractJournal;
  using Request = contract::v1::ImportContractsRequest;
  using Response = contract::v1::ImportContractsResponse;
  using Row = contract::v1::ImportContractRow;
  static auto Open(Service::Stub& stub, grpc::ClientContext& context) { return stub.ImportContracts(&context); }
};

void Authorize(const Door& door, grpc::ClientContext& context) {
  context.AddMetadata("authorization", door.authorization);
}

template <class Area>
class AreaStream final : public RowStream {
 public:
  AreaStream(const Door& door, const ledger::v1::ImportSource& source,
             std::function<void(const ledger::v1::RowOutcome&)> on_outcome)
      : stub_(Area::Service::NewStub(door.channel)), on_outcome_(std::move(on_outcome)) {
    Authorize(door, context_);
    *request_.mutable_source() = source;
    stream_ = Area::Open(*stub_, context_);
    reader_ = std::thread([this] { ReadOutcomes(); });
  }

  ~AreaStream() override {
    if (!reader_.joinable()) return;
    context_.TryCancel();
    reader_.join();
    stream_->Finish();
  }

  bool Send(google::protobuf::Message& row) override {
    request_.add_rows()->Swap(static_cast<typename Area::Row*>(&row));
    return request_.rows_size() < kRowsInMessage || Flush();
  }

  absl::Status Finish() override {
    if (request_.rows_size() == 0 || Flush()) stream_->WritesDone();
    reader_.join();
    return StatusOf(stream_->Finish());
  }

 private:
  bool Flush() {
    const bool sent = stream_->Write(request_);
    request_.Clear();
    return sent;
  }

  void ReadOutcomes() {
    typename Area::Response response;
    while (stream_->Read(&response)) {
      for (const ledger::v1::RowOutcome& outcome : response.outcomes()) on_outcome_(outcome);
    }
  }

  std::unique_ptr<typename Area::Service::Stub> stub_;
  std::function<void(const ledger::v1::RowOutcome&)> on_outcome_;
  grpc::ClientContext context_;
  typename Area::Request request_;
  std::unique_ptr<grpc::ClientReaderWriter<typename Area::Request, typename Area::Response>> stream_;
  std::thread reader_;
};

template <class Area>
absl::StatusOr<ledger::v1::Import> ImportOf(const Door& door, const std::string& import_id) {
  grpc::ClientContext context;
  Authorize(door, context);
  context.set_deadline(absl::ToChronoTime(absl::Now() + door.answer_wait));
  ledger::v1::GetImportRequest request;
  request.set_name(absl::StrCat("imports/", import_id));
  ledger::v1::Import import;
  RETURN_IF_ERROR(StatusOf(Area::Journal::NewStub(door.channel)->GetImport(&context, request, &import)));
  return import;
}

}  // namespace

std::unique_ptr<RowStream> OpenRowStream(ImportKind kind, const Door& door, const ledger::v1::ImportSource& source,
                                         std::function<void(const ledger::v1::RowOutcome&)> on_outcome) {
  switch (kind) {
    case ImportKind::kEnterprises:
    case ImportKind::kCertifications:
      return std::make_unique<AreaStream<EnterpriseArea>>(door, source, std::move(on_outcome));
    case ImportKind::kPools:
    case ImportKind::kBanks:
    case ImportKind::kLoans:
      return std::make_unique<AreaStream<LoanArea>>(door, source, std::move(on_outcome));
    case ImportKind::kContracts:
      break;
  }
  return std::make_unique<AreaStream<ContractArea>>(door, source, std::move(on_outcome));
}

absl::StatusOr<ledger::v1::Import> ReadImport(ImportKind kind, const Door& door, const std::string& import_id) {
  switch (kind) {
    case ImportKind::kEnterprises:
    case ImportKind::kCertifications:
      return ImportOf<EnterpriseArea>(door, import_id);
    case ImportKind::kPools:
    case ImportKind::kBanks:
    case ImportKind::kLoans:
      return ImportOf<LoanArea>(door, import_id);
    case ImportKind::kContracts:
      break;
  }
  return ImportOf<ContractArea>(door, import_id);
}

absl::StatusOr<std::set<std::string>> ListBanksAndPools(const Door& door) {
  constexpr int kPageSize = 1000;
  const std::unique_ptr<loan::v1::LoanService::Stub> stub = loan::v1::LoanService::NewStub(door.channel);
  std::set<std::string> names;
  loan::v1::ListBanksRequest banks;
  banks.set_page_size(kPageSize);
  do {
    grpc::ClientContext context;
    Authorize(door, context);
    context.set_deadline(absl::ToChronoTime(absl::Now() + door.answer_wait));
    loan::v1::ListBanksResponse page;
    RETURN_IF_ERROR(StatusOf(stub->ListBanks(&context, banks, &page)));
    for (const loan::v1::Bank& bank : page.banks()) names.insert(absl::StrCat(bank.name(), " ", bank.bank_name()));
    banks.set_page_token(page.next_page_token());
  } while (!banks.page_token().empty());
  loan::v1::ListPoolsRequest pools;
  pools.set_page_size(kPageSize);
  do {
    grpc::ClientContext context;
    Authorize(door, context);
    context.set_deadline(absl::ToChronoTime(absl::Now() + door.answer_wait));
    loan::v1::ListPoolsResponse page;
    RETURN_IF_ERROR(StatusOf(stub->ListPools(&context, pools, &page)));
    for (const loan::v1::Pool& pool : page.pools()) names.insert(absl::StrCat(pool.name(), " ", pool.pool_name()));
    pools.set_page_token(page.next_page_token());
  } while (!pools.page_token().empty());
  return names;
}

}  // namespace kechuang::kc
