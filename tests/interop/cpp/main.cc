// story ADDRESS KEY: makes two contracts, gets one, lists both by pages, and is refused twice; prints what it saw.
#include <grpcpp/grpcpp.h>

#include <cstdint>
#include <iostream>
#include <memory>
#include <string>
#include <utility>

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

#include "kechuang/contract/v1/contract_service.grpc.pb.h"

namespace {

namespace v1 = kechuang::contract::v1;
constexpr char kLanguage[] = "cpp";

class Story {
 public:
  Story(const std::string& address, std::string key)
      : stub_(v1::ContractService::NewStub(grpc::CreateChannel(address, grpc::InsecureChannelCredentials()))),
        key_(std::move(key)) {}

  bool Run() {
    return Create("first", 50'000'000) && Create("second", 60'000'000) && Get("first") && List() && GetNothing() &&
           CreateWrongly();
  }

 private:
  static std::string IdOf(const std::string& which) { return std::string("d-") + kLanguage + "-" + which; }

  std::unique_ptr<grpc::ClientContext> Context() const {
    auto context = std::make_unique<grpc::ClientContext>();
    context->AddMetadata("authorization", "Bearer " + key_);
    context->set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(20));
    return context;
  }

  static bool Succeeded(const grpc::Status& status) {
    if (!status.ok()) std::cerr << status.error_code() << ": " << status.error_message() << "\n";
    return status.ok();
  }

  bool Create(const std::string& which, int64_t amount_fen) {
    v1::CreateContractRequest request;
    request.set_contract_id(IdOf(which));
    request.mutable_contract()->set_contract_name("高效节能电机控制系统开发");
    request.mutable_contract()->set_total_amount_fen(amount_fen);
    v1::Contract made;
    if (!Succeeded(stub_->CreateContract(Context().get(), request, &made))) return false;
    std::cout << "created " << made.name() << " state " << made.state() << " fen " << made.total_amount_fen() << "\n";
    return true;
  }

  bool Get(const std::string& which) {
    v1::GetContractRequest request;
    request.set_name("contracts/" + IdOf(which));
    v1::Contract contract;
    if (!Succeeded(stub_->GetContract(Context().get(), request, &contract))) return false;
    std::cout << "got " << contract.contract_name() << " revision " << contract.revision() << "\n";
    return true;
  }

  bool List() {
    v1::ListContractsRequest request;
    request.set_page_size(1);
    int pages = 0;
    do {
      v1::ListContractsResponse page;
      if (!Succeeded(stub_->ListContracts(Context().get(), request, &page))) return false;
      for (const v1::Contract& contract : page.contracts()) std::cout << "listed " << contract.name() << "\n";
      request.set_page_token(page.next_page_token());
      ++pages;
    } while (!request.page_token().empty());
    std::cout << "pages " << pages << "\n";
    return true;
  }

  bool GetNothing() {
    v1::GetContractRequest request;
    request.set_name("contracts/d-nothing");
    v1::Contract contract;
    return Refused(stub_->GetContract(Context().get(), request, &contract));
  }

  bool CreateWrongly() {
    v1::CreateContractRequest request;
    request.mutable_contract()->mutable_seller()->set_credit_code("1");
    request.mutable_contract()->set_total_amount_fen(-1);
    v1::Contract contract;
    return Refused(stub_->CreateContract(Context().get(), request, &contract));
  }

  static bool Refused(const grpc::Status& status) {
    google::rpc::Status details;
    if (status.ok() || !details.ParseFromString(status.error_details())) return false;
    std::cout << "refused " << status.error_code() << "\n";
    for (const google::protobuf::Any& detail : details.details()) Print(detail);
    return true;
  }

  static void Print(const google::protobuf::Any& detail) {
    google::rpc::ErrorInfo info;
    google::rpc::LocalizedMessage chinese;
    google::rpc::BadRequest request;
    if (detail.UnpackTo(&info)) std::cout << "reason " << info.reason() << " of " << info.domain() << "\n";
    if (detail.UnpackTo(&chinese)) std::cout << "chinese " << chinese.message() << "\n";
    if (detail.UnpackTo(&request)) {
      for (const auto& violation : request.field_violations()) {
        std::cout << "wrong " << violation.field() << " " << violation.reason() << "\n";
      }
    }
  }

  const std::unique_ptr<v1::ContractService::Stub> stub_;
  const std::string key_;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  return Story(argv[1], argv[2]).Run() ? 0 : 1;
}
