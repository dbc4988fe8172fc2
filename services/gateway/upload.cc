#include "services/gateway/upload.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <ostream>
#include <streambuf>
#include <system_error>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/synchronization/notification.h"

#include "common/base/error.h"
#include "common/base/status_macros.h"
#include "common/rpc/credential.h"
#include "kechuang/api/v1/reasons.pb.h"
#include "nlohmann/json.hpp"
#include "services/gateway/rest_headers.h"
#include "services/gateway/upload_request.h"

namespace kechuang::gateway {
namespace {

// Most bytes of what the importer tells.
constexpr size_t kTellingBytesMax = size_t{8} * 1024 * 1024;
constexpr absl::Duration kRetryAfter = absl::Seconds(5);
constexpr std::array<absl::string_view, 6> kFileTypes = {
    "",         "application/octet-stream", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "text/csv", "application/csv",          "application/vnd.ms-excel"};

absl::Status TooManyUploads() {
  return Refuse(absl::StatusCode::kResourceExhausted, api::v1::OVERLOADED)
      .With("uploads_max", kUploadsMax)
      .RetryAfter(kRetryAfter)
      .Says(absl::StrCat("the gateway takes ", kUploadsMax, " files at a time; try again when one of them is done"),
            absl::StrCat("网关同时最多处理 ", kUploadsMax, " 个文件，请稍后再试"));
}

absl::Status NoFileType(absl::string_view type) {
  return Refuse(absl::StatusCode::kInvalidArgument, api::v1::FIELD_MALFORMED)
      .With("content_type", type)
      .Says(absl::StrCat(
                "the body must be the bytes of the file, sent with Content-Type: application/octet-stream, not \"",
                type.substr(0, 60), "\""),
            absl::StrCat("请求体须为文件的原始字节，并以 Content-Type: application/octet-stream 发送，而不是“",
                         type.substr(0, 60), "”"));
}

absl::Status OnlyPost() {
  return Refuse(absl::StatusCode::kUnimplemented, api::v1::METHOD_UNKNOWN)
      .With("allow", "OPTIONS, POST")
      .Says(absl::StrCat(kUploadPath, " takes POST"), absl::StrCat(kUploadPath, " 仅支持 POST"));
}

absl::Status NoBytes() {
  Faults faults;
  faults.Add("body", api::v1::FIELD_REQUIRED, "the file is empty", "文件为空");
  return faults.status();
}

// The caller learns that it failed, the log why.
absl::Status CannotStore(const std::string& folder) {
  return Refuse(absl::StatusCode::kInternal, api::v1::INTERNAL_FAULT)
      .Says(absl::StrCat("the gateway cannot keep files in ", folder),
            absl::StrCat("网关无法在 ", folder, " 中保存文件"));
}

// Keeps the first bytes that are written to it, so that the telling of a bad file of any size takes bounded memory.
class FirstBytes : public std::streambuf {
 public:
  const std::string& text() const { return text_; }

 protected:
  int_type overflow(int_type c) override {
    if (c != traits_type::eof() && text_.size() < kTellingBytesMax) text_ += traits_type::to_char_type(c);
    return traits_type::not_eof(c);
  }
  std::streamsize xsputn(const char* bytes, std::streamsize size) override {
    text_.append(bytes, std::min(static_cast<size_t>(size), kTellingBytesMax - text_.size()));
    return size;
  }

 private:
  std::string text_;
};

// A file in a folder of its own; both go away with the object.
class SpooledFile {
 public:
  SpooledFile(const std::string& folder, const std::string& name) : own_(folder + "/XXXXXX") {
    if (mkdtemp(own_.data()) == nullptr) return;
    path_ = absl::StrCat(own_, "/", name);
    file_ = open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  }
  ~SpooledFile() {
    Close();
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(own_, ignored);
  }
  SpooledFile(const SpooledFile&) = delete;
  SpooledFile& operator=(const SpooledFile&) = delete;

  const std::string& path() const { return path_; }
  bool Write(absl::string_view bytes) {
    while (file_ >= 0 && !bytes.empty()) {
      const ssize_t written = write(file_, bytes.data(), bytes.size());
      if (written <= 0) return false;
      bytes.remove_prefix(static_cast<size_t>(written));
    }
    return file_ >= 0;
  }
  bool Close() { return file_ >= 0 && close(std::exchange(file_, -1)) == 0; }

