#ifndef KECHUANG_TOOLS_SAMPLE_DISTRICT_FILES_H_
#define KECHUANG_TOOLS_SAMPLE_DISTRICT_FILES_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"

#include "tools/sample/district.h"

namespace kechuang::sample {

// Writes the files of a district into a folder that exists, the way a bureau keeps them: 企业名单.xlsx, 企业资质.xlsx,
// 风险补偿资金池.xlsx, 合作银行.xlsx, 科技贷款.xlsx, 技术合同登记.xlsx; and 技术合同登记(待补正).xlsx, whose rows are
// mostly wrong.
absl::Status WriteDistrict(const District& district, const std::string& folder);

// Only 风险补偿资金池.xlsx and 合作银行.xlsx of them.
absl::Status WritePoolAndBanks(const District& district, const std::string& folder);

// Writes so many contracts for load tests into one file, .csv or .xlsx by its name.
absl::Status WriteLoadContracts(const District& district, int64_t count, const std::string& path);

}  // namespace kechuang::sample

#endif  // KECHUANG_TOOLS_SAMPLE_DISTRICT_FILES_H_
