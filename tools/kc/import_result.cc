#include "tools/kc/import_result.h"

#include <string>

#include "absl/strings/str_cat.h"

#include "common/base/error.h"
#include "nlohmann/json.hpp"
#include "tools/kc/import_listing.h"

namespace kechuang::kc {
namespace {

using Json = nlohmann::ordered_json;

Sentence EndOf(const ImportResult& result) {
  if (result.dry_run) return {"dry run, nothing written", "试运行，未写入"};
  if (!result.written) {
    return {"nothing written (a file with problems is refused whole; --partial takes the good rows)",
            "未写入（有问题的文件整份不导入；可用 --partial 只导入无误的行）"};
  }
  if (result.taken_before) return {"imported before, nothing to write", "此前已导入，无需写入"};
  if (result.resumed) return {"imported, going on from a run that was cut short", "导入完成（接续此前中断的导入）"};
  return {"imported", "导入完成"};
}

std::string JournalOf(const ImportResult& result, bool chinese) {
  if (result.first_sequence == 0) return chinese ? "日志无变化" : "nothing on the journal";
  return absl::StrCat(chinese ? "日志 " : "journal ", result.first_sequence, "-", result.last_sequence);
}

Json Base(const ImportResult& result) {
  Json object;
  object["file"] = result.file;
  object["kind"] = result.kind;
  object["importId"] = result.import_id;
  object["dryRun"] = result.dry_run;
  object["written"] = result.written;
  return object;
}

void Print(const Json& object, std::ostream& out) {
  out << object.dump(-1, ' ', false, Json::error_handler_t::replace) << "\n";
}

}  // namespace

void PrintResult(const ImportResult& result, Language language, std::ostream& out) {
  const bool chinese = language == Language::kChinese;
  for (const std::string& name : result.made) out << (chinese ? "新建 " : "made ") << name << "\n";
  out << result.file << (chinese ? "：" : ": ") << EndOf(result).In(language);
  if (result.written) {
    out << (chinese ? absl::StrCat("：imports/", result.import_id, "，", JournalOf(result, chinese))
                    : absl::StrCat(": imports/", result.import_id, ", ", JournalOf(result, chinese)));
  }
  const Counts& counts = result.counts;
  out << "\n" << result.file;
  if (chinese) {
    out << "：新增 " << counts.inserted << "，更改 " << counts.changed << "，未变 " << counts.unchanged << "，拒绝 "
        << counts.rejected << "，冲突 " << counts.conflicts << "\n";
    return;
  }
  out << ": " << counts.inserted << " inserted, " << counts.changed << " changed, " << counts.unchanged
      << " unchanged, " << counts.rejected << " rejected, " << counts.conflicts << " conflicts\n";
}

void PrintResultJson(const ImportResult& result, Language language, std::ostream& out) {
  Json object = Base(result);
  object["inserted"] = result.counts.inserted;
  object["changed"] = result.counts.changed;
  object["unchanged"] = result.counts.unchanged;
  object["rejected"] = result.counts.rejected;
  object["conflicts"] = result.counts.conflicts;
  object["journal"] = {{"first", result.first_sequence}, {"last", result.last_sequence}};
  object["problems"] = Json::array();
  for (const Finding& problem : result.problems) object["problems"].push_back(ObjectOf(problem, language));
  object["problemCount"] = result.problem_count;
  object["warnings"] = Json::array();
  for (const Finding& warning : result.warnings) object["warnings"].push_back(ObjectOf(warning, language));
  object["made"] = result.made;
  Print(object, out);
}

void PrintFailureJson(const ImportResult& result, const absl::Status& status, Language language, std::ostream& out) {
  Json object = Base(result);
  object["error"] = {{"code", absl::StatusCodeToString(status.code())},
                     {"reason", ReasonOf(status)},
                     {"message", SentenceOf(status).In(language)}};
  Print(object, out);
}

}  // namespace kechuang::kc
