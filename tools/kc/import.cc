#include "tools/kc/import.h"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

#include "common/base/status_macros.h"
#include "common/domain/division.h"
#include "common/domain/resource_name.h"
#include "tools/kc/import_file.h"
#include "tools/kc/import_finding.h"
#include "tools/kc/import_listing.h"
#include "tools/kc/import_maps.h"
#include "tools/kc/import_progress.h"
#include "tools/kc/import_rejects.h"
#include "tools/kc/import_report.h"
#include "tools/kc/import_result.h"
#include "tools/kc/import_stream.h"
#include "tools/kc/import_walk.h"
#include "tools/kc/mapping.h"
#include "tools/kc/message_spool.h"

namespace kechuang::kc {
namespace {

using ledger::v1::Import;

// Says why nothing, or nothing more, was taken in, and of which file.
void TellFailure(const ImportResult& result, const absl::Status& status, const ImportOptions& options,
                 Language language, std::ostream& out, std::ostream& err) {
  if (options.json) PrintFailureJson(result, status, language, out);
  const bool chinese = language == Language::kChinese;
  err << (chinese ? "导入失败：" : "import failed: ") << result.file << (chinese ? "：" : ": ")
      << SentenceOf(status).In(language) << "\n";
}

// One run of kc import over one file.
class ImportRun {
 public:
  ImportRun(const ImportOptions& options, MappingOptions mapping, ImportKind kind, Door door, Language language,
            FileIdentity identity, std::ostream& out, std::ostream& err)
      : options_(options),
        mapping_(std::move(mapping)),
        kind_(kind),
        door_(std::move(door)),
        language_(language),
        identity_(std::move(identity)),
        report_(kind, identity_.file_name, language, options.verbose || !options.report.empty()),
        out_(out),
        err_(err) {
    result_.file = identity_.file_name;
    result_.kind = options.kind;
    result_.import_id = identity_.import_id;
    result_.dry_run = options.dry_run;
  }

  int Run() {
    const absl::Status status = RunAll();
    return status.ok() ? Conclude() : Fail(status);
  }

 private:
  bool Chinese() const { return language_ == Language::kChinese; }

  absl::Status RunAll() {
    const bool checks = options_.dry_run || !options_.partial;
    RETURN_IF_ERROR(checks ? ReadAndCheck() : ReadThrough(nullptr));
    if (!options_.json) report_.PrintWarnings(err_);
    ASSIGN_OR_RETURN(const Import before, KnownImport());
    if (checks) {
      if (options_.dry_run || report_.has_problems()) return absl::OkStatus();
      if (before.state() == Import::STATE_FINISHED && report_.counts().unchanged == report_.counts().Accepted()) {
        TakeImport(before);
        result_.taken_before = true;
        return absl::OkStatus();
      }
    }
    return Write(before);
  }

  int Fail(const absl::Status& status) {
    TellFailure(result_, status, options_, language_, out_, err_);
    if (!writing_) return kImportFailed;
    const int64_t accepted = report_.counts().Accepted();
    err_ << (Chinese()
                 ? absl::StrCat("中断前已确认 ", accepted, " 行。请再次执行同一命令：已写入的行不会重复写入。")
                 : absl::StrCat(accepted,
                                " rows were confirmed before. Run the same command again: no row is applied twice."))
         << "\n";
    return kImportFailed;
  }

  // Reads the whole file, once: what can be read is kept as it will be sent, and goes to the judge meanwhile if there
  // is one.
  absl::Status ReadThrough(RowStream* judge) {
    ASSIGN_OR_RETURN(std::vector<SheetFacts> sheets,
                     ReadImportFile(options_.file, kind_, mapping_, [&](const FileRow& row) {
                       report_.NoteRow(row);
                       if (row.reader.has_faults()) return absl::OkStatus();
                       ++readable_rows_;
                       if (!options_.dry_run) rows_.Add(row.message);
                       return judge == nullptr || judge->Send(row.message) ? absl::OkStatus() : absl::CancelledError();
                     }));
    RETURN_IF_ERROR(rows_.status());
    if ((options_.dry_run || options_.verbose) && !options_.json) PrintMapping(sheets);
    report_.TakeSheets(std::move(sheets));
    return absl::OkStatus();
  }

