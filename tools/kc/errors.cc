#include "tools/kc/errors.h"

#include <map>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/any.pb.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

#include "common/api/json.h"
#include "common/base/error.h"
#include "tools/kc/table.h"

namespace kechuang::kc {
namespace {

constexpr char kUsagePayload[] = "kc/usage";

// The sentence of an error that carries none in the language asked for: what happened on the way, said by gRPC.
std::optional<Words> TransportSentence(const absl::Status& status, const ErrorPlace& place) {
  if (place.server.empty() || DetailOf<google::rpc::LocalizedMessage>(status).has_value()) return std::nullopt;
  const std::string& server = place.server;
  switch (status.code()) {
    case absl::StatusCode::kUnavailable:
      if (!place.ca_file.empty()) {
        return Words{absl::StrCat("nothing answers at ", server, " with a certificate of the authority in ",
                                  place.ca_file, ", or the connection was lost"),
                     absl::StrCat("在 ", server, " 没有持 ", place.ca_file, " 所签证书的服务应答，或连接已中断")};
      }
      return Words{absl::StrCat("nothing answers at ", server, ", or the connection was lost"),
                   absl::StrCat("无法连接 ", server, "，或连接已中断")};
    case absl::StatusCode::kDeadlineExceeded: {
      const std::string seconds = absl::StrCat(absl::ToDoubleSeconds(place.timeout));
      return Words{absl::StrCat(server, " gave no answer within ", seconds, " s (--timeout)"),
                   absl::StrCat(server, " 在 ", seconds, " 秒内没有应答（--timeout）")};
    }
    case absl::StatusCode::kUnimplemented:
      return Words{absl::StrCat(server, " does not know this method; it is older than this kc, or no kechuang"),
                   absl::StrCat(server, " 不提供该方法：可能版本较旧，或不是本系统")};
    default:
      return std::nullopt;
  }
}

Words SentenceOf(const absl::Status& status, const ErrorPlace& place) {
  const auto violations = DetailOf<google::rpc::BadRequest>(status);
  if (violations.has_value() && violations->field_violations_size() > 0 && ReasonOf(status) == "INVALID_FIELDS") {
    return {"these fields are wrong:", "以下字段有误："};
  }
  if (auto words = TransportSentence(status, place)) return *std::move(words);
  return {std::string(status.message()), ChineseOf(status)};
}

std::string Violations(const absl::Status& status, Language language) {
  const auto bad_request = DetailOf<google::rpc::BadRequest>(status);
  if (!bad_request.has_value()) return "";
  std::string lines;
  for (const google::rpc::BadRequest::FieldViolation& violation : bad_request->field_violations()) {
    const std::string& chinese = violation.localized_message().message();
    const bool says_chinese = language == Language::kChinese && !chinese.empty();
    absl::StrAppend(&lines, "  ", Printable(violation.field()), language == Language::kChinese ? "：" : ": ",
                    Printable(says_chinese ? chinese : violation.description()), "\n");
  }
  const auto info = DetailOf<google::rpc::ErrorInfo>(status);
  if (info.has_value() && info->metadata().contains("more_violations")) {
    const std::string more = Printable(info->metadata().at("more_violations"));
    absl::StrAppend(&lines, "  ",
                    Words{absl::StrCat("and ", more, " more"), absl::StrCat("另有 ", more, " 处")}.In(language), "\n");
  }
  return lines;
}

std::string NextStep(const absl::Status& status, Language language, const ErrorPlace& place) {
  if (place.server.empty()) return "";
  if (status.code() == absl::StatusCode::kUnauthenticated) {
    if (place.key_file.empty()) return "";  // no key was asked for
    return Words{
               absl::StrCat("The key was read from ", place.key_file,
                            ". It must be the suite's own: the file bureau.key of its state folder. Name another with "
                            "--key-file or KC_KEY_FILE."),
               absl::StrCat("密钥取自 ", place.key_file,
                            "，须为该系统状态目录下的 bureau.key；可用 --key-file 或 KC_KEY_FILE 另行指定。")}
               .In(language) +
           "\n";
  }
  if (status.code() != absl::StatusCode::kUnavailable) return "";
  const auto retry = DetailOf<google::rpc::RetryInfo>(status);
  if (retry.has_value()) {
    const std::string seconds = absl::StrCat(static_cast<double>(retry->retry_delay().seconds()) +
                                             retry->retry_delay().nanos() / 1'000'000'000.0);
    return Words{absl::StrCat("Try again in ", seconds, " s."), absl::StrCat("请在 ", seconds, " 秒后重试。")}.In(
               language) +
           "\n";
  }
  const Words start = {"Start the suite with deploy/up, or name a running one with --server or KC_SERVER.",
                       "请用 deploy/up 启动系统，或用 --server、KC_SERVER 指定正在运行的系统。"};
  const Words speak_tls = {" If it speaks TLS, name its authority with --ca-file or KC_CA_FILE.",
                           "如其使用 TLS，请用 --ca-file 或 KC_CA_FILE 指定颁发机构。"};
  return absl::StrCat(start.In(language), place.ca_file.empty() ? speak_tls.In(language) : "", "\n");
}

}  // namespace

absl::Status Failure(absl::StatusCode code, absl::string_view english, absl::string_view chinese) {
  absl::Status status(code, english);
  google::rpc::LocalizedMessage message;
  message.set_locale("zh-CN");
  message.set_message(std::string(chinese));
  SetDetail(status, message);
  return status;
}

absl::Status WrongUsage(absl::string_view english, absl::string_view chinese) {
  return AsWrongUsage(Failure(absl::StatusCode::kInvalidArgument, english, chinese));
}

absl::Status AsWrongUsage(absl::Status status) {
  status.SetPayload(kUsagePayload, absl::Cord());
  return status;
}

int ExitCodeOf(const absl::Status& status) {
  if (status.ok()) return kDone;
  return status.GetPayload(kUsagePayload).has_value() ? kUsage : kFailed;
}

absl::Status FromWire(const grpc::Status& status) {
  if (status.ok()) return absl::OkStatus();
  google::rpc::Status wire;
  if (status.error_details().empty() || !wire.ParseFromString(status.error_details()) || wire.code() == 0) {
    return absl::Status(static_cast<absl::StatusCode>(status.error_code()), status.error_message());
  }
  absl::Status whole(static_cast<absl::StatusCode>(wire.code()), wire.message());
  for (const google::protobuf::Any& detail : wire.details()) {
    whole.SetPayload(detail.type_url(), absl::Cord(detail.value()));
  }
  return whole;
}

std::string ErrorText(const absl::Status& status, Language language, const ErrorPlace& place, bool colour) {
  const Words label = {"kc: ", "kc："};
  std::string sentence = SentenceOf(status, place).In(language);
  if (sentence.empty()) sentence = absl::StatusCodeToString(status.code());
  return absl::StrCat(colour ? "\x1b[31m" : "", label.In(language), colour ? "\x1b[0m" : "", Printable(sentence), "\n",
                      Violations(status, language), NextStep(status, language, place));
}

std::string ErrorJson(const absl::Status& status, const ErrorPlace& place) {
  const std::optional<Words> words = TransportSentence(status, place);
  const absl::Status told = words.has_value() ? Failure(status.code(), words->english, words->chinese) : status;
  std::map<std::string, std::string> details;
  told.ForEachPayload([&details](absl::string_view type_url, const absl::Cord& payload) {
    if (type_url != kUsagePayload) details.emplace(std::string(type_url), std::string(payload));
  });
  std::string json = absl::StrCat(
      "{\"error\":{\"code\":", static_cast<int>(told.code()), ",\"message\":", api::JsonQuoted(told.message()),
      ",\"status\":", api::JsonQuoted(absl::StatusCodeToString(told.code())), ",\"details\":[");
  for (const auto& [type_url, bytes] : details) {
    google::protobuf::Any any;
    any.set_type_url(type_url);
    any.set_value(bytes);
    absl::StrAppend(&json, json.back() == '[' ? "" : ",", api::WriteJson(any, api::JsonNames::kProto));
  }
  return absl::StrCat(json, "]}}\n");
}

}  // namespace kechuang::kc
