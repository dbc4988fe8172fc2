#include "tools/kc/import.h"

#include <algorithm>
#include <iterator>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"

#include "common/base/status_macros.h"
#include "common/domain/division.h"
#include "common/domain/resource_name.h"
#include "tools/kc/import_file.h"
#include "tools/kc/import_progress.h"
#include "tools/kc/import_report.h"
#include "tools/kc/import_stream.h"
#include "tools/kc/mapping.h"

namespace kechuang::kc {
namespace {

using ledger::v1::JournalHead;

// One run of kc import over one file.
class Import {
 public:
  Import(const ImportOptions& options, ImportKind kind, Door door, Language language, FileIdentity identity,
         std::ostream& out, std::ostream& err)
      : options_(options),
        mapping_{options.pool, options.division, options.create_missing},
        kind_(kind),
        door_(std::move(door)),
        language_(language),
        identity_(std::move(identity)),
        report_(kind, identity_.file_name, language),
        out_(out),
        err_(err) {}

  int Run() {
    if (const absl::Status status = ReadThrough(); !status.ok()) return Fail(status);
    report_.PrintWarnings(err_);
    const absl::StatusOr<JournalHead> before = ReadJournalHead(kind_, door_);
    if (!before.ok()) return Fail(before.status());
    if (options_.dry_run || !options_.partial) {
      if (const absl::Status status = Stream(/*validate_only=*/true); !status.ok()) return Fail(status);
      if (options_.dry_run || report_.has_problems()) return Conclude(*before, *before, /*written=*/false);
      // The register holds all of it: sending the rows once more would change nothing.
      if (report_.counts().unchanged == report_.counts().Accepted())
        return Conclude(*before, *before, /*written=*/true);
    }
    return Write(*before);
  }

 private:
  bool Chinese() const { return language_ == Language::kChinese; }

  int Fail(const absl::Status& status) {
    err_ << (Chinese() ? "导入失败：" : "import failed: ") << identity_.file_name << (Chinese() ? "：" : ": ")
         << SentenceOf(status).In(language_) << "\n";
    return kImportFailed;
  }

  // Reads the whole file once, to know what it holds before anything is sent.
  absl::Status ReadThrough() {
    ASSIGN_OR_RETURN(std::vector<SheetFacts> sheets,
                     ReadImportFile(options_.file, kind_, mapping_, [&](const FileRow& row) {
                       if (!row.reader.has_faults()) ++readable_rows_;
                       report_.NoteRow(row);
                       return absl::OkStatus();
                     }));
    report_.TakeSheets(std::move(sheets));
    return absl::OkStatus();
  }

  // Sends every row that can be read, and takes the outcomes.
  absl::Status Stream(bool validate_only) {
    report_.StartPass();
    Progress progress(err_, options_.terminal, Label(validate_only), readable_rows_);
    ledger::v1::ImportSource source;
    source.set_import_id(identity_.import_id);
    source.set_file_name(identity_.file_name);
    source.set_file_hash(identity_.file_hash);
    source.set_validate_only(validate_only);
    const std::unique_ptr<RowStream> stream =
        OpenRowStream(kind_, door_, source, [&](const ledger::v1::RowOutcome& outcome) {
          report_.TakeOutcome(outcome);
          progress.Advance();
        });
    int64_t sent = 0;
    const absl::Status read = ReadImportFile(options_.file, kind_, mapping_, [&](const FileRow& row) {
                                if (row.reader.has_faults()) return absl::OkStatus();
                                ++sent;
                                return stream->Send(row.message) ? absl::OkStatus() : absl::CancelledError();
                              }).status();
    const absl::Status status = stream->Finish();
    progress.Finish();
    RETURN_IF_ERROR(status);
    RETURN_IF_ERROR(read);
    if (report_.outcomes() == sent) return absl::OkStatus();
    return absl::InternalError("the service ended the stream before it answered for every row");
  }

  std::string Label(bool validate_only) const {
    if (Chinese()) return validate_only ? "核对" : "写入";
    return validate_only ? "checking" : "writing";
  }

