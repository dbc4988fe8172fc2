#include "tools/kc/method_request.h"

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "google/protobuf/field_mask.pb.h"
#include "google/rpc/error_details.pb.h"

#include "common/base/error.h"
#include "common/base/status_macros.h"
#include "common/domain/resource_name.h"
#include "nlohmann/json.hpp"
#include "tools/kc/catalogue.h"
#include "tools/kc/errors.h"
#include "tools/kc/flag_value.h"
#include "tools/kc/json_text.h"

namespace kechuang::kc {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::MethodDescriptor;
using google::protobuf::Reflection;

// "NAME" for what stands by its place, "--amount" for what a flag gives.
std::string Shown(const MethodForm& form, const FormField& field) {
  for (const FormField& place : form.places) {
    if (&place == &field) return absl::AsciiStrToUpper(field.flag);
  }
  return absl::StrCat("--", field.flag);
}

bool IsGiven(const Message& request, const FieldPath& path) {
  const Message* holder = &request;
  for (size_t i = 0; i + 1 < path.steps.size(); ++i) {
    if (!holder->GetReflection()->HasField(*holder, path.steps[i])) return false;
    holder = &holder->GetReflection()->GetMessage(*holder, path.steps[i]);
  }
  const Reflection& reflection = *holder->GetReflection();
  const FieldDescriptor* leaf = &path.leaf();
  return leaf->is_repeated() ? reflection.FieldSize(*holder, leaf) > 0 : reflection.HasField(*holder, leaf);
}

void ClearAt(Message& request, const FieldPath& path) {
  Message* holder = &request;
  for (size_t i = 0; i + 1 < path.steps.size(); ++i) {
    holder = holder->GetReflection()->MutableMessage(holder, path.steps[i]);
  }
  holder->GetReflection()->ClearField(holder, &path.leaf());
}

class Filler {
 public:
  Filler(const MethodForm& form, const CommandLine& command)
      : form_(form), command_(command), request_(NewMessage(&form.request())) {}

  absl::StatusOr<FilledRequest> Run(const std::string& json) {
    if (!json.empty()) RETURN_IF_ERROR(TakeJson(json));
    TakePlaces();
    TakeFlags();
    if (!faults_.any()) FindMissing();
    if (faults_.any()) return AsWrongUsage(faults_.status());
    FillMask();
    FilledRequest filled;
    filled.made_request_id = FillRequestId();
    ASSIGN_OR_RETURN(filled.method, ChooseMethod());
    filled.message = std::move(request_);
    return filled;
  }

 private:
  absl::Status TakeJson(const std::string& json) {
    const auto object = nlohmann::json::parse(json, nullptr, false);
    const bool whole = form_.body == nullptr || !object.is_object() || object.contains(form_.body->name());
    if (whole) return MessageFromJson(json, *request_);
    for (const auto& [name, value] : object.items()) {
      const FieldDescriptor* field = form_.body->message_type()->FindFieldByName(name);
      if (field == nullptr) field = form_.body->message_type()->FindFieldByCamelcaseName(name);
      if (field != nullptr && !IsOutputOnly(*field) && name != "name") mask_.insert(field->name());
    }
    return MessageFromJson(json, *request_->GetReflection()->MutableMessage(request_.get(), form_.body));
  }

  void Put(const FormField& field, const std::string& text, FlagForm how) {
    if (field.path.leaf().is_repeated() && fresh_.insert(&field).second) ClearAt(*request_, field.path);
    faults_.Add(Shown(form_, field), PutText(*request_, field.path, text, how));
    if (!field.mask_path.empty()) mask_.insert(field.mask_path);
  }

  // A record's name may leave the collection out.
  void PutPlace(size_t place, const std::string& text) {
    const std::string& collection = command_.command->collections[place];
    const bool is_short = !collection.empty() && !absl::StrContains(text, "/") && !text.empty();
    Put(form_.places[place], is_short ? absl::StrCat(collection, text) : text, FlagForm::kPerson);
  }

