#ifndef KECHUANG_TOOLS_KC_RECORDS_H_
#define KECHUANG_TOOLS_KC_RECORDS_H_

#include "google/protobuf/message.h"

#include "tools/kc/command_line.h"
#include "tools/kc/session.h"

namespace kechuang::kc {

// kc KIND list: one page of records, or every page with --all.
int RunList(Session& session, const CommandLine& command);

// kc KIND get NAME: one record with every value that is set. The id alone names a record of the top level, too.
int RunGet(Session& session, const CommandLine& command);

// Prints one message of any type in the session's format: a line for each value that is set, JSON, or CSV with a head.
void PrintMessage(const Session& session, const google::protobuf::Message& message);

}  // namespace kechuang::kc

#endif  // KECHUANG_TOOLS_KC_RECORDS_H_