  int Write(const JournalHead& before) {
    const absl::StatusOr<FileIdentity> now = IdentifyFile(options_.file, kind_, mapping_);
    if (!now.ok()) return Fail(now.status());
    if (now->file_hash != identity_.file_hash) {
      return Fail(absl::AbortedError(
          "the file changed while it was read; run the command again (文件在读取过程中被修改，请重新执行)"));
    }
    const std::set<std::string> parents_before = Parents();
    if (const absl::Status status = Stream(/*validate_only=*/false); !status.ok()) {
      Fail(status);
      const int64_t accepted = report_.counts().Accepted();
      err_ << (Chinese()
                   ? absl::StrCat("中断前已确认 ", accepted, " 行。请再次执行同一命令：已写入的行不会重复写入。")
                   : absl::StrCat(accepted,
                                  " rows were confirmed before. Run the same command again: no row is applied twice."))
           << "\n";
      return kImportFailed;
    }
    const absl::StatusOr<JournalHead> after = ReadJournalHead(kind_, door_);
    if (!after.ok()) return Fail(after.status());
    PrintNewParents(parents_before);
    return Conclude(before, *after, /*written=*/true);
  }

  // Banks and pools that there are, if this import may make some; a failure to list them is no failure of the import.
  std::set<std::string> Parents() const {
    if (kind_ != ImportKind::kLoans || !options_.create_missing) return {};
    return ListBanksAndPools(door_).value_or(std::set<std::string>());
  }

  void PrintNewParents(const std::set<std::string>& before) {
    const std::set<std::string> after = Parents();
    std::vector<std::string> made;
    std::set_difference(after.begin(), after.end(), before.begin(), before.end(), std::back_inserter(made));
    for (const std::string& name : made) out_ << (Chinese() ? "新建 " : "made ") << name << "\n";
  }

  int Conclude(const JournalHead& before, const JournalHead& after, bool written) {
    report_.PrintProblems(err_);
    const Counts counts = report_.counts();
    const std::string journal =
        before.sequence() == after.sequence()
            ? absl::StrCat(Chinese() ? "日志仍为 " : "journal stays at ", after.sequence())
            : absl::StrCat(Chinese() ? "日志 " : "journal ", before.sequence() + 1, "-", after.sequence());
    if (Chinese()) {
      const char* const start = written            ? "导入完成"
                                : options_.dry_run ? "试运行，未写入"
                                                   : "未写入（有问题的文件整份不导入；可用 --partial 只导入无误的行）";
      out_ << identity_.file_name << "：" << start << "：" << (written ? "" : "可") << "新增 " << counts.inserted
           << "，" << (written ? "" : "可") << "更改 " << counts.changed << "，未变 " << counts.unchanged << "，拒绝 "
           << counts.rejected << "；" << journal << "\n";
    } else {
      const char* const start =
          written            ? "imported"
          : options_.dry_run ? "dry run, nothing written"
                             : "nothing written (a file with problems is refused whole; --partial takes the good rows)";
      out_ << identity_.file_name << ": " << start << ": " << counts.inserted
           << (written ? " inserted, " : " to insert, ") << counts.changed << (written ? " changed, " : " to change, ")
           << counts.unchanged << " unchanged, " << counts.rejected << " rejected; " << journal << "\n";
    }
    return counts.rejected > 0 ? kImportRejected : kImportDone;
  }

  const ImportOptions& options_;
  const MappingOptions mapping_;
  const ImportKind kind_;
  const Door door_;
  const Language language_;
  const FileIdentity identity_;
  ImportReport report_;
  std::ostream& out_;
  std::ostream& err_;
  int64_t readable_rows_ = 0;
};

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
  return std::nullopt;
}

}  // namespace

int RunImport(const ImportOptions& options, const std::shared_ptr<grpc::Channel>& channel,
              const std::string& authorization, Language language, std::ostream& out, std::ostream& err) {
  if (const std::optional<Sentence> fault = UsageFault(options); fault.has_value()) {
    err << fault->In(language) << "\n";
    return kImportUsage;
  }
  const ImportKind kind = *ImportKindOf(options.kind);
  absl::StatusOr<FileIdentity> identity =
      IdentifyFile(options.file, kind, {options.pool, options.division, options.create_missing});
  if (!identity.ok()) {
    err << SentenceOf(identity.status()).In(language) << "\n";
    return kImportFailed;
  }
  return Import(options, kind, {channel, authorization}, language, *std::move(identity), out, err).Run();
}

}  // namespace kechuang::kc
