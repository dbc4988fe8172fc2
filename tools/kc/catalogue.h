#ifndef KECHUANG_TOOLS_KC_CATALOGUE_H_
#define KECHUANG_TOOLS_KC_CATALOGUE_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

// What the suite can be asked, as the descriptors that are linked in say it.
namespace kechuang::kc {

// Every service that is linked, in the order of the areas: enterprise, loan, contract, report, others by name.
std::vector<const google::protobuf::ServiceDescriptor*> Services();
// Every service that has a method of this name, such as the journals for VerifyRecords.
std::vector<const google::protobuf::ServiceDescriptor*> ServicesWith(const std::string& method);

// The method by its whole name, by "loan.v1.LoanService/GetLoan", or by any end of it that only one method has, such as
// "GetLoan". Wrong usage, with the names that are meant or near, otherwise.
absl::StatusOr<const google::protobuf::MethodDescriptor*> FindMethod(absl::string_view name);

// "loan" for anything of package kechuang.loan.v1.
std::string AreaOf(const google::protobuf::ServiceDescriptor& service);
// "kechuang.loan.v1.LoanService/GetLoan".
std::string PathOf(const google::protobuf::MethodDescriptor& method);

// A kind of records that can be listed: by a method List... whose answer holds resources.
struct RecordKind {
  std::string words;                                           // "annual-statements"
  const google::protobuf::Descriptor* type = nullptr;          // the resource message
  const google::protobuf::FieldDescriptor* records = nullptr;  // the field of the answer that holds them
  const google::protobuf::MethodDescriptor* list = nullptr;    // how they are listed
  const google::protobuf::MethodDescriptor* get = nullptr;     // how one is read; null if there is no such method
};

// Every kind, in the order of the services' methods.
const std::vector<RecordKind>& RecordKinds();

// The journal service that keeps the history of a record of this name. Wrong usage if no kind has such names.
absl::StatusOr<const google::protobuf::ServiceDescriptor*> JournalOf(absl::string_view record);

// The type of a record of this name; nullptr if no kind has such names.
const google::protobuf::Descriptor* TypeNamed(absl::string_view record);

// An empty message of a linked type.
std::unique_ptr<google::protobuf::Message> NewMessage(const google::protobuf::Descriptor* type);
// Sets a field of a request by name if the request has it; false if it has not.
bool SetText(google::protobuf::Message& request, const std::string& field, const std::string& value);
bool SetNumber(google::protobuf::Message& request, const std::string& field, int value);
bool SetTruth(google::protobuf::Message& request, const std::string& field, bool value);

}  // namespace kechuang::kc

#endif  // KECHUANG_TOOLS_KC_CATALOGUE_H_
