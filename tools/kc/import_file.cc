#include "tools/kc/import_file.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <deque>
#include <filesystem>
#include <fstream>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "google/protobuf/field_mask.pb.h"

#include "common/base/error.h"
#include "common/base/status_macros.h"
#include "kechuang/api/v1/reasons.pb.h"
#include "kechuang/ledger/v1/import.pb.h"
#include "tools/sheet/refusal.h"
#include "tools/sheet/workbook.h"

namespace kechuang::kc {
namespace {

// Raised when the same file comes to be read otherwise, so that its rows are not taken for those of before.
constexpr absl::string_view kMappingVersion = "2";
constexpr size_t kImportIdDigits = 32;

class Sha256 {
 public:
  Sha256() : context_(EVP_MD_CTX_new(), EVP_MD_CTX_free) { EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr); }

  void Take(absl::string_view bytes) { EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()); }

  // The digest of what was taken so far, in hex.
  std::string Hex() const {
    const std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> copy(EVP_MD_CTX_new(), EVP_MD_CTX_free);
    EVP_MD_CTX_copy_ex(copy.get(), context_.get());
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int size = 0;
    EVP_DigestFinal_ex(copy.get(), digest.data(), &size);
    return absl::BytesToHexString(absl::string_view(reinterpret_cast<const char*>(digest.data()), size));
  }

 private:
  std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> context_;
};

std::string InSheet(const std::string& sheet) { return sheet.empty() ? "" : absl::StrCat("[", sheet, "] "); }

absl::Status CheckHeader(const KindSpec& spec, const std::string& sheet, const sheet::Header& header) {
  std::set<std::string> keys;
  for (const sheet::HeaderColumn& column : header.columns) {
    if (column.key.empty() || keys.insert(column.key).second || IsMendingKey(column.key)) continue;
    return sheet::Malformed(
        absl::StrCat(InSheet(sheet), "row ", header.row, ": columns ",
                     sheet::ColumnLetters(header.Find(column.key)->column), " and ",
                     sheet::ColumnLetters(column.column), " both mean ", spec.TitleOf(column.key),
                     "; rename or remove one"),
        absl::StrCat(InSheet(sheet), "第 ", header.row, " 行：", sheet::ColumnLetters(header.Find(column.key)->column),
                     " 列和 ", sheet::ColumnLetters(column.column), " 列都表示“", spec.TitleOf(column.key),
                     "”；请改名或删去一列"));
  }
  std::string missing;
  for (const std::vector<std::string>& choices : spec.required) {
    if (std::any_of(choices.begin(), choices.end(), [&](const std::string& key) { return keys.count(key) > 0; }))
      continue;
    absl::StrAppend(&missing, missing.empty() ? "" : "、", spec.TitleOf(choices.front()));
  }
  if (missing.empty()) return absl::OkStatus();
  return sheet::Malformed(absl::StrCat(InSheet(sheet), "row ", header.row, ": the header has no column ", missing),
                          absl::StrCat(InSheet(sheet), "第 ", header.row, " 行：表头缺少列：", missing));
}

absl::Status NoHeader(const KindSpec& spec) {
  std::string expected;
  for (const Field& field : spec.fields) {
    if (!field.path.empty()) absl::StrAppend(&expected, expected.empty() ? "" : "、", field.aliases.front());
  }
  return sheet::Malformed(absl::StrCat("no header row found for ", spec.word, "; expected columns such as ", expected),
                          absl::StrCat("没有找到表头；应有的列如：", expected));
}

// A workbook that remembers the rows which a reader of tables was given and has not come back to yet: it looks some
// rows ahead for the header, and leaves out cells of columns that it does not know.
class RememberingWorkbook final : public sheet::Workbook {
 public:
  explicit RememberingWorkbook(sheet::Workbook& workbook) : workbook_(workbook) {}

  const std::vector<sheet::SheetInfo>& sheets() const override { return workbook_.sheets(); }

  absl::Status ReadRows(int sheet, const sheet::OnRow& on_row) override {
    rows_.clear();
    return workbook_.ReadRows(sheet, [&](const sheet::Row& row) {
      rows_.push_back(row);
      if (rows_.size() > kRowsRemembered) rows_.pop_front();
      return on_row(row);
    });
  }

  absl::StatusOr<std::vector<sheet::MergedBlock>> ReadMerges(int sheet) override { return workbook_.ReadMerges(sheet); }

  // The rows down to this one, which are forgotten then.
  std::vector<sheet::Row> TakeTo(int number) {
    std::vector<sheet::Row> taken;
    for (; !rows_.empty() && rows_.front().number <= number; rows_.pop_front()) {
      taken.push_back(std::move(rows_.front()));
    }
    return taken;
  }

 private:
  static constexpr size_t kRowsRemembered = 256;

  sheet::Workbook& workbook_;
  std::deque<sheet::Row> rows_;
};

bool AsksToClear(const sheet::Cell& cell) {
  return cell.kind == sheet::CellKind::kText && (cell.text == "清空" || absl::EqualsIgnoreCase(cell.text, "<clear>"));
}

class SheetPass {
 public:
  SheetPass(ImportKind kind, const MappingOptions& options, MappingState& state, SheetFacts& facts,
            const OnFileRow& on_row, const OnTable& on_table, RememberingWorkbook& workbook)
      : kind_(kind),
        options_(options),
        state_(state),
        facts_(facts),
        on_row_(on_row),
        on_table_(on_table),
        workbook_(workbook) {}

  absl::Status TakeHeader(const sheet::Header& header) {
    facts_.header = header;
    RETURN_IF_ERROR(CheckHeader(SpecOf(kind_), facts_.name, header));
    return on_table_ ? on_table_(facts_, workbook_.TakeTo(header.row)) : absl::OkStatus();
  }

