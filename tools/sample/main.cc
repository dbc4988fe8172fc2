// kechuang-sample: writes the sample district's spreadsheets, or many contracts for a load test.

#include <cstdint>
#include <filesystem>
#include <iostream>
#include <string>
#include <system_error>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

#include "tools/sample/district.h"
#include "tools/sample/district_files.h"

namespace {

constexpr char kUsage[] =
    "usage: kechuang-sample --out FOLDER [--seed N]\n"
    "       kechuang-sample --contracts N --out FILE.csv|FILE.xlsx [--seed N]\n"
    "Writes the spreadsheets of an invented district whose figures of 2022 are known, or N registered contracts.\n"
    "写出虚构区县的示例表格（2022 年各项数字已知），或写出 N 份已登记合同用于压力测试。\n";

constexpr int64_t kContractsMost = 20'000'000;
constexpr int64_t kXlsxRowsMost = 1'048'575;

struct Options {
  std::string out;
  uint64_t seed = 7;
  int64_t contracts = 0;
};

bool ReadOptions(const std::vector<std::string>& arguments, Options& options) {
  for (size_t i = 0; i < arguments.size(); ++i) {
    std::string name = arguments[i];
    std::string value;
    if (const size_t equals = name.find('='); equals != std::string::npos) {
      value = name.substr(equals + 1);
      name.resize(equals);
    } else if (i + 1 < arguments.size()) {
      value = arguments[++i];
    }
    if (name == "--out") {
      options.out = value;
    } else if (name == "--seed") {
      if (!absl::SimpleAtoi(value, &options.seed)) return false;
    } else if (name == "--contracts") {
      if (!absl::SimpleAtoi(value, &options.contracts) || options.contracts < 1) return false;
    } else {
      return false;
    }
  }
  const int64_t most = absl::EndsWith(options.out, ".xlsx") ? kXlsxRowsMost : kContractsMost;
  return !options.out.empty() && options.contracts <= most;
}

}  // namespace

int main(int argc, char** argv) {
  constexpr int kUsageError = 2;
  constexpr int kFailed = 3;
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  Options options;
  if (!ReadOptions(arguments, options)) {
    std::cerr << kUsage;
    return kUsageError;
  }
  const kechuang::sample::District district = kechuang::sample::MakeDistrict(options.seed);
  absl::Status status;
  if (options.contracts > 0) {
    status = kechuang::sample::WriteLoadContracts(district, options.contracts, options.out);
  } else {
    std::error_code error;
    std::filesystem::create_directories(options.out, error);
    status = error ? absl::UnavailableError(
                         absl::StrCat("cannot make the folder ", options.out, " (无法创建文件夹): ", error.message()))
                   : kechuang::sample::WriteDistrict(district, options.out);
  }
  if (status.ok()) return 0;
  std::cerr << status.message() << "\n";
  return kFailed;
}
