#include "tools/kc/import_file.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

#include "common/base/error.h"
#include "common/base/status_macros.h"
#include "kechuang/api/v1/reasons.pb.h"
#include "kechuang/ledger/v1/import.pb.h"
#include "tools/sheet/refusal.h"
#include "tools/sheet/workbook.h"

namespace kechuang::kc {
namespace {

// Raised when the same file comes to be read otherwise, so that its rows are not taken for those of before.
constexpr absl::string_view kMappingVersion = "1";
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
    if (column.key.empty() || keys.insert(column.key).second) continue;
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

class SheetPass {
 public:
  SheetPass(ImportKind kind, const MappingOptions& options, MappingState& state, SheetFacts& facts,
            const std::function<absl::Status(const FileRow&)>& on_row)
      : kind_(kind), options_(options), state_(state), facts_(facts), on_row_(on_row) {}

  absl::Status TakeHeader(const sheet::Header& header) {
    facts_.header = header;
    return CheckHeader(SpecOf(kind_), facts_.name, header);
  }

  absl::Status TakeRow(const sheet::DataRow& cells) {
    if (cells.hidden) facts_.hidden_rows.push_back(cells.number);
    const std::unique_ptr<google::protobuf::Message> row = NewRow(kind_);
    RowReader reader(facts_.name, facts_.header, cells);
    FillRow(kind_, options_, state_, reader, *row);
    const google::protobuf::FieldDescriptor* field = row->GetDescriptor()->FindFieldByName("origin");
    auto* origin = static_cast<ledger::v1::RowOrigin*>(row->GetReflection()->MutableMessage(row.get(), field));
    origin->set_sheet(facts_.name);
    origin->set_row(cells.number);
    return on_row_({facts_.name, cells, reader, *row});
  }

 private:
  ImportKind kind_;
  const MappingOptions& options_;
  MappingState& state_;
  SheetFacts& facts_;
  const std::function<absl::Status(const FileRow&)>& on_row_;
};

}  // namespace

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
  identity.import_id = digest.Hex().substr(0, kImportIdDigits);
  return identity;
}

absl::StatusOr<std::vector<SheetFacts>> ReadImportFile(const std::string& path, ImportKind kind,
                                                       const MappingOptions& options,
                                                       const std::function<absl::Status(const FileRow&)>& on_row) {
  ASSIGN_OR_RETURN(const std::unique_ptr<sheet::Workbook> workbook, sheet::OpenWorkbook(path));
  const sheet::Layout layout = SpecOf(kind).Layout();
  MappingState state;
  std::vector<SheetFacts> sheets;
  bool has_header = false;
  for (size_t i = 0; i < workbook->sheets().size(); ++i) {
    SheetFacts facts;
    facts.name = workbook->sheets()[i].name;
    facts.hidden = workbook->sheets()[i].hidden;
    if (!facts.hidden) {
      SheetPass pass(kind, options, state, facts, on_row);
      ASSIGN_OR_RETURN(facts.summary, sheet::ReadTable(
                                          *workbook, static_cast<int>(i), layout,
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
