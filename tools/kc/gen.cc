#include "tools/kc/gen.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <system_error>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

#include "common/base/status_macros.h"
#include "tools/kc/errors.h"
#include "tools/sample/district.h"
#include "tools/sample/district_files.h"
#include "tools/sample/population.h"

namespace kechuang::kc {
namespace {

constexpr int64_t kRowsMost = 50'000'000;
constexpr int64_t kEnterprisesUnlessSaid = 1'000;

absl::StatusOr<int64_t> ReadNumber(const CommandLine& command, const std::string& flag, int64_t unless_said,
                                   int64_t least) {
  if (!command.Has(flag)) return unless_said;
  int64_t number = 0;
  if (absl::SimpleAtoi(command.Value(flag), &number) && number >= least && number <= kRowsMost) return number;
  return WrongUsage(absl::StrCat("--", flag, " takes a number from ", least, " to ", kRowsMost),
                    absl::StrCat("--", flag, " 须为 ", least, " 到 ", kRowsMost, " 的整数"));
}

// What the writers say, which speak both languages at once, and what can be done about it.
absl::Status Told(const absl::Status& status) {
  if (status.ok()) return status;
  const auto said = status.message();
  return absl::IsInvalidArgument(status) ? WrongUsage(said, said) : Failure(status.code(), said, said);
}

absl::Status WriteFile(const Session& session, const CommandLine& command, uint64_t seed) {
  sample::PopulationKind kind = sample::PopulationKind::kEnterprises;
  if (const absl::Status known = sample::ParseKind(command.Value("kind"), kind); !known.ok()) {
    return WrongUsage(absl::StrCat("--kind takes one of: ", known.message()),
                      absl::StrCat("--kind 须为以下之一：", known.message()));
  }
  const std::string path = command.Value("output");
  if (path.empty() || !command.Has("rows")) {
    return WrongUsage("kc gen --kind needs --rows N and --output FILE, a .csv or .xlsx",
                      "kc gen --kind 须用 --rows 给出行数、--output 给出文件（.csv 或 .xlsx）");
  }
  ASSIGN_OR_RETURN(const int64_t rows, ReadNumber(command, "rows", 0, 1));
  ASSIGN_OR_RETURN(const int64_t enterprises, ReadNumber(command, "enterprises", kEnterprisesUnlessSaid, 1));
  const sample::Population population(seed, enterprises);
  RETURN_IF_ERROR(Told(sample::WritePopulation(population, kind, rows, path)));
  session.Note({absl::StrCat("Wrote ", path, "; take it in with: kc import ", command.Value("kind"), " ", path),
                absl::StrCat("已写入 ", path, "；导入请用：kc import ", command.Value("kind"), " ", path)});
  return absl::OkStatus();
}

absl::Status WriteFolder(const Session& session, const CommandLine& command, uint64_t seed) {
  const std::string& folder = command.arguments[0];
  ASSIGN_OR_RETURN(const int64_t enterprises, ReadNumber(command, "enterprises", 0, 10));
  const std::string form = command.Has("format") ? command.Value("format") : "xlsx";
  if (form != "xlsx" && form != "csv") {
    return WrongUsage("--format takes xlsx or csv", "--format 须为 xlsx 或 csv");
  }
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) {
    return Failure(absl::StatusCode::kUnavailable,
                   absl::StrCat("cannot make the folder ", folder, ": ", error.message()),
                   absl::StrCat("无法创建文件夹 ", folder, "：", error.message()));
  }
  const absl::Status written =
      enterprises == 0 ? sample::WriteDistrict(sample::MakeDistrict(seed), folder)
                       : sample::WritePopulationDistrict(sample::Population(seed, enterprises), folder, form == "csv");
  RETURN_IF_ERROR(Told(written));
  session.Note({absl::StrCat("Wrote the tables of a district into ", folder),
                absl::StrCat("已将一个区县的示例表格写入 ", folder)});
  return absl::OkStatus();
}

absl::Status Generate(const Session& session, const CommandLine& command) {
  ASSIGN_OR_RETURN(const int64_t seed, ReadNumber(command, "seed", 7, 0));
  const bool folder = !command.arguments.empty();
  if (folder == command.Has("kind")) {
    return WrongUsage("name a folder, or say --kind, --rows and --output for one file",
                      "请给出文件夹，或用 --kind、--rows、--output 生成单个文件");
  }
  return folder ? WriteFolder(session, command, static_cast<uint64_t>(seed))
                : WriteFile(session, command, static_cast<uint64_t>(seed));
}

}  // namespace