  // Which field each column was taken for.
  void PrintMapping(const std::vector<SheetFacts>& sheets) {
    const KindSpec& spec = SpecOf(kind_);
    for (const SheetFacts& facts : sheets) {
      for (const sheet::HeaderColumn& column : facts.header.columns) {
        const auto field = std::find_if(spec.fields.begin(), spec.fields.end(),
                                        [&](const Field& each) { return each.key == column.key; });
        err_ << (facts.name.empty() ? "" : absl::StrCat("[", facts.name, "] ")) << sheet::ColumnLetters(column.column)
             << " " << column.text << " -> ";
        if (field == spec.fields.end() || field->path.empty()) {
          err_ << (Chinese() ? "不导入" : "left out") << "\n";
        } else {
          err_ << field->key << " (" << field->path << ")\n";
        }
      }
    }
  }

  // What the register has of this import; an empty one if it has nothing.
  absl::StatusOr<Import> KnownImport() const {
    absl::StatusOr<Import> import = ReadImport(kind_, door_, identity_.import_id);
    if (absl::IsNotFound(import.status())) return Import();
    return import;
  }

  // Has every row judged while the file is read; nothing is written.
  absl::Status ReadAndCheck() {
    Progress progress(err_, options_.terminal, Label(/*validate_only=*/true), 0);
    const std::unique_ptr<RowStream> stream = OpenPass(/*validate_only=*/true, progress);
    const absl::Status read = ReadThrough(stream.get());
    const absl::Status status = stream->Finish();
    progress.Finish();
    // A row that could not be sent says less than why the stream broke.
    if (!read.ok() && !absl::IsCancelled(read)) return read;
    RETURN_IF_ERROR(status);
    RETURN_IF_ERROR(read);
    return CheckAllAnswered();
  }

  // Sends every row that was kept, and takes the outcomes.
  absl::Status WriteRows() {
    Progress progress(err_, options_.terminal, Label(/*validate_only=*/false), readable_rows_);
    const std::unique_ptr<RowStream> stream = OpenPass(/*validate_only=*/false, progress);
    const std::unique_ptr<google::protobuf::Message> row = NewRow(kind_);
    rows_.Rewind();
    bool sent = true;
    while (sent && rows_.Read(*row)) sent = stream->Send(*row);
    const absl::Status status = stream->Finish();
    progress.Finish();
    RETURN_IF_ERROR(status);
    RETURN_IF_ERROR(rows_.status());
    return CheckAllAnswered();
  }

  std::unique_ptr<RowStream> OpenPass(bool validate_only, Progress& progress) {
    report_.StartPass();
    ledger::v1::ImportSource source;
    source.set_import_id(identity_.import_id);
    source.set_file_name(identity_.file_name);
    source.set_file_hash(identity_.file_hash);
    source.set_kind(options_.kind);
    source.set_overwrite(options_.overwrite);
    source.set_validate_only(validate_only);
    return OpenRowStream(kind_, door_, source, [&](const ledger::v1::RowOutcome& outcome) {
      report_.TakeOutcome(outcome);
      progress.Advance();
    });
  }

  absl::Status CheckAllAnswered() const {
    if (report_.outcomes() == readable_rows_) return absl::OkStatus();
    return absl::InternalError("the service ended the stream before it answered for every row");
  }

  std::string Label(bool validate_only) const {
    if (Chinese()) return validate_only ? "核对" : "写入";
    return validate_only ? "checking" : "writing";
  }

  absl::Status Write(const Import& before) {
    ASSIGN_OR_RETURN(const FileIdentity now, IdentifyFile(options_.file, kind_, mapping_));
    if (now.file_hash != identity_.file_hash) {
      return absl::AbortedError(
          "the file changed while it was read; run the command again (文件在读取过程中被修改，请重新执行)");
    }
    const std::set<std::string> parents_before = Parents();
    writing_ = true;
    RETURN_IF_ERROR(WriteRows());
    ASSIGN_OR_RETURN(const Import after, KnownImport());
    writing_ = false;
    result_.resumed = before.state() == Import::STATE_RUNNING;
    TakeImport(after);
    const std::set<std::string> parents = Parents();
    std::set_difference(parents.begin(), parents.end(), parents_before.begin(), parents_before.end(),
                        std::back_inserter(result_.made));
    return absl::OkStatus();
  }