  absl::Status TakeRow(sheet::DataRow cells) {
    if (cells.hidden) facts_.hidden_rows.push_back(cells.number);
    const std::unique_ptr<google::protobuf::Message> row = NewRow(kind_);
    std::vector<sheet::Row> raw;
    if (on_table_) raw = workbook_.TakeTo(cells.number);
    TakeMarks(cells, *row);
    RowReader reader(facts_.name, facts_.header, cells);
    FillRow(kind_, options_, state_, reader, *row);
    auto& origin = static_cast<ledger::v1::RowOrigin&>(Part(*row, "origin"));
    origin.set_sheet(facts_.name);
    origin.set_row(cells.number);
    return on_row_({facts_.name, facts_.header, cells, reader, *row, raw.empty() ? nullptr : &raw.back()});
  }

 private:
  static google::protobuf::Message& Part(google::protobuf::Message& row, const std::string& name) {
    return *row.GetReflection()->MutableMessage(&row, row.GetDescriptor()->FindFieldByName(name));
  }

  // Cells that ask to clear a field go into the mask, not into the record.
  void TakeMarks(sheet::DataRow& cells, google::protobuf::Message& row) const {
    for (auto entry = cells.cells.begin(); entry != cells.cells.end();) {
      const std::string path = AsksToClear(entry->second) ? PathOf(entry->first) : "";
      if (path.empty()) {
        ++entry;
        continue;
      }
      static_cast<google::protobuf::FieldMask&>(Part(row, "clear_mask")).add_paths(path);
      entry = cells.cells.erase(entry);
    }
  }

  // The field behind a key within the record: "remark" for "loan.remark", "issue_date" for
  // "certification.certification.issue_date"; empty for a column that is no field.
  std::string PathOf(absl::string_view key) const {
    for (const Field& field : SpecOf(kind_).fields) {
      if (field.key != key) continue;
      absl::string_view path = field.path;
      const absl::string_view record = path.substr(0, path.find('.') + 1);
      while (!record.empty() && absl::ConsumePrefix(&path, record)) {
      }
      return std::string(path);
    }
    return "";
  }

  ImportKind kind_;
  const MappingOptions& options_;
  MappingState& state_;
  SheetFacts& facts_;
  const OnFileRow& on_row_;
  const OnTable& on_table_;
  RememberingWorkbook& workbook_;
};

}  // namespace

bool IsMendingKey(absl::string_view key) {
  return std::any_of(kMendingColumns.begin(), kMendingColumns.end(),
                     [&](const MendingColumn& column) { return column.key == key; });
}

absl::StatusOr<FileIdentity> IdentifyFile(const std::string& path, ImportKind kind, const MappingOptions& options) {
  std::error_code error;
  std::ifstream file(path, std::ios::binary);
  if (!file || !std::filesystem::is_regular_file(path, error)) {
    return Refuse(absl::StatusCode::kNotFound, api::v1::FIELD_MALFORMED)
        .Says(absl::StrCat("the file ", path, " cannot be opened; does it exist?"),
              absl::StrCat("无法打开文件 ", path, "，请确认文件存在"));
  }
  Sha256 digest;
  std::string block(1 << 20, '\0');
  while (file.read(block.data(), static_cast<std::streamsize>(block.size())) || file.gcount() > 0) {
    digest.Take(absl::string_view(block.data(), static_cast<size_t>(file.gcount())));
  }
  FileIdentity identity{std::filesystem::path(path).filename().string(), digest.Hex(), ""};
  digest.Take(absl::StrCat("\n", kMappingVersion, "\n", SpecOf(kind).word, "\n", options.pool, "\n", options.division,
                           "\n", options.create_missing ? "create" : ""));
  for (const auto& [header, key] : options.columns) digest.Take(absl::StrCat("\n", header, "=", key));
  identity.import_id = digest.Hex().substr(0, kImportIdDigits);
  return identity;
}

absl::StatusOr<std::vector<SheetFacts>> ReadImportFile(const std::string& path, ImportKind kind,
                                                       const MappingOptions& options, const OnFileRow& on_row,
                                                       const OnTable& on_table) {
  ASSIGN_OR_RETURN(const std::unique_ptr<sheet::Workbook> workbook, sheet::OpenWorkbook(path));
  RememberingWorkbook remembering(*workbook);
  sheet::Workbook& source = on_table ? remembering : *workbook;
  sheet::Layout layout = SpecOf(kind).Layout(options.columns);
  for (const MendingColumn& column : kMendingColumns) {
    layout.columns.push_back({std::string(column.key), {std::string(column.title)}});
  }
  MappingState state;
  std::vector<SheetFacts> sheets;
  bool has_header = false;
  for (size_t i = 0; i < workbook->sheets().size(); ++i) {
    SheetFacts facts;
    facts.name = workbook->sheets()[i].name;
    facts.hidden = workbook->sheets()[i].hidden;
    if (!facts.hidden) {
      SheetPass pass(kind, options, state, facts, on_row, on_table, remembering);
      ASSIGN_OR_RETURN(facts.summary, sheet::ReadTable(
                                          source, static_cast<int>(i), layout,
                                          [&](const sheet::Header& header) { return pass.TakeHeader(header); },
                                          [&](const sheet::DataRow& row) { return pass.TakeRow(row); }));
      has_header = has_header || facts.summary.has_header;
    }
    sheets.push_back(std::move(facts));
  }
  if (!has_header) return NoHeader(SpecOf(kind));
  return sheets;
}

}  // namespace kechuang::kc
