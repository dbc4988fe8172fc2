#include "common/ledger/draft.h"

#include "absl/strings/str_cat.h"

#include "common/base/error.h"
#include "common/base/status_macros.h"
#include "common/ledger/record_json.h"
#include "common/ledger/stamps.h"
#include "kechuang/api/v1/reasons.pb.h"

namespace kechuang::ledger {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::Message;

constexpr size_t kNamesOfKeyMax = 100;

absl::Status EtagMismatch(absl::string_view name, absl::string_view given, absl::string_view held) {
  return Refuse(absl::StatusCode::kAborted, api::v1::ETAG_MISMATCH)
      .About(name)
      .With("etag", held)
      .Says(absl::StrCat(name, " was changed meanwhile: its etag is ", held, ", not ", given, "; read it again"),
            absl::StrCat(name, " 已被他人修改：当前 etag 为 ", held, "，不是 ", given, "，请重新读取后再改"));
}

absl::Status RecordExists(absl::string_view name) {
  return Refuse(absl::StatusCode::kAlreadyExists, api::v1::RECORD_EXISTS)
      .About(name)
      .Says(absl::StrCat(name, " exists already"), absl::StrCat(name, " 已存在"));
}

}  // namespace

absl::Status RecordNotFound(absl::string_view name) {
  return Refuse(absl::StatusCode::kNotFound, api::v1::RECORD_NOT_FOUND)
      .About(name)
      .Says(absl::StrCat("there is no ", name), absl::StrCat("没有 ", name, " 这条记录"));
}

std::unique_ptr<Message>* CommandDraft::ChangeOf(absl::string_view name) {
  for (std::unique_ptr<Message>& change : changes_) {
    if (NameOf(*change) == name) return &change;
  }
  return nullptr;
}

absl::StatusOr<std::vector<std::string>> CommandDraft::FindByKey(absl::string_view key) {
  ASSIGN_OR_RETURN(const std::set<std::string>* names, set_.NamesOfKey(std::string(key)));
  std::vector<std::string> found;
  for (const std::string& name : *names) {
    if (found.size() == kNamesOfKeyMax) break;
    found.push_back(name);
  }
  return found;
}

absl::StatusOr<const Message*> CommandDraft::FindMessage(const Descriptor* type, absl::string_view name) {
  if (const std::unique_ptr<Message>* change = ChangeOf(name); change != nullptr) return change->get();
  return set_.Current(set_.kinds().Of(type), name);
}

absl::StatusOr<const Message*> CommandDraft::GetMessage(const Descriptor* type, absl::string_view name,
                                                        absl::string_view etag) {
  ASSIGN_OR_RETURN(const Message* found, FindMessage(type, name));
  if (found == nullptr) return RecordNotFound(name);
  if (!etag.empty() && etag != EtagOf(*found)) return EtagMismatch(name, etag, EtagOf(*found));
  return found;
}

absl::StatusOr<const Message*> CommandDraft::PutMessage(const Message& record) {
  const Kind& kind = set_.kinds().Of(record.GetDescriptor());
  const std::string name = NameOf(record);
  ASSIGN_OR_RETURN(const Message* before, set_.Current(kind, name));
  std::unique_ptr<Message> next(record.New());
  next->CopyFrom(record);
  std::unique_ptr<Message>* earlier = ChangeOf(name);
  if (before != nullptr && earlier == nullptr) {
    CopyStamps(*before, *next);
    if (RecordToJson(*before) == RecordToJson(*next)) return before;
  }
  StampNext(*next, before, set_.now());
  FillDerived(kind, *next, set_.now());
  const Message* stored = next.get();
  if (earlier != nullptr) {
    *earlier = std::move(next);
  } else {
    changes_.push_back(std::move(next));
  }
  return stored;
}

absl::StatusOr<const Message*> CommandDraft::CreateMessage(const Message& record) {
  ASSIGN_OR_RETURN(const Message* found, FindMessage(record.GetDescriptor(), NameOf(record)));
  if (found != nullptr) return RecordExists(NameOf(record));
  return PutMessage(record);
}

}  // namespace kechuang::ledger
