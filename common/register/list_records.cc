#include "common/register/list_records.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"

#include "common/base/fatal.h"
#include "common/base/status_macros.h"

namespace kechuang {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

std::string TextOf(const Message& message, const char* name) {
  const FieldDescriptor* field = message.GetDescriptor()->FindFieldByName(name);
  return field == nullptr ? "" : message.GetReflection()->GetString(message, field);
}

}  // namespace

const FieldDescriptor* RecordsField(const Message& response) {
  for (int i = 0; i < response.GetDescriptor()->field_count(); ++i) {
    const FieldDescriptor* field = response.GetDescriptor()->field(i);
    if (field->is_repeated() && field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) return field;
  }
  Fatal(absl::StrCat(response.GetDescriptor()->full_name(), " has no repeated field of records"));
}

void ReadQuery(const Message& request, ledger::ListQuery& query) {
  query.parent = TextOf(request, "parent");
  query.filter = TextOf(request, "filter");
  query.order_by = TextOf(request, "order_by");
  query.page_token = TextOf(request, "page_token");
  const google::protobuf::Descriptor* type = request.GetDescriptor();
  if (const FieldDescriptor* field = type->FindFieldByName("page_size"); field != nullptr) {
    query.page_size = request.GetReflection()->GetInt32(request, field);
  }
  if (const FieldDescriptor* field = type->FindFieldByName("show_deleted"); field != nullptr) {
    query.show_deleted = request.GetReflection()->GetBool(request, field);
  }
}

absl::Status ListRecords(ledger::Register& ledger, const rpc::Call& call, const Message& request, Message& response) {
  ledger::ListQuery query;
  ReadQuery(request, query);
  query.scope = std::string(call.scope());
  const FieldDescriptor* records = RecordsField(response);
  ASSIGN_OR_RETURN(
      std::string next_page_token,
      ledger.ListMessages(call.deadline, records->message_type(), query, [&](std::unique_ptr<Message> record) {
        response.GetReflection()->AddAllocatedMessage(&response, records, record.release());
      }));
  response.GetReflection()->SetString(&response, response.GetDescriptor()->FindFieldByName("next_page_token"),
                                      std::move(next_page_token));
  return absl::OkStatus();
}

absl::Status BatchGetRecords(ledger::Register& ledger, const rpc::Call& call, const Message& request,
                             Message& response) {
  const FieldDescriptor* field = request.GetDescriptor()->FindFieldByName("names");
  std::vector<std::string> names;
  for (int i = 0; i < request.GetReflection()->FieldSize(request, field); ++i) {
    names.push_back(request.GetReflection()->GetRepeatedString(request, field, i));
  }
  const FieldDescriptor* records = RecordsField(response);
  return ledger.BatchReadMessages(call.deadline, records->message_type(), names, call.scope(),
                                  [&](std::unique_ptr<Message> record) {
                                    response.GetReflection()->AddAllocatedMessage(&response, records, record.release());
                                  });
}

}  // namespace kechuang
