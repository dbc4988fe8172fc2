#include "services/gateway/upload_request.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

#include "common/base/error.h"
#include "common/base/status_macros.h"
#include "common/domain/percent.h"
#include "kechuang/api/v1/reasons.pb.h"

namespace kechuang::gateway {
namespace {

constexpr size_t kQueryBytesMax = 4096;
constexpr size_t kFileNameBytesMax = 200;  // file systems take 255

// file_name as fileName.
std::string InCamelCase(absl::string_view name) {
  std::string camel;
  bool upper = false;
  for (const char c : name) {
    if (c != '_') camel += upper ? absl::ascii_toupper(static_cast<unsigned char>(c)) : c;
    upper = c == '_';
  }
  return camel;
}

// A name for a file in a folder of its own: nothing that leads elsewhere, and a kind that the importer reads.
bool IsFileName(absl::string_view name) {
  const bool plain = std::all_of(name.begin(), name.end(),
                                 [](unsigned char c) { return c >= ' ' && c != 0x7F && c != '/' && c != '\\'; });
  const bool read = absl::EndsWithIgnoreCase(name, ".xlsx") || absl::EndsWithIgnoreCase(name, ".csv");
  return plain && read && name.size() <= kFileNameBytesMax && name[0] != '.';
}

void SetFlag(const std::string& name, const std::string& value, bool& flag, Faults& faults) {
  flag = value == "true";
  if (!flag && value != "false") {
    faults.Add(name, api::v1::FIELD_MALFORMED, "expected true or false", "应为 true 或 false");
  }
}

void Set(const std::string& name, const std::string& value, kc::ImportOptions& options, Faults& faults) {
  const std::map<std::string, bool*> flags = {{"dryRun", &options.dry_run},
                                              {"partial", &options.partial},
                                              {"createMissing", &options.create_missing},
                                              {"overwrite", &options.overwrite}};
  const std::map<std::string, std::string*> texts = {
      {"kind", &options.kind}, {"fileName", &options.file}, {"pool", &options.pool}, {"division", &options.division}};
  if (const auto flag = flags.find(name); flag != flags.end()) return SetFlag(name, value, *flag->second, faults);
  if (const auto text = texts.find(name); text != texts.end()) {
    *text->second = value;
    return;
  }
  const std::string expected = "kind, fileName, dryRun, partial, createMissing, overwrite, pool, division";
  faults.Add(name, api::v1::FIELD_UNKNOWN, absl::StrCat("is none of the parameters ", expected),
             absl::StrCat("不是以下参数之一：", expected));
}

}  // namespace

absl::StatusOr<kc::ImportOptions> ReadUpload(const rpc::HttpRequest& request) {
  kc::ImportOptions options;
  options.json = true;
  Faults faults;
  absl::string_view query = request.target;
  query.remove_prefix(request.Path().size());
  if (query.size() > kQueryBytesMax) {
    faults.Add("query", api::v1::FIELD_TOO_LONG, absl::StrCat("may have ", kQueryBytesMax, " bytes"),
               absl::StrCat("最多 ", kQueryBytesMax, " 字节"));
    return faults.status();
  }
  std::set<std::string> given;
  for (const absl::string_view part : absl::StrSplit(query.empty() ? query : query.substr(1), '&', absl::SkipEmpty())) {
    const std::pair<absl::string_view, absl::string_view> pair = absl::StrSplit(part, absl::MaxSplits('=', 1));
    const auto name = PercentDecode(pair.first, /*plus_is_space=*/true);
    const auto value = PercentDecode(pair.second, /*plus_is_space=*/true);
    if (!name.has_value() || !value.has_value()) {
      faults.Add("query", api::v1::FIELD_MALFORMED, "is no UTF-8 with % and two hex digits", "不是百分号编码的 UTF-8");
      continue;
    }
    const std::string camel = InCamelCase(*name);
    if (!given.insert(camel).second) faults.Add(camel, api::v1::FIELD_MALFORMED, "is given twice", "重复给出");
    Set(camel, *value, options, faults);
  }
  if (options.kind.empty()) {
    faults.Add("kind", api::v1::FIELD_REQUIRED, "say what the file holds, such as contracts",
               "请给出文件的种类，如 contracts");
  }
  if (options.file.empty()) {
    faults.Add("fileName", api::v1::FIELD_REQUIRED, "say what the file is called, such as 2022.xlsx",
               "请给出文件名，如 2022.xlsx");
  } else if (!IsFileName(options.file)) {
    faults.Add("fileName", api::v1::FIELD_MALFORMED,
               absl::StrCat("expected a name without a folder that ends in .xlsx or .csv, of at most ",
                            kFileNameBytesMax, " bytes"),
               absl::StrCat("应为不含目录、以 .xlsx 或 .csv 结尾的文件名，最多 ", kFileNameBytesMax, " 字节"));
  }
  RETURN_IF_ERROR(faults.status());
  return options;
}

kc::Language LanguageOf(absl::string_view accept_language) {
  for (const absl::string_view item : absl::StrSplit(accept_language, ',')) {
    const std::string tag = absl::AsciiStrToLower(absl::StripAsciiWhitespace(item));
    if (absl::StartsWith(tag, "zh")) return kc::Language::kChinese;
    if (absl::StartsWith(tag, "en")) return kc::Language::kEnglish;
  }
  return kc::Language::kEnglish;
}

}  // namespace kechuang::gateway