  void TakeImport(const Import& import) {
    result_.written = true;
    result_.first_sequence = import.first_sequence();
    result_.last_sequence = import.last_sequence();
    if (!result_.resumed) return;
    resumed_counts_ = Counts{import.inserted_count(), import.changed_count(), import.unchanged_count(), 0, 0};
  }

  // Banks and pools that there are, if this import may make some; a failure to list them is no failure of the import.
  std::set<std::string> Parents() const {
    if (kind_ != ImportKind::kLoans || !options_.create_missing) return {};
    return ListBanksAndPools(door_).value_or(std::set<std::string>());
  }

  int Conclude() {
    result_.counts = report_.counts();
    if (resumed_counts_.has_value()) {
      resumed_counts_->rejected = result_.counts.rejected;
      resumed_counts_->conflicts = result_.counts.conflicts;
      result_.counts = *resumed_counts_;
    }
    result_.warnings = report_.warnings();
    result_.problem_count = report_.problems();
    const absl::Status told = TellRows();
    if (options_.json && told.ok()) {
      PrintResultJson(result_, language_, out_);
    } else if (!options_.json) {
      PrintResult(result_, language_, out_);
    }
    if (!told.ok()) return Fail(told);
    return report_.has_problems() ? kImportRejected : kImportDone;
  }

  // Tells of each row, each in its way, what was asked for.
  absl::Status TellRows() {
    const bool all_rows = options_.verbose || !options_.report.empty();
    if (!report_.has_problems() && !all_rows) return absl::OkStatus();
    if (!options_.json) report_.PrintGroups(err_);
    ProblemListing problems(err_, identity_.file_name, language_);
    VerdictListing verdicts(out_, kind_, language_);
    RejectsBook rejects(options_.rejects, language_);
    std::optional<RowReport> rows;
    if (!options_.report.empty()) rows.emplace(options_.report, kind_, identity_.file_name, language_);
    RETURN_IF_ERROR(WalkFile(
        options_.file, kind_, mapping_, report_.spool(),
        [&](const SheetFacts& facts, const std::vector<sheet::Row>& head) { return rejects.TakeTable(facts, head); },
        [&](const RowStory& story) -> absl::Status {
          if (options_.json) {
            KeepProblems(story);
          } else {
            problems.Take(story);
            if (options_.verbose) verdicts.Take(story);
          }
          if (rows.has_value()) rows->Take(story);
          return options_.rejects.empty() ? absl::OkStatus() : rejects.TakeRow(story);
        }));
    if (!options_.json) problems.End();
    if (rows.has_value()) RETURN_IF_ERROR(rows->Close());
    RETURN_IF_ERROR(rejects.Close());
    if (rejects.rows() == 0) return absl::OkStatus();
    err_ << (Chinese() ? absl::StrCat("被拒绝的 ", rejects.rows(), " 行已写入 ", options_.rejects,
                                      "；改正标红的单元格后，可直接导入该文件")
                       : absl::StrCat(rejects.rows(), " refused rows are in ", options_.rejects,
                                      "; mend the red cells and import that file"))
         << "\n";
    return absl::OkStatus();
  }

  void KeepProblems(const RowStory& story) {
    for (const Finding& fault : story.faults) {
      if (static_cast<int64_t>(result_.problems.size()) < ProblemListing::kProblemsListed) {
        result_.problems.push_back(fault);
      }
    }
  }

