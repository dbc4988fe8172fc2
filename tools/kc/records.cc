#include "tools/kc/records.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

#include "common/base/status_macros.h"
#include "tools/kc/call.h"
#include "tools/kc/errors.h"
#include "tools/kc/method_request.h"
#include "tools/kc/method_words.h"
#include "tools/kc/print.h"

namespace kechuang::kc {
namespace {

using google::protobuf::Message;
using google::protobuf::Reflection;

constexpr int kPageSizeMax = 1000;

absl::StatusOr<int64_t> ReadCount(const CommandLine& command, const std::string& flag, int64_t most) {
  int64_t count = 0;
  if (absl::SimpleAtoi(command.Value(flag), &count) && count >= 1 && count <= most) return count;
  return WrongUsage(absl::StrCat("--", flag, " takes a number from 1 to ", most),
                    absl::StrCat("--", flag, " 须为 1 到 ", most, " 的整数"));
}

// How much of a list is asked for.
struct Extent {
  int64_t records_max = 0;  // 0 for one page
  int page_size = 0;        // 0 lets the service choose
};

absl::StatusOr<Extent> ReadExtent(const CommandLine& command) {
  Extent extent;
  if (command.Has("all") && command.Has("limit")) {
    return WrongUsage("--all and --limit exclude each other", "--all 与 --limit 不能同时使用");
  }
  if (command.Has("all")) extent = {std::numeric_limits<int64_t>::max(), kPageSizeMax};
  if (command.Has("limit")) {
    ASSIGN_OR_RETURN(extent.records_max, ReadCount(command, "limit", 100'000'000));
    extent.page_size = static_cast<int>(std::min<int64_t>(extent.records_max, kPageSizeMax));
  }
  if (command.Has("page-size")) {
    ASSIGN_OR_RETURN(const int64_t size, ReadCount(command, "page-size", kPageSizeMax));
    extent.page_size = static_cast<int>(extent.records_max == 0 ? size : std::min(size, extent.records_max));
  }
  return extent;
}

absl::StatusOr<FilledRequest> ListRequest(const RecordKind& kind, const CommandLine& command, const Extent& extent) {
  ASSIGN_OR_RETURN(FilledRequest filled, FillRequest(*command.command->form, command, ""));
  if (command.Has("parent") || command.arguments.empty()) {
    SetText(*filled.message, "parent",
            command.Has("parent") ? command.Value("parent") : absl::StrCat(CollectionOf(*kind.type), "-"));
  }
  SetNumber(*filled.message, "page_size", extent.page_size);
  return filled;
}

std::string NextPageToken(const Message& page) {
  const auto* field = page.GetDescriptor()->FindFieldByName("next_page_token");
  return field == nullptr ? "" : page.GetReflection()->GetString(page, field);
}

absl::Status List(const Session& session, const CommandLine& command) {
  const RecordKind* kind = KindOfWords(command.command->form->words.noun);
  if (kind == nullptr) return absl::InternalError(command.command->words);
  ASSIGN_OR_RETURN(const Extent extent, ReadExtent(command));
  ASSIGN_OR_RETURN(const FilledRequest filled, ListRequest(*kind, command, extent));
  ASSIGN_OR_RETURN(const std::vector<FieldPath> chosen, ChosenValues(session, *kind->type));
  std::unique_ptr<RecordPrinter> printer;
  std::string token;
  int64_t left = extent.records_max;
  do {
    const std::unique_ptr<Message> page = NewMessage(filled.method->output_type());
    RETURN_IF_ERROR(Ask(*session.connection, *filled.method, *filled.message, *page));
    // Nothing is printed before the first answer, so that a refused list prints no half of an object.
    if (printer == nullptr)
      printer = std::make_unique<RecordPrinter>(session, kind->records->name(), *kind->type, chosen);
    token = NextPageToken(*page);
    SetText(*filled.message, "page_token", token);
    const Reflection& reflection = *page->GetReflection();
    const int count = reflection.FieldSize(*page, kind->records);
    for (int i = 0; i < count && (extent.records_max == 0 || left > 0); ++i, --left) {
      printer->Add(reflection.GetRepeatedMessage(*page, kind->records, i));
    }
    if (left > 0 && left < kPageSizeMax) SetNumber(*filled.message, "page_size", static_cast<int>(left));
  } while (left > 0 && !token.empty());
  printer->Finish(token);
  return absl::OkStatus();
}

}  // namespace

const RecordKind* KindOfWords(absl::string_view words) {
  for (const RecordKind& kind : RecordKinds()) {
    if (kind.words == words) return &kind;
  }
  return nullptr;
}

std::unique_ptr<Message> NewListRequest(const RecordKind& kind, int page_size) {
  std::unique_ptr<Message> request = NewMessage(kind.list->input_type());
  SetText(*request, "parent", absl::StrCat(CollectionOf(*kind.type), "-"));
  SetNumber(*request, "page_size", page_size);
  return request;
}

absl::Status ForEachRecord(const Connection& connection, const RecordKind& kind, Message& request,
                           const std::function<bool(const Message& record)>& take) {
  std::string token;
  do {
    const std::unique_ptr<Message> page = NewMessage(kind.list->output_type());
    RETURN_IF_ERROR(Ask(connection, *kind.list, request, *page));
    const Reflection& reflection = *page->GetReflection();
    const int count = reflection.FieldSize(*page, kind.records);
    for (int i = 0; i < count; ++i) {
      if (!take(reflection.GetRepeatedMessage(*page, kind.records, i))) return absl::OkStatus();
    }
    token = NextPageToken(*page);
    SetText(request, "page_token", token);
  } while (!token.empty());
  return absl::OkStatus();
}

int RunList(Session& session, const CommandLine& command) {
  const absl::Status status = List(session, command);
  return status.ok() ? kDone : session.Fail(status);
}

}  // namespace kechuang::kc
