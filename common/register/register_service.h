#ifndef KECHUANG_COMMON_REGISTER_REGISTER_SERVICE_H_
#define KECHUANG_COMMON_REGISTER_REGISTER_SERVICE_H_

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

#include "common/ledger/register.h"
#include "common/register/export_stream.h"
#include "common/register/import_stream.h"
#include "common/register/list_records.h"
#include "common/rpc/call.h"
#include "common/rpc/service.h"

namespace kechuang {

// What a handler that changes something gives back: what to load, and the pure decision.
template <class Response>
struct Change {
  std::vector<std::string> names;  // records that decide asks for
  std::function<absl::StatusOr<Response>(ledger::Draft&)> decide;
  std::vector<std::string> keys = {};       // keys that decide asks for
  std::vector<std::string> new_names = {};  // records that decide will most likely find missing and make
};

// Fills the command's author from the call and queues it; finish gets the answer.
void SubmitCommand(ledger::Register& ledger, const rpc::Call& call, ledger::Command command,
                   std::unique_ptr<google::protobuf::Message> request, rpc::Finish finish);

// The bytes of an answer.
template <class Response>
absl::StatusOr<std::string> Serialized(const absl::StatusOr<Response>& response) {
  if (!response.ok()) return response.status();
  return response->SerializeAsString();
}

// A register's service: like rpc::Service, with the methods that every register has written once. Dependencies has a
// member `ledger::Register& ledger`.
template <class Dependencies>
class RegisterService : public rpc::Service<Dependencies> {
 public:
  using rpc::Service<Dependencies>::Service;

  // A method that changes records. The handler turns the request into a decision without blocking; the register decides
  // and stores; the answer leaves after the commit. request_id, validate_only and reason of the request are honoured.
  template <class Request, class Response>
  RegisterService& OnChange(absl::StatusOr<Change<Response>> (*handler)(Dependencies&, const rpc::Call&,
                                                                        const Request&)) {
    return AddChange(handler, /*blocking=*/false);
  }
  // The same, for a handler that asks another service first, and so blocks.
  template <class Request, class Response>
  RegisterService& OnChangeAfterAsking(absl::StatusOr<Change<Response>> (*handler)(Dependencies&, const rpc::Call&,
                                                                                   const Request&)) {
    return AddChange(handler, /*blocking=*/true);
  }

