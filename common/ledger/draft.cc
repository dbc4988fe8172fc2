#include "common/ledger/draft.h"

#include "absl/strings/str_cat.h"

#include "common/base/error.h"
#include "common/base/status_macros.h"
#include "common/ledger/record_json.h"
#include "common/ledger/row_scope.h"
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

absl::Status NotYours(absl::string_view scope) {
  return Refuse(absl::StatusCode::kPermissionDenied, api::v1::PERMISSION_MISSING)
      .With("scope", scope)
      .Says(absl::StrCat("the caller acts for ", scope, " alone, and the record would belong to another"),
            absl::StrCat("调用方只能代表 ", scope, " 办理，而该记录属于其他主体"));
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
  ASSIGN_OR_RETURN(const std::set<std::string>* stored, set_.NamesOfKey(std::string(key)));
  std::set<std::string> corrected;
  if (overlay_ != nullptr) {
    corrected = *stored;
    overlay_->Correct(key, corrected);
  }
  std::vector<std::string> found;
  for (const std::string& name : overlay_ != nullptr ? corrected : *stored) {
    if (found.size() == kNamesOfKeyMax) break;
    found.push_back(name);
  }
  return found;
}

absl::StatusOr<const Message*> CommandDraft::FindMessage(const Descriptor* type, absl::string_view name) {
  if (const std::unique_ptr<Message>* change = ChangeOf(name); change != nullptr) return change->get();
  return Held(set_.kinds().Of(type), name);
}

absl::StatusOr<const Message*> CommandDraft::Held(const Kind& kind, absl::string_view name) {
  if (overlay_ == nullptr) return set_.Current(kind, name);
  const std::string key(name);
  if (const auto found = from_overlay_.find(key); found != from_overlay_.end()) return found->second.get();
  std::unique_ptr<Message> record =
      overlay_->Find(*google::protobuf::MessageFactory::generated_factory()->GetPrototype(kind.type), name);
  if (record == nullptr) return set_.Current(kind, name);
  return (from_overlay_[key] = std::move(record)).get();
}

absl::StatusOr<std::vector<FieldDifference>> CommandDraft::Differences(absl::string_view name) {
  const std::unique_ptr<Message>* change = ChangeOf(name);
  if (change == nullptr) return std::vector<FieldDifference>();
  ASSIGN_OR_RETURN(const Message* before, Held(set_.kinds().Of((*change)->GetDescriptor()), name));
  const std::unique_ptr<Message> nothing((*change)->New());
  std::vector<FieldDifference> differences = DifferencesOf(before == nullptr ? *nothing : *before, **change);
  std::erase_if(differences, [](const FieldDifference& difference) {
    return difference.path == "revision" || difference.path == "create_time" || difference.path == "update_time";
  });
  return differences;
}

absl::StatusOr<std::optional<LaterChange>> CommandDraft::ChangedSinceImport(absl::string_view name) {
  // What a row of the same stream made or changed was set by an import last.
  if (from_overlay_.contains(std::string(name))) return std::optional<LaterChange>();
  return set_.ChangedSinceImport(std::string(name));
}

bool CommandDraft::MayFind(const Message& record) const {
  return OwnersOf(record.GetDescriptor(), scope()) == Owners::kNone || Covers(scope(), record);
}

bool CommandDraft::MayStore(const Message& record) const {
  return OwnersOf(record.GetDescriptor(), scope()) != Owners::kOwn || Covers(scope(), record);
}

absl::StatusOr<const Message*> CommandDraft::GetMessage(const Descriptor* type, absl::string_view name,
                                                        absl::string_view etag) {
  ASSIGN_OR_RETURN(const Message* found, FindMessage(type, name));
  if (found == nullptr || !MayFind(*found)) return RecordNotFound(name);
  if (!etag.empty() && etag != EtagOf(*found)) return EtagMismatch(name, etag, EtagOf(*found));
  return found;
}

absl::StatusOr<const Message*> CommandDraft::PutMessage(std::unique_ptr<Message> next) {
  if (!MayStore(*next)) return NotYours(scope());
  const Kind& kind = set_.kinds().Of(next->GetDescriptor());
  const std::string name = NameOf(*next);
  ASSIGN_OR_RETURN(const Message* before, Held(kind, name));
  std::unique_ptr<Message>* earlier = ChangeOf(name);
  if (before != nullptr && earlier == nullptr) {
    CopyStamps(*before, *next);
    if (RecordToJson(*before) == RecordToJson(*next)) return before;
  }
  StampNext(*next, before, set_.now(), before == nullptr ? set_.RemovedRevision(name) : 0);
  FillDerived(kind, *next, set_.now());
  const Message* stored = next.get();
  if (earlier != nullptr) {
    *earlier = std::move(next);
  } else {
    changes_.push_back(std::move(next));
  }
  return stored;
}

absl::StatusOr<const Message*> CommandDraft::CreateMessage(std::unique_ptr<Message> record) {
  if (!MayStore(*record)) return NotYours(scope());
  ASSIGN_OR_RETURN(const Message* found, FindMessage(record->GetDescriptor(), NameOf(*record)));
  if (found != nullptr) return RecordExists(NameOf(*record));
  return PutMessage(std::move(record));
}

}  // namespace kechuang::ledger