int RunGen(Session& session, const CommandLine& command) {
  const absl::Status status = Generate(session, command);
  return status.ok() ? kDone : session.Fail(status);
}

CommandSpec GenCommand() {
  CommandSpec command;
  command.words = "gen";
  command.arguments = "[FOLDER]";
  command.arguments_max = 1;
  command.places = {"file"};
  command.help = {"write spreadsheets of invented data", "生成虚构的示例表格"};
  command.detail = {
      "kc gen FOLDER writes the sample district, whose figures of 2022 are known; with --enterprises N a district of "
      "N\n"
      "enterprises, their certifications, a loan for every tenth and 3 contracts each. kc gen --kind KIND --rows N\n"
      "--output FILE writes one file. The same seed gives the same rows, and a longer file begins with a shorter one.\n"
      "Of 1,000 enterprises 950 are in the district, 300 are high-tech (recognised 2020 to 2022, even), 560 "
      "technology\n"
      "SMEs, 280 on the region's list, 40 little giants, 20 gazelles, independently. Loans: 50 to 300 万元 in tens, "
      "even,\n"
      "half of them paid back, 4 % of the rest overdue. Contracts: from 2 万元, each doubling half as likely, to "
      "1,024\n"
      "万元; 70 % wholly technical, the others 60 to 95 %; registered on any day of 2020 to 2024. Names are invented;\n"
      "credit codes are valid and nobody's.",
      "kc gen 文件夹：写出示例区县（2022 年各项数字已知）；加 --enterprises N 则写出 N "
      "家企业及其资质、每十家一笔贷款、每家 3 份合同。\n"
      "kc gen --kind 类别 --rows N --output 文件：写出单个文件。相同的种子得到相同的行，较长的文件以较短的文件开头。\n"
      "每 1000 家企业：950 家在本区，300 家高新技术企业（2020—2022 年认定，均匀分布），560 家科技型中小企业，280 "
      "家自治区名单企业，\n"
      "40 家科技小巨人，20 家瞪羚企业，相互独立。贷款：50 至 300 万元，以 10 万元为级均匀分布；一半已结清，其余 4% "
      "逾期。\n"
      "合同：自 2 万元起，金额每翻一番概率减半，最高 1024 万元；70% 全额为技术交易额，其余为 "
      "60%—95%；登记日期均匀分布于 2020—2024 年。\n"
      "名称均为虚构；统一社会信用代码校验正确但不属于任何单位。"};
  const std::vector<std::string> kinds = {"enterprises", "certifications", "loans", "contracts"};
  command.own_flags = {
      {"kind", "KIND", {"what one file holds", "单个文件的类别"}},
      {"rows", "N", {"rows of one file; of certifications, their enterprises", "单个文件的行数；资质文件为企业数"}},
      {"output", "FILE", {"the one file, .csv or .xlsx", "单个文件的路径（.csv 或 .xlsx）"}},
      {"enterprises", "N", {"enterprises of the district; 1,000 for one file", "区县的企业数；单个文件时默认 1000"}},
      {"seed", "N", {"which data; 7", "随机种子，默认 7"}},
      {"format", "xlsx|csv", {"form of a folder's files; xlsx", "文件夹内文件的格式，默认 xlsx"}}};
  command.own_flags[0].choices = kinds;
  command.own_flags[5].choices = {"xlsx", "csv"};
  command.group = CommandGroup::kTools;
  command.offline = true;
  command.unhurried = true;
  command.run = RunGen;
  return command;
}

}  // namespace kechuang::kc