  // Get<Record>: the request has a field name.
  template <class Request, class Record>
  RegisterService& OnGet() {
    rpc::Method method;
    method.new_request = [] { return std::make_unique<Request>(); };
    method.blocking = false;
    method.unary = [ledger = &this->dependencies().ledger](
                       const rpc::Call& call, std::unique_ptr<google::protobuf::Message> request, rpc::Finish finish) {
      ledger->ReadThen(call.deadline, Record::descriptor(), static_cast<const Request&>(*request).name(), call.scope(),
                       [finish = std::move(finish)](absl::StatusOr<absl::string_view> record) {
                         if (!record.ok()) return finish(record.status());
                         finish(rpc::Reply{std::string(*record)});
                       });
    };
    this->table().Add(Request::descriptor(), Record::descriptor(), std::move(method));
    return *this;
  }
  // A method that is answered from cells of the totals. plan, of one request, says which (its member `query`), and fold
  // makes the answer of them.
  template <class Request, class Response, class Plan>
  RegisterService& OnTotals(absl::StatusOr<Plan> (*plan)(const Request&),
                            absl::StatusOr<Response> (*fold)(const Plan&, const std::vector<ledger::TotalRow>&)) {
    rpc::Method method;
    method.new_request = [] { return std::make_unique<Request>(); };
    method.blocking = false;
    method.unary = [plan, fold, ledger = &this->dependencies().ledger](
                       const rpc::Call& call, std::unique_ptr<google::protobuf::Message> request, rpc::Finish finish) {
      absl::StatusOr<Plan> planned = plan(static_cast<const Request&>(*request));
      if (!planned.ok()) return finish(planned.status());
      ledger::TotalsQuery query = planned->query;
      ledger->TotalsThen(call.deadline, std::move(query),
                         [fold, planned = *std::move(planned), asked = request->SerializeAsString(),
                          finish = std::move(finish)](absl::StatusOr<ledger::TotalsFound*> found) {
                           if (!found.ok()) return finish(found.status());
                           const auto make = [&](const std::vector<ledger::TotalRow>& rows) {
                             return Serialized(fold(planned, rows));
                           };
                           const absl::StatusOr<std::string>& answer = (*found)->Answer(asked, make);
                           if (!answer.ok()) return finish(answer.status());
                           finish(rpc::Reply{*answer});
                         });
    };
    this->table().Add(Request::descriptor(), Response::descriptor(), std::move(method));
    return *this;
  }
  // List<Records>: the request has page_size, page_token and any of parent, filter, order_by and show_deleted; the
  // response has one repeated field of records, and next_page_token.
  template <class Request, class Response>
  RegisterService& OnList() {
    return Query<Request, Response>(
        [](ledger::Register& ledger, const rpc::Call& call, const Request& request) -> absl::StatusOr<Response> {
          Response response;
          RETURN_IF_ERROR(ListRecords(ledger, call, request, response));
          return response;
        });
  }
  // BatchGet<Records>: the request has repeated names, the response one repeated field of records, in their order.
  template <class Request, class Response>
  RegisterService& OnBatchGet() {
    return Query<Request, Response>(
        [](ledger::Register& ledger, const rpc::Call& call, const Request& request) -> absl::StatusOr<Response> {
          Response response;
          RETURN_IF_ERROR(BatchGetRecords(ledger, call, request, response));
          return response;
        });
  }
  // Export<Records>: the request has filter, and show_deleted if its kind is deleted softly; each message of the stream
  // has one repeated field of records, and sequence.
  template <class Request, class Response>
  RegisterService& OnExport() {
    rpc::Method method;
    method.new_request = [] { return std::make_unique<Request>(); };
    method.stream = [ledger = &this->dependencies().ledger](const rpc::Call& call, rpc::ByteStream& bytes) {
      Request request;
      Response response;
      return ExportRecords(*ledger, call, bytes, request, response);
    };
    this->table().Add(Request::descriptor(), Response::descriptor(), std::move(method));
    return *this;
  }
  // Import<Records>: a stream of messages with `kechuang.ledger.v1.ImportSource source` (first message) and repeated
  // `rows`, each row with `kechuang.ledger.v1.RowOrigin origin`; every row becomes a command, and its outcome is
  // streamed back in order in the response's repeated `outcomes`. The handler's decision says what became of the row.
  template <class Request, class Response, class Row>
  RegisterService& OnImport(absl::StatusOr<Change<ledger::v1::RowOutcome>> (*handler)(Dependencies&, const rpc::Call&,
                                                                                      const ledger::v1::ImportSource&,
                                                                                      const Row&)) {
    rpc::Method method;
    method.new_request = [] { return std::make_unique<Request>(); };
    method.stream = [handler, dependencies = &this->dependencies()](const rpc::Call& call, rpc::ByteStream& bytes) {
      const RowHandler on_row = [&](const ledger::v1::ImportSource& source, const google::protobuf::Message& row) {
        return handler(*dependencies, call, source, static_cast<const Row&>(row));
      };
      Request request;
      Response response;
      return ImportRows(dependencies->ledger, call, bytes, request, response, on_row);
    };
    this->table().Add(Request::descriptor(), Response::descriptor(), std::move(method));
    return *this;
  }

 private:
  template <class Request, class Response, class Handler>
  RegisterService& Query(Handler handler) {
    rpc::Method method;
    method.new_request = [] { return std::make_unique<Request>(); };
    method.unary = [handler, ledger = &this->dependencies().ledger](const rpc::Call& call,
                                                                    std::unique_ptr<google::protobuf::Message> request,
                                                                    const rpc::Finish& finish) {
      absl::StatusOr<Response> response = handler(*ledger, call, static_cast<const Request&>(*request));
      if (!response.ok()) return finish(response.status());
      finish(rpc::Reply{response->SerializeAsString()});
    };
    this->table().Add(Request::descriptor(), Response::descriptor(), std::move(method));
    return *this;
  }

  template <class Request, class Response>
  RegisterService& AddChange(absl::StatusOr<Change<Response>> (*handler)(Dependencies&, const rpc::Call&,
                                                                         const Request&),
                             bool blocking) {
    rpc::Method method;
    method.new_request = [] { return std::make_unique<Request>(); };
    method.blocking = blocking;
    method.unary = [handler, dependencies = &this->dependencies()](
                       const rpc::Call& call, std::unique_ptr<google::protobuf::Message> request, rpc::Finish finish) {
      absl::StatusOr<Change<Response>> change = handler(*dependencies, call, static_cast<const Request&>(*request));
      if (!change.ok()) return finish(change.status());
      ledger::Command command;
      command.names = std::move(change->names);
      command.new_names = std::move(change->new_names);
      command.keys = std::move(change->keys);
      command.decide = [decide = std::move(change->decide)](ledger::Draft& draft) -> absl::StatusOr<std::string> {
        ASSIGN_OR_RETURN(const Response response, decide(draft));
        return response.SerializeAsString();
      };
      SubmitCommand(dependencies->ledger, call, std::move(command), std::move(request), std::move(finish));
    };
    this->table().Add(Request::descriptor(), Response::descriptor(), std::move(method));
    return *this;
  }
};

}  // namespace kechuang

#endif  // KECHUANG_COMMON_REGISTER_REGISTER_SERVICE_H_