  void TakePlaces() {
    size_t next = 0;
    for (size_t i = 0; i < form_.places.size(); ++i) {
      for (const std::string& text : command_.Values(form_.places[i].flag)) PutPlace(i, text);
      const bool several = form_.places[i].path.leaf().is_repeated();
      while (next < command_.arguments.size()) {
        PutPlace(i, command_.arguments[next++]);
        if (!several) break;
      }
    }
  }

  void TakeFlags() {
    for (const auto& [name, text] : command_.ordered) {
      for (const FormField& field : form_.fields) {
        if (field.flag == name || field.long_flag == name) Put(field, text, FlagForm::kPerson);
        if (field.exact_flag == name) Put(field, text, FlagForm::kExact);
      }
    }
  }

  void FindMissing() {
    for (const std::vector<FormField>* fields : {&form_.places, &form_.fields}) {
      for (const FormField& field : *fields) {
        const bool given = command_.Has(field.flag) || command_.Has(field.exact_flag) || command_.Has(field.long_flag);
        if (!field.required || given || IsGiven(*request_, field.path)) continue;
        faults_.Add(Shown(form_, field), WrongUsage("must be given", "必填"));
      }
    }
  }

  void FillMask() {
    if (form_.mask == nullptr || request_->GetReflection()->HasField(*request_, form_.mask)) return;
    Message* mask = request_->GetReflection()->MutableMessage(request_.get(), form_.mask);
    for (const std::string& path : mask_) static_cast<google::protobuf::FieldMask*>(mask)->add_paths(path);
    if (mask_.empty()) request_->GetReflection()->ClearField(request_.get(), form_.mask);
  }

  std::string FillRequestId() {
    const FieldDescriptor* field = form_.request().FindFieldByName("request_id");
    if (field == nullptr || field->cpp_type() != FieldDescriptor::CPPTYPE_STRING) return "";
    if (request_->GetReflection()->HasField(*request_, field)) return "";
    const std::string id = absl::StrCat("kc-", NewId());
    SetText(*request_, "request_id", id);
    return id;
  }

  absl::StatusOr<const MethodDescriptor*> ChooseMethod() const {
    if (form_.methods.size() == 1) return form_.methods.front();
    std::string area = command_.Value("register");
    if (area.empty() && !command_.arguments.empty()) {
      const auto journal = JournalOf(command_.arguments.front());
      if (journal.ok()) area = AreaOf(**journal);
    }
    std::vector<std::string> areas;
    for (const MethodDescriptor* method : form_.methods) {
      areas.push_back(AreaOf(*method->service()));
      if (areas.back() == area) return method;
    }
    const std::string choices = absl::StrJoin(areas, ", ");
    return WrongUsage(absl::StrCat("say which register with --register: ", choices),
                      absl::StrCat("请用 --register 指明登记簿：", choices));
  }

  const MethodForm& form_;
  const CommandLine& command_;
  std::unique_ptr<Message> request_;
  Faults faults_;
  std::set<std::string> mask_;
  std::set<const FormField*> fresh_;  // lists that the command line has begun
};

}  // namespace

absl::StatusOr<FilledRequest> FillRequest(const MethodForm& form, const CommandLine& command, const std::string& json) {
  return Filler(form, command).Run(json);
}

absl::Status NameFlags(const MethodForm& form, const absl::Status& status) {
  auto bad_request = DetailOf<google::rpc::BadRequest>(status);
  if (!bad_request.has_value()) return status;
  for (auto& violation : *bad_request->mutable_field_violations()) {
    for (const std::vector<FormField>* fields : {&form.places, &form.fields}) {
      for (const FormField& field : *fields) {
        if (field.path.Name() == violation.field()) violation.set_field(Shown(form, field));
      }
    }
  }
  absl::Status named = status;
  SetDetail(named, *bad_request);
  return named;
}

}  // namespace kechuang::kc
