#include "tools/kc/yaml_text.h"

#include <algorithm>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

#include "common/domain/name_text.h"
#include "nlohmann/json.hpp"

namespace kechuang::kc {
namespace {

using Json = nlohmann::ordered_json;

// Words that YAML, old or new, takes for something else than text.
bool IsKeyword(const std::string& text) {
  static const auto& words =
      *new std::set<std::string>{"true", "false", "yes", "no", "on", "off", "null", "y", "n", "~"};
  return words.contains(absl::AsciiStrToLower(text));
}

// True if the text can stand without quotes in every place and every YAML: it begins with a letter or a Han character
// and holds nothing that could mean anything.
bool IsPlain(const std::string& text) {
  if (text.empty() || IsKeyword(text) || text.back() == ' ') return false;
  for (size_t at = 0; at < text.size();) {
    const bool first = at == 0;
    const int32_t code = NextCodePoint(text, at);
    const bool han = (code >= 0x3007 && code <= 0x9FFF) || (code >= 0xFF01 && code <= 0xFF5E) || code == 0xB7;
    const bool letter = code < 0x80 && absl::ascii_isalpha(static_cast<unsigned char>(code));
    const bool other = code < 0x80 && (absl::ascii_isdigit(static_cast<unsigned char>(code)) || code == '_' ||
                                       code == '-' || code == '.' || code == '/' || code == ' ');
    if (code < 0 || !(han || letter || (other && !first))) return false;
  }
  return true;
}

std::string Scalar(const Json& value) {
  if (!value.is_string()) return value.dump();
  const std::string& text = value.get_ref<const std::string&>();
  // A text of JSON is a double-quoted scalar of YAML, letter for letter.
  return IsPlain(text) ? text : value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

bool IsBlock(const Json& value) { return value.is_structured() && !value.empty(); }

// Lines of an object or an array, each begun by indent spaces, the first by none if it stands behind "- ".
void AddBlock(const Json& value, int indent, bool behind_dash, std::string& yaml) {
  const std::string spaces(static_cast<size_t>(indent), ' ');
  bool first = behind_dash;
  const auto begin = [&] { absl::StrAppend(&yaml, std::exchange(first, false) ? "" : spaces); };
  if (value.is_array()) {
    for (const Json& item : value) {
      begin();
      if (IsBlock(item)) {
        absl::StrAppend(&yaml, "- ");
        AddBlock(item, indent + 2, true, yaml);
      } else {
        absl::StrAppend(&yaml, "- ", item.is_structured() ? item.dump() : Scalar(item), "\n");
      }
    }
    return;
  }
  for (const auto& [key, item] : value.items()) {
    begin();
    absl::StrAppend(&yaml, Scalar(Json(key)), ":");
    if (IsBlock(item)) {
      absl::StrAppend(&yaml, "\n");
      AddBlock(item, item.is_array() ? indent : indent + 2, false, yaml);
    } else {
      absl::StrAppend(&yaml, " ", item.is_structured() ? item.dump() : Scalar(item), "\n");
    }
  }
}

std::string Document(const Json& value) {
  std::string yaml;
  if (!IsBlock(value)) return absl::StrCat(value.is_structured() ? value.dump() : Scalar(value), "\n");
  AddBlock(value, 0, false, yaml);
  return yaml;
}

}  // namespace

std::string YamlOfJson(absl::string_view json) {
  const Json whole = Json::parse(json.begin(), json.end(), nullptr, false);
  if (!whole.is_discarded()) return Document(whole);
  std::string yaml;
  for (const absl::string_view line : absl::StrSplit(json, '\n', absl::SkipWhitespace())) {
    const Json value = Json::parse(line.begin(), line.end(), nullptr, false);
    if (value.is_discarded()) return std::string(json);
    absl::StrAppend(&yaml, "---\n", Document(value));
  }
  return yaml;
}

}  // namespace kechuang::kc
