#include "tools/kc/any_call.h"

#include <iterator>
#include <memory>
#include <sstream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

#include "common/base/status_macros.h"
#include "kechuang/api/v1/options.pb.h"
#include "tools/kc/call.h"
#include "tools/kc/catalogue.h"
#include "tools/kc/errors.h"
#include "tools/kc/json_text.h"
#include "tools/kc/print.h"

namespace kechuang::kc {
namespace {

using google::protobuf::Message;
using google::protobuf::MethodDescriptor;
using google::protobuf::ServiceDescriptor;

// Sends one request for each line that is not blank. Gives the call up at a line that is no request; number is then
// that line's.
absl::Status WriteLines(std::istream& lines, const MethodDescriptor& method, Exchange& exchange, int& number) {
  std::string line;
  for (number = 1; std::getline(lines, line); ++number) {
    if (absl::StripAsciiWhitespace(line).empty()) continue;
    const std::unique_ptr<Message> request = NewMessage(method.input_type());
    const absl::Status status = MessageFromJson(line, *request);
    if (!status.ok()) {
      exchange.GiveUp();
      return status;
    }
    if (!exchange.Write(*request)) break;
  }
  exchange.EndWriting();
  return absl::OkStatus();
}

void PrintLines(const Session& session, const MethodDescriptor& method, Exchange& exchange) {
  const std::unique_ptr<Message> answer = NewMessage(method.output_type());
  while (exchange.Read(*answer)) session.out() << MessageToJson(*answer, false) << std::endl;
}

absl::Status CallOnce(const Session& session, const MethodDescriptor& method, std::istream& requests) {
  const std::string json{std::istreambuf_iterator<char>(requests), std::istreambuf_iterator<char>()};
  const std::unique_ptr<Message> request = NewMessage(method.input_type());
  RETURN_IF_ERROR(MessageFromJson(json, *request));
  const std::unique_ptr<Message> answer = NewMessage(method.output_type());
  RETURN_IF_ERROR(Ask(*session.connection, method, *request, *answer));
  return PrintAnswer(session, *answer);
}

absl::Status Call(Session& session, const CommandLine& command) {
  ASSIGN_OR_RETURN(const MethodDescriptor* method, FindMethod(command.arguments[0]));
  // What goes in as JSON comes out as JSON, unless another form is asked for.
  if (!session.output_chosen) session.output = OutputFormat::kJson;
  const bool streams = method->client_streaming() || method->server_streaming();
  if (streams && session.output != OutputFormat::kJson) {
    return WrongUsage(absl::StrCat(PathOf(*method), " streams; its answers come as JSON lines only"),
                      absl::StrCat(PathOf(*method), " 为流式方法，应答只能以 JSON 行输出"));
  }
  const std::string given = command.arguments.size() > 1 ? command.arguments[1] : "{}";
  std::istringstream text(given);
  std::istream& requests = given == "-" ? session.around.in : text;
  return streams ? CallStreaming(session, *method, requests) : CallOnce(session, *method, requests);
}

std::string StreamedName(const google::protobuf::Descriptor& type, bool streaming) {
  return absl::StrCat(streaming ? "stream " : "", type.name());
}

}  // namespace

absl::Status CallStreaming(const Session& session, const MethodDescriptor& method, std::istream& requests) {
  Exchange exchange(*session.connection, method);
  if (!method.client_streaming()) {
    const std::string json{std::istreambuf_iterator<char>(requests), std::istreambuf_iterator<char>()};
    const std::unique_ptr<Message> request = NewMessage(method.input_type());
    RETURN_IF_ERROR(MessageFromJson(json, *request));
    exchange.Write(*request);
    exchange.EndWriting();
    PrintLines(session, method, exchange);
    return exchange.Finish();
  }
  absl::Status written;
  int number = 0;
  std::thread writer([&] { written = WriteLines(requests, method, exchange, number); });
  PrintLines(session, method, exchange);
  writer.join();
  const absl::Status status = exchange.Finish();
  if (written.ok()) return status;
  session.Note({absl::StrCat("Line ", number, " of the requests:"), absl::StrCat("请求第 ", number, " 行：")});
  return written;
}

absl::Status PrintStream(const Session& session, const MethodDescriptor& method, const Message& request) {
  Exchange exchange(*session.connection, method);
  exchange.Write(request);
  exchange.EndWriting();
  if (session.output == OutputFormat::kJson) {
    PrintLines(session, method, exchange);
    return exchange.Finish();
  }
  ASSIGN_OR_RETURN(std::vector<FieldPath> chosen, ChosenValues(session, *method.output_type()));
  RecordPrinter printer(session, "items", *method.output_type(), std::move(chosen));
  const std::unique_ptr<Message> answer = NewMessage(method.output_type());
  while (exchange.Read(*answer)) printer.Add(*answer);
  RETURN_IF_ERROR(exchange.Finish());
  printer.Finish("");
  return absl::OkStatus();
}

int RunCall(Session& session, const CommandLine& command) {
  const absl::Status status = Call(session, command);
  return status.ok() ? kDone : session.Fail(status);
}

int RunMethods(Session& session, const CommandLine& command) {
  const std::string part = command.arguments.empty() ? "" : absl::AsciiStrToLower(command.arguments[0]);
  std::vector<std::vector<std::string>> rows;
  for (const ServiceDescriptor* service : Services()) {
    for (int i = 0; i < service->method_count(); ++i) {
      const MethodDescriptor& method = *service->method(i);
      if (!absl::StrContains(absl::AsciiStrToLower(PathOf(method)), part)) continue;
      rows.push_back({PathOf(method), StreamedName(*method.input_type(), method.client_streaming()),
                      StreamedName(*method.output_type(), method.server_streaming()),
                      method.options().GetExtension(api::v1::permission)});
    }
  }
  PrintRows(session, "methods", {{"method"}, {"request"}, {"response"}, {"permission"}}, rows);
  return kDone;
}

}  // namespace kechuang::kc