  const ImportOptions& options_;
  const MappingOptions mapping_;
  const ImportKind kind_;
  const Door door_;
  const Language language_;
  const FileIdentity identity_;
  ImportReport report_;
  ImportResult result_;
  std::optional<Counts> resumed_counts_;
  std::ostream& out_;
  std::ostream& err_;
  MessageSpool rows_{"the rows", "各行"};  // as they will be sent
  int64_t readable_rows_ = 0;
  bool writing_ = false;
};

bool SameFile(const std::string& a, const std::string& b) {
  std::error_code error;
  return std::filesystem::equivalent(a, b, error);
}

// What is wrong with the options; nothing if they are right.
std::optional<Sentence> UsageFault(const ImportOptions& options) {
  if (!ImportKindOf(options.kind).has_value()) {
    return Sentence{absl::StrCat("unknown kind \"", options.kind, "\"; expected one of ", ImportKindWords()),
                    absl::StrCat("不认识的种类“", options.kind, "”；应为 ", ImportKindWords())};
  }
  if (options.file.empty()) return Sentence{"name the file to import", "请给出要导入的文件"};
  if (!options.pool.empty() && !FitsPattern("pools/{pool}", options.pool)) {
    return Sentence{absl::StrCat("--pool takes pools/ID, not \"", options.pool, "\""),
                    absl::StrCat("--pool 应为 pools/ID，而不是“", options.pool, "”")};
  }
  if (!options.division.empty() && !IsDivisionCode(options.division)) {
    return Sentence{absl::StrCat("--division takes 6 digits, not \"", options.division, "\""),
                    absl::StrCat("--division 应为 6 位区划代码，而不是“", options.division, "”")};
  }
  if (!options.rejects.empty() && !absl::EndsWith(options.rejects, ".xlsx")) {
    return Sentence{absl::StrCat("--rejects takes a file that ends in .xlsx, not \"", options.rejects, "\""),
                    absl::StrCat("--rejects 应为 .xlsx 文件，而不是“", options.rejects, "”")};
  }
  if (!options.report.empty() && !RowReport::Takes(options.report)) {
    return Sentence{absl::StrCat("--report takes a file that ends in .json or .csv, not \"", options.report, "\""),
                    absl::StrCat("--report 应为 .json 或 .csv 文件，而不是“", options.report, "”")};
  }
  for (const std::string& written : {options.rejects, options.report}) {
    if (written.empty() || !SameFile(written, options.file)) continue;
    return Sentence{absl::StrCat(written, " is the file to import itself; name another"),
                    absl::StrCat(written, " 就是要导入的文件，请另起文件名")};
  }
  return std::nullopt;
}

// Fills in what a person chose for files of this shape, now and before, and says so.
absl::Status ChooseColumns(const ImportOptions& options, ImportKind kind, const ColumnChoices& chosen,
                           Language language, MappingOptions& mapping, std::ostream& err) {
  mapping.columns = chosen;
  if (options.maps_file.empty()) return absl::OkStatus();
  const RememberedMaps maps(options.maps_file);
  ASSIGN_OR_RETURN(const std::string shape, ShapeOfFile(options.file, kind, chosen));
  const bool chinese = language == Language::kChinese;
  if (!options.forget_map) {
    for (const auto& [header, key] : maps.Find(kind, shape)) mapping.columns.emplace(header, key);
  }
  if (options.forget_map || !chosen.empty()) RETURN_IF_ERROR(maps.Keep(kind, shape, mapping.columns));
  for (const auto& [header, key] : mapping.columns) {
    if (chosen.count(header) > 0) continue;
    err << (chinese
                ? absl::StrCat("沿用上次选择的列对应：", header, "=", key, "（--forget-map 可取消）")
                : absl::StrCat("remembered for files of this shape: ", header, "=", key, " (--forget-map forgets it)"))
        << "\n";
  }
  return absl::OkStatus();
}

}  // namespace

int RunImport(const ImportOptions& options, const std::shared_ptr<grpc::Channel>& channel,
              const std::string& authorization, Language language, std::ostream& out, std::ostream& err) {
  if (const std::optional<Sentence> fault = UsageFault(options); fault.has_value()) {
    err << fault->In(language) << "\n";
    return kImportUsage;
  }
  const ImportKind kind = *ImportKindOf(options.kind);
  MappingOptions mapping{options.pool, options.division, options.create_missing, {}};
  const absl::StatusOr<ColumnChoices> chosen = ParseChoices(kind, options.maps);
  if (!chosen.ok()) {
    err << SentenceOf(chosen.status()).In(language) << "\n";
    return kImportUsage;
  }
  absl::StatusOr<FileIdentity> identity = IdentifyFile(options.file, kind, mapping);
  absl::Status ready = identity.status();
  if (ready.ok()) ready = ChooseColumns(options, kind, *chosen, language, mapping, err);
  if (ready.ok() && !mapping.columns.empty()) {
    identity = IdentifyFile(options.file, kind, mapping);
    ready = identity.status();
  }
  if (!ready.ok()) {
    ImportResult result;
    result.file = std::filesystem::path(options.file).filename().string();
    result.kind = options.kind;
    TellFailure(result, ready, options, language, out, err);
    return kImportFailed;
  }
  return ImportRun(options, std::move(mapping), kind, {channel, authorization}, language, *std::move(identity), out,
                   err)
      .Run();
}

}  // namespace kechuang::kc
