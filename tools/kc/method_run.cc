#include "tools/kc/method_run.h"

#include <fstream>
#include <iterator>
#include <memory>
#include <sstream>
#include <system_error>

#include "absl/strings/str_cat.h"

#include "common/base/status_macros.h"
#include "tools/kc/any_call.h"
#include "tools/kc/call.h"
#include "tools/kc/catalogue.h"
#include "tools/kc/errors.h"
#include "tools/kc/method_request.h"
#include "tools/kc/print.h"

namespace kechuang::kc {
namespace {

using google::protobuf::Message;

absl::StatusOr<std::unique_ptr<std::istream>> OpenFile(const std::string& path) {
  std::error_code error;
  auto file = std::make_unique<std::ifstream>(path, std::ios::binary);
  if (*file && !std::filesystem::is_directory(path, error)) return file;
  return WrongUsage(absl::StrCat("the file ", path, " cannot be read"), absl::StrCat("无法读取文件 ", path));
}

absl::Status RunLines(Session& session, const CommandLine& command) {
  const std::string path = command.Value("from-file");
  if (path.empty()) {
    return WrongUsage(
        absl::StrCat("kc ", command.command->words, " needs --from-file, a file of one JSON request a line"),
        absl::StrCat("kc ", command.command->words, " 须用 --from-file 给出每行一个 JSON 请求的文件"));
  }
  const auto& method = command.command->form->method();
  if (path == "-") return CallStreaming(session, method, session.around.in);
  ASSIGN_OR_RETURN(const std::unique_ptr<std::istream> file, OpenFile(path));
  return CallStreaming(session, method, *file);
}

// Says how to go on after a call whose outcome nobody knows.
void NoteRepeat(const Session& session, const FilledRequest& filled, const absl::Status& status) {
  const bool unknown = absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status) || absl::IsCancelled(status);
  if (!unknown || filled.made_request_id.empty()) return;
  session.Note({absl::StrCat("It may have been done or not. The same command with --request-id ",
                             filled.made_request_id, " does it once at most."),
                absl::StrCat("该操作可能已完成，也可能未完成。加上 --request-id ", filled.made_request_id,
                             " 重新执行同一命令，最多只会执行一次。")});
}

absl::Status Run(Session& session, const CommandLine& command) {
  const MethodForm& form = *command.command->form;
  if (form.takes_lines()) return RunLines(session, command);
  ASSIGN_OR_RETURN(const std::string json, FromFile(session, command));
  ASSIGN_OR_RETURN(const FilledRequest filled, FillRequest(form, command, json));
  if (filled.method->server_streaming()) return PrintStream(session, *filled.method, *filled.message);
  const std::unique_ptr<Message> answer = NewMessage(filled.method->output_type());
  const absl::Status status = Ask(*session.connection, *filled.method, *filled.message, *answer);
  if (status.ok()) return PrintAnswer(session, *answer);
  NoteRepeat(session, filled, status);
  return NameFlags(form, status);
}

}  // namespace

absl::StatusOr<std::string> FromFile(const Session& session, const CommandLine& command) {
  const std::string path = command.Value("from-file");
  if (path.empty()) return "";
  if (path == "-") return std::string{std::istreambuf_iterator<char>(session.around.in), {}};
  ASSIGN_OR_RETURN(const std::unique_ptr<std::istream> file, OpenFile(path));
  return std::string{std::istreambuf_iterator<char>(*file), {}};
}

int RunForm(Session& session, const CommandLine& command) {
  const absl::Status status = Run(session, command);
  return status.ok() ? kDone : session.Fail(status);
}

}  // namespace kechuang::kc