 private:
  std::string own_;
  std::string path_;
  int file_ = -1;
};

// Waits for the next piece of the body, on a worker.
rpc::HttpPiece Next(rpc::HttpExchange& exchange) {
  struct Shared {
    rpc::HttpPiece piece;
    absl::Notification arrived;
  };
  const auto shared = std::make_shared<Shared>();
  exchange.ReadChunk(kUploadBytesMax, [shared](rpc::HttpPiece piece) {
    shared->piece = std::move(piece);
    shared->arrived.Notify();
  });
  shared->arrived.WaitForNotification();
  return std::move(shared->piece);
}

// The whole body into the file. The fault and the HTTP status that tells of it, if there is one.
rpc::HttpPiece Spool(rpc::HttpExchange& exchange, const std::string& folder, SpooledFile& file) {
  bool any = false;
  while (true) {
    rpc::HttpPiece piece = Next(exchange);
    if (!piece.fault.ok()) return piece;
    if (piece.bytes.empty()) break;
    any = true;
    if (!file.Write(piece.bytes)) return {.fault = CannotStore(folder), .http_status = 500};
  }
  if (!any) return {.fault = NoBytes(), .http_status = 400};
  if (!file.Close()) return {.fault = CannotStore(folder), .http_status = 500};
  return {};
}

// The HTTP status of an import that failed, by the code that its JSON names.
int StatusOfFailure(const std::string& json) {
  const nlohmann::json object = nlohmann::json::parse(json, nullptr, /*allow_exceptions=*/false);
  const auto error = object.is_object() ? object.find("error") : object.end();
  if (error == object.end() || !error->is_object()) return 500;
  const std::string name = error->value("code", "");
  for (int code = 1; code <= 16; ++code) {
    if (absl::StatusCodeToString(static_cast<absl::StatusCode>(code)) == name) {
      return HttpStatusOf(absl::Status(static_cast<absl::StatusCode>(code), ""));
    }
  }
  return 500;
}

rpc::HttpAnswer AnswerOf(int exit_code, const std::string& out, const std::string& err) {
  if (exit_code == kc::kImportUsage) {
    const absl::string_view why = absl::StripAsciiWhitespace(err);
    return RefusalAnswer(Refuse(absl::StatusCode::kInvalidArgument, api::v1::INVALID_FIELDS).Says(why, why));
  }
  const int status = exit_code == kc::kImportFailed ? StatusOfFailure(out) : 200;
  return {
      .status = status, .content_type = "application/json", .body = out, .headers = {{"Cache-Control", "no-store"}}};
}

}  // namespace

absl::StatusOr<std::unique_ptr<Uploads>> Uploads::Make(const std::string& folder,
                                                       std::shared_ptr<grpc::Channel> gateway, const Door& door) {
  std::error_code error;
  std::filesystem::remove_all(folder, error);
  if (!error) std::filesystem::create_directories(folder, error);
  if (!error) std::filesystem::permissions(folder, std::filesystem::perms::owner_all, error);
  if (error) return CannotStore(folder);
  return std::unique_ptr<Uploads>(new Uploads(folder, std::move(gateway), door));
}

Uploads::Uploads(std::string folder, std::shared_ptr<grpc::Channel> channel, const Door& door)
    : folder_(std::move(folder)),
      channel_(std::move(channel)),
      door_(door),
      workers_(kUploadsMax, [] { return size_t{kUploadsMax}; }) {}

Uploads::~Uploads() = default;

void Uploads::Handle(const std::shared_ptr<rpc::HttpExchange>& exchange) {
  const rpc::HttpRequest& request = exchange->request();
  if (request.verb == "OPTIONS") return exchange->Answer({.status = 204, .headers = {{"Allow", "OPTIONS, POST"}}});
  if (request.verb != "POST") return exchange->Answer(RefusalAnswer(OnlyPost()));
  const absl::Status admitted = Admit(door_, request);
  if (!admitted.ok()) return exchange->Answer(RefusalAnswer(admitted));
  const std::string type = MediaType(request.Header("content-type"));
  if (std::find(kFileTypes.begin(), kFileTypes.end(), type) == kFileTypes.end()) {
    return exchange->Answer(RefusalAnswer(NoFileType(type), 415));
  }
  auto options = ReadUpload(request);
  if (!options.ok()) return exchange->Answer(RefusalAnswer(options.status()));
  if (++under_way_ > kUploadsMax) {
    --under_way_;
    return exchange->Answer(RefusalAnswer(TooManyUploads()));
  }
  // As many workers as files may come, and a queue as long: there is always room.
  workers_.Run([this, exchange, options = *std::move(options)]() mutable {
    rpc::HttpAnswer answer = Take(*exchange, std::move(options));
    --under_way_;  // before the caller can know, who may send the next file at once
    exchange->Answer(std::move(answer));
  });
}

rpc::HttpAnswer Uploads::Take(rpc::HttpExchange& exchange, kc::ImportOptions options) const {
  SpooledFile file(folder_, options.file);
  const rpc::HttpPiece spooled = Spool(exchange, folder_, file);
  if (!spooled.fault.ok()) return RefusalAnswer(spooled.fault, spooled.http_status);
  options.file = file.path();
  FirstBytes out;
  FirstBytes err;
  std::ostream out_stream(&out);
  std::ostream err_stream(&err);
  const rpc::HttpRequest& request = exchange.request();
  std::string vouched;
  const absl::string_view credential = rpc::CredentialOf(request, door_.admission.authenticator(), vouched);
  const int exit_code = kc::RunImport(options, channel_, std::string(credential),
                                      LanguageOf(request.Header("accept-language")), out_stream, err_stream);
  return AnswerOf(exit_code, out.text(), err.text());
}

}  // namespace kechuang::gateway
