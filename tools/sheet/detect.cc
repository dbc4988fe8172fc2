#include "tools/sheet/detect.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

#include "common/base/error.h"
#include "common/base/status_macros.h"
#include "kechuang/api/v1/reasons.pb.h"
#include "tools/sheet/refusal.h"

namespace kechuang::sheet {
namespace {

using namespace std::string_literals;

// A name of the directory of an OLE file, which is written in UTF-16LE.
std::string Utf16(absl::string_view ascii) {
  std::string text;
  for (const char c : ascii) text.append({c, '\0'});
  return text;
}

absl::Status RefuseOle(const std::string& bytes) {
  if (absl::StrContains(bytes, Utf16("EncryptedPackage"))) {
    return Malformed(
        "the workbook is encrypted with a password; open it with the password, remove it under File > Info > Protect "
        "Workbook (WPS: File > Document Encryption) and save it as Excel Workbook (*.xlsx)",
        "工作簿设有打开密码；请用密码打开后，在“文件”→“信息”→“保护工作簿”（WPS 为“文件”→“文档加密”）中删除密码，"
        "再“另存为”“Excel 工作簿(*.xlsx)”后导入");
  }
  if (absl::StrContains(bytes, Utf16("WordDocument")))
    return NotASheet("an old Word document (.doc)", "旧版 Word 文档（.doc）");
  return SaveAsXlsx("an old Excel or WPS workbook (.xls, .et)", "旧版 Excel 或 WPS 工作簿（.xls、.et）");
}

struct Signature {
  std::string bytes;
  absl::string_view english;
  absl::string_view chinese;
};

absl::Status RefuseKnown(const std::string& head) {
  static const std::array<Signature, 10> kSignatures{{
      {"\x89PNG"s, "a PNG image", "PNG 图片"},
      {"\xFF\xD8\xFF"s, "a JPEG image", "JPEG 图片"},
      {"GIF8"s, "a GIF image", "GIF 图片"},
      {"BM"s, "a BMP image", "BMP 图片"},
      {"II*\0"s, "a TIFF image", "TIFF 图片"},
      {"RIFF"s, "an image, sound or film", "图片、音频或视频"},
      {"%PDF"s, "a PDF document", "PDF 文档"},
      {"Rar!"s, "a RAR archive", "RAR 压缩包"},
      {"7z\xBC\xAF"s, "a 7z archive", "7z 压缩包"},
      {"\x1F\x8B"s, "a gzip archive", "gzip 压缩包"},
  }};
  for (const Signature& signature : kSignatures) {
    // "BM" could begin a word: an image of that kind holds zero bytes in its head as well.
    if (signature.bytes == "BM" && head.find('\0') == std::string::npos) continue;
    if (absl::StartsWith(head, signature.bytes)) return NotASheet(signature.english, signature.chinese);
  }
  if (absl::StartsWith(head, "\xFF\xFE") || absl::StartsWith(head, "\xFE\xFF")) {
    return SaveAsXlsx("text in UTF-16", "UTF-16 编码的文本");
  }
  const std::string start = absl::AsciiStrToLower(head.substr(0, 512));
  if (absl::StrContains(start, "<html") || absl::StrContains(start, "<table") || absl::StartsWith(start, "<?xml")) {
    return SaveAsXlsx("a web page or XML under a spreadsheet's name", "改了扩展名的网页或 XML");
  }
  return absl::OkStatus();
}

// Takes bytes in pieces and keeps whether they are UTF-8 so far, with no overlong forms, surrogates or zero bytes.
class Utf8Check {
 public:
  void Take(absl::string_view bytes) {
    for (const char c : bytes) TakeByte(static_cast<unsigned char>(c));
  }
  bool valid() const { return valid_ && rest_ == 0; }
  bool has_zero() const { return has_zero_; }

 private:
  void TakeByte(unsigned char c) {
    if (c == 0) has_zero_ = true;
    if (rest_ > 0) {
      if (c < low_ || c > high_) valid_ = false;
      --rest_;
      low_ = 0x80;
      high_ = 0xBF;
      return;
    }
    if (c < 0x80) return;
    if (c < 0xC2 || c > 0xF4) {
      valid_ = false;
      return;
    }
    rest_ = c < 0xE0 ? 1 : c < 0xF0 ? 2 : 3;
    low_ = c == 0xE0 ? 0xA0 : c == 0xF0 ? 0x90 : 0x80;
    high_ = c == 0xED ? 0x9F : c == 0xF4 ? 0x8F : 0xBF;
  }

  bool valid_ = true;
  bool has_zero_ = false;
  int rest_ = 0;
  unsigned char low_ = 0x80;
  unsigned char high_ = 0xBF;
};

absl::StatusOr<FileForm> DetectText(std::ifstream& file) {
  Utf8Check check;
  std::string block(65536, '\0');
  while (file.read(block.data(), static_cast<std::streamsize>(block.size())) || file.gcount() > 0) {
    check.Take(absl::string_view(block.data(), static_cast<size_t>(file.gcount())));
  }
  if (check.has_zero()) return NotASheet("binary data", "二进制数据");
  return check.valid() ? FileForm::kUtf8Text : FileForm::kGb18030Text;
}

}  // namespace

absl::StatusOr<FileForm> DetectForm(const std::string& path, const Limits& limits) {
  std::error_code error;
  const bool regular = std::filesystem::is_regular_file(path, error);
  std::ifstream file(path, std::ios::binary);
  if (!regular || !file) {
    return Refuse(absl::StatusCode::kNotFound, api::v1::FIELD_MALFORMED)
        .Says(absl::StrCat("the file ", path, " cannot be opened; does it exist?"),
              absl::StrCat("无法打开文件 ", path, "，请确认文件存在"));
  }
  const auto size = static_cast<int64_t>(std::filesystem::file_size(path, error));
  if (size == 0) return Malformed("the file is empty (0 bytes)", "文件是空的（0 字节）");
  if (size > limits.file_bytes) {
    return TooLong(absl::StrCat("the file has ", size, " bytes; the limit is ", limits.file_bytes),
                   absl::StrCat("文件有 ", size, " 字节，上限为 ", limits.file_bytes, " 字节"));
  }
  std::string head(4096, '\0');
  file.read(head.data(), static_cast<std::streamsize>(head.size()));
  head.resize(static_cast<size_t>(file.gcount()));
  file.clear();
  file.seekg(0);
  if (absl::StartsWith(head, "PK\x03\x04") || absl::StartsWith(head, "PK\x05\x06")) return FileForm::kZip;
  if (absl::StartsWith(head, "\xD0\xCF\x11\xE0")) {
    std::string bytes(static_cast<size_t>(std::min<int64_t>(size, int64_t{64} << 20)), '\0');
    file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    return RefuseOle(bytes);
  }
  RETURN_IF_ERROR(RefuseKnown(head));
  return DetectText(file);
}

}  // namespace kechuang::sheet
