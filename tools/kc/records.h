#ifndef KECHUANG_TOOLS_KC_RECORDS_H_
#define KECHUANG_TOOLS_KC_RECORDS_H_

#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "google/protobuf/message.h"

#include "tools/kc/catalogue.h"
#include "tools/kc/command_line.h"
#include "tools/kc/session.h"

namespace kechuang::kc {

// kc KIND list: one page of records, the first --limit of them, or every page with --all.
int RunList(Session& session, const CommandLine& command);

// Asks for the pages of a list, beginning with this request, and gives each record to take until there are no more or
// take gives false.
absl::Status ForEachRecord(const Connection& connection, const RecordKind& kind, google::protobuf::Message& request,
                           const std::function<bool(const google::protobuf::Message& record)>& take);

// The kind of these words, such as "loans"; null if there is none.
const RecordKind* KindOfWords(absl::string_view words);
// A request for the first page of a kind, across all parents.
std::unique_ptr<google::protobuf::Message> NewListRequest(const RecordKind& kind, int page_size);

}  // namespace kechuang::kc

#endif  // KECHUANG_TOOLS_KC_RECORDS_H_
