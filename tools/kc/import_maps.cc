#include "tools/kc/import_maps.h"

#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

#include "common/base/status_macros.h"
#include "nlohmann/json.hpp"
#include "tools/book/atomic_file.h"
#include "tools/sheet/header.h"
#include "tools/sheet/refusal.h"
#include "tools/sheet/table.h"
#include "tools/sheet/workbook.h"

namespace kechuang::kc {
namespace {

using Json = nlohmann::ordered_json;

// The file's object; an empty one for a file that is not there or holds something else.
Json ReadJson(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  Json all = Json::parse(file, nullptr, /*allow_exceptions=*/false);
  return all.is_object() ? all : Json::object();
}

std::string EntryOf(ImportKind kind, const std::string& shape) { return absl::StrCat(SpecOf(kind).word, " ", shape); }

}  // namespace

absl::StatusOr<ColumnChoices> ParseChoices(ImportKind kind, const std::vector<std::string>& maps) {
  ColumnChoices choices;
  for (const std::string& map : maps) {
    const size_t at = map.rfind('=');
    if (at == 0 || at == std::string::npos) {
      return sheet::Malformed(absl::StrCat("--map takes 表头=key, not \"", map, "\""),
                              absl::StrCat("--map 应为 表头=字段，而不是“", map, "”"));
    }
    choices[map.substr(0, at)] = map.substr(at + 1);
  }
  RETURN_IF_ERROR(CheckChoices(kind, choices));
  return choices;
}

ColumnChoices RememberedMaps::Find(ImportKind kind, const std::string& shape) const {
  ColumnChoices choices;
  if (path_.empty() || shape.empty()) return choices;
  const Json all = ReadJson(path_);
  const auto entry = all.find(EntryOf(kind, shape));
  if (entry == all.end() || !entry->is_object()) return choices;
  for (const auto& [header, key] : entry->items()) {
    if (key.is_string()) choices[header] = key.get<std::string>();
  }
  // Keys may have gone since; then nothing is better than half.
  return CheckChoices(kind, choices).ok() ? choices : ColumnChoices();
}

absl::Status RememberedMaps::Keep(ImportKind kind, const std::string& shape, const ColumnChoices& choices) const {
  if (path_.empty() || shape.empty()) return absl::OkStatus();
  Json all = ReadJson(path_);
  all.erase(EntryOf(kind, shape));
  Json entry = Json::object();
  for (const auto& [header, key] : choices) entry[header] = key;
  if (!choices.empty()) all[EntryOf(kind, shape)] = entry;
  std::error_code error;
  std::filesystem::create_directories(std::filesystem::path(path_).parent_path(), error);
  book::AtomicFile file(path_);
  std::ofstream text(file.temporary_path(), std::ios::binary | std::ios::trunc);
  chmod(file.temporary_path().c_str(), S_IRUSR | S_IWUSR);
  text << all.dump(2) << "\n";
  text.close();
  if (text.good()) return file.Commit();
  return absl::UnavailableError(absl::StrCat("cannot write ", path_, " (无法写入)"));
}

absl::StatusOr<std::string> ShapeOfFile(const std::string& path, ImportKind kind, const ColumnChoices& choices) {
  ASSIGN_OR_RETURN(const std::unique_ptr<sheet::Workbook> workbook, sheet::OpenWorkbook(path));
  const sheet::Layout layout = SpecOf(kind).Layout(choices);
  std::string shape;
  for (size_t i = 0; i < workbook->sheets().size() && shape.empty(); ++i) {
    if (workbook->sheets()[i].hidden) continue;
    const absl::Status read = sheet::ReadTable(
                                  *workbook, static_cast<int>(i), layout,
                                  [&](const sheet::Header& header) {
                                    shape = sheet::ShapeOf(header);
                                    return absl::CancelledError();
                                  },
                                  [](const sheet::DataRow&) { return absl::OkStatus(); })
                                  .status();
    if (!read.ok() && shape.empty()) return read;
  }
  return shape;
}

}  // namespace kechuang::kc
