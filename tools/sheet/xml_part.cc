#include "tools/sheet/xml_part.h"

#include <expat.h>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"

#include "common/base/status_macros.h"
#include "tools/sheet/refusal.h"

namespace kechuang::sheet {
namespace {

constexpr int kBlock = 65536;
constexpr int64_t kRatioApplies = int64_t{8} << 20;

absl::Status Damaged(absl::string_view part) {
  return Malformed(absl::StrCat("the file is truncated or damaged: ", part,
                                " cannot be unpacked; get it again, or open and "
                                "save it anew as .xlsx"),
                   absl::StrCat("文件不完整或已损坏（", part, " 无法解压）；请重新获取，或打开后另存为 .xlsx"));
}

absl::Status Bloated(absl::string_view part, int64_t limit) {
  return TooLong(absl::StrCat(part, " unpacks beyond what a real spreadsheet does (limit ", limit,
                              " bytes, or the ratio of a zip bomb); refused"),
                 absl::StrCat(part, " 解压后大小异常（上限 ", limit, " 字节，或压缩比如压缩炸弹），拒绝读取"));
}

absl::string_view LocalName(absl::string_view name) {
  const size_t colon = name.rfind(':');
  return colon == absl::string_view::npos ? name : name.substr(colon + 1);
}

// One run of the parser over one part.
struct Run {
  XML_Parser parser;
  const PartHandler& handler;
  absl::Status status;

  void Keep(absl::Status result) {
    if (result.ok() || !status.ok()) return;
    status = std::move(result);
    XML_StopParser(parser, XML_FALSE);
  }
};

void OnStart(void* data, const XML_Char* name, const XML_Char** attributes) {
  Run& run = *static_cast<Run*>(data);
  if (run.status.ok()) run.Keep(run.handler.on_start(LocalName(name), Attributes(attributes)));
}

void OnEnd(void* data, const XML_Char* name) {
  Run& run = *static_cast<Run*>(data);
  if (run.status.ok()) run.Keep(run.handler.on_end(LocalName(name)));
}

void OnText(void* data, const XML_Char* text, int size) {
  Run& run = *static_cast<Run*>(data);
  if (run.status.ok()) run.Keep(run.handler.on_text(absl::string_view(text, static_cast<size_t>(size))));
}

void OnDoctype(void* data, const XML_Char*, const XML_Char*, const XML_Char*, int) {
  static_cast<Run*>(data)->Keep(
      Malformed("the file declares a document type (DTD), which no spreadsheet program writes; refused",
                "文件内含文档类型声明（DTD），表格软件不会这样保存，拒绝读取"));
}

absl::Status CheckSize(absl::string_view part, const zip_stat_t& stat, const Limits& limits) {
  if ((stat.valid & ZIP_STAT_ENCRYPTION_METHOD) != 0 && stat.encryption_method != ZIP_EM_NONE) {
    return Malformed("the archive is encrypted; remove the password and save it again",
                     "压缩包已加密；请去除密码后重新保存");
  }
  const auto size = static_cast<int64_t>(stat.size);
  const auto packed = std::max<int64_t>(1, static_cast<int64_t>(stat.comp_size));
  if (size > limits.part_bytes) return Bloated(part, limits.part_bytes);
  if (size > kRatioApplies && size / packed > limits.zip_ratio) return Bloated(part, limits.part_bytes);
  return absl::OkStatus();
}

}  // namespace

absl::string_view Attributes::Get(absl::string_view local_name) const {
  for (const char** pair = pairs_; *pair != nullptr; pair += 2) {
    if (local_name == *pair || LocalName(*pair) == local_name) return pair[1];
  }
  return "";
}

absl::string_view Attributes::GetPrefixed(absl::string_view local_name) const {
  for (const char** pair = pairs_; *pair != nullptr; pair += 2) {
    if (local_name != *pair && LocalName(*pair) == local_name) return pair[1];
  }
  return "";
}

absl::StatusOr<Archive> Archive::Open(const std::string& path, const Limits& limits) {
  int error = 0;
  std::unique_ptr<zip_t, Close> archive(zip_open(path.c_str(), ZIP_RDONLY, &error));
  if (archive == nullptr) return Damaged("zip");
  return Archive(std::move(archive), limits);
}

bool Archive::Has(const std::string& part) const { return zip_name_locate(archive_.get(), part.c_str(), 0) >= 0; }

absl::Status Archive::Read(const std::string& part,
                           absl::FunctionRef<absl::Status(absl::string_view bytes)> on_bytes) const {
  zip_stat_t stat;
  zip_stat_init(&stat);
  if (zip_stat(archive_.get(), part.c_str(), 0, &stat) != 0) return Damaged(part);
  RETURN_IF_ERROR(CheckSize(part, stat, limits_));
  const std::unique_ptr<zip_file_t, int (*)(zip_file_t*)> file(zip_fopen(archive_.get(), part.c_str(), 0), zip_fclose);
  if (file == nullptr) return Damaged(part);

  // The sizes in the archive's directory are its author's claim: what really comes out is counted as well.
  const auto claimed = static_cast<int64_t>(stat.size);
  int64_t total = 0;
  std::string buffer(kBlock, '\0');
  for (;;) {
    const zip_int64_t got = zip_fread(file.get(), buffer.data(), kBlock);
    if (got < 0) return Damaged(part);
    if (got == 0) return absl::OkStatus();
    total += got;
    if (total > claimed) return Bloated(part, claimed);
    RETURN_IF_ERROR(on_bytes(absl::string_view(buffer.data(), static_cast<size_t>(got))));
  }
}

absl::Status Archive::Parse(const std::string& part, const PartHandler& handler) const {
  const std::unique_ptr<XML_ParserStruct, void (*)(XML_Parser)> parser(XML_ParserCreate(nullptr), XML_ParserFree);
  Run run{parser.get(), handler, absl::OkStatus()};
  XML_SetUserData(parser.get(), &run);
  XML_SetElementHandler(parser.get(), OnStart, OnEnd);
  XML_SetCharacterDataHandler(parser.get(), OnText);
  XML_SetStartDoctypeDeclHandler(parser.get(), OnDoctype);
  const auto take = [&](absl::string_view bytes, bool last) -> absl::Status {
    if (XML_Parse(parser.get(), bytes.data(), static_cast<int>(bytes.size()), last ? 1 : 0) != XML_STATUS_ERROR) {
      return run.status;
    }
    RETURN_IF_ERROR(run.status);
    return Damaged(part);
  };
  RETURN_IF_ERROR(Read(part, [&](absl::string_view bytes) { return take(bytes, /*last=*/false); }));
  return take("", /*last=*/true);
}

}  // namespace kechuang::sheet
