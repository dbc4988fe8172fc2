#ifndef KECHUANG_COMMON_REGISTER_LIST_RECORDS_H_
#define KECHUANG_COMMON_REGISTER_LIST_RECORDS_H_

#include "absl/status/status.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

#include "common/ledger/register.h"
#include "common/rpc/call.h"

namespace kechuang {

// Serves a List request of any kind: fills the response's one repeated field of records and its next_page_token.
absl::Status ListRecords(ledger::Register& ledger, const rpc::Call& call, const google::protobuf::Message& request,
                         google::protobuf::Message& response);

// Reads parent, filter, order_by, page_size, page_token and show_deleted as far as the request has them.
void ReadQuery(const google::protobuf::Message& request, ledger::ListQuery& query);

// The response's one repeated field of records; a response without one stops the process.
const google::protobuf::FieldDescriptor* RecordsField(const google::protobuf::Message& response);

// Serves a BatchGet request of any kind: reads the repeated field names, fills the response's one repeated field.
absl::Status BatchGetRecords(ledger::Register& ledger, const rpc::Call& call, const google::protobuf::Message& request,
                             google::protobuf::Message& response);

}  // namespace kechuang

#endif  // KECHUANG_COMMON_REGISTER_LIST_RECORDS_H_
