#include "tools/kc/import_file.h"

#include <filesystem>
#include <fstream>
#include <string>

#include "gtest/gtest.h"

namespace kechuang::kc {
namespace {

class IdentifyFileTest : public testing::Test {
 protected:
  IdentifyFileTest() : path_(std::filesystem::path(testing::TempDir()) / "identify.csv") {
    std::ofstream(path_) << "合同编号,合同名称\nA-1,甲\n";
  }
  ~IdentifyFileTest() override { std::filesystem::remove(path_); }

  std::string IdOf(ImportKind kind, const MappingOptions& options) const {
    const absl::StatusOr<FileIdentity> identity = IdentifyFile(path_.string(), kind, options);
    EXPECT_TRUE(identity.ok()) << identity.status();
    return identity.ok() ? identity->import_id : "";
  }

  const std::filesystem::path path_;
};

TEST_F(IdentifyFileTest, ChangesWithWhatChangesRows) {
  const std::string id = IdOf(ImportKind::kContracts, {});
  EXPECT_EQ(id.size(), 32);
  EXPECT_EQ(IdOf(ImportKind::kContracts, {}), id);
  EXPECT_NE(IdOf(ImportKind::kLoans, {}), id);
  MappingOptions renamed;
  renamed.columns["甲"] = "contract_name";
  EXPECT_NE(IdOf(ImportKind::kContracts, renamed), id);
}

// The first reading knew no merged cells, no 同上 and no written-out amounts: its rows are not those of now.
TEST_F(IdentifyFileTest, IsNotTheIdOfTheFirstReading) {
  EXPECT_NE(IdOf(ImportKind::kContracts, {}), "6b173f34313178ba3ca3b5ab8ee5479f");
}

}  // namespace
}  // namespace kechuang::kc
