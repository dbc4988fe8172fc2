#ifndef KECHUANG_TOOLS_SAMPLE_POPULATION_H_
#define KECHUANG_TOOLS_SAMPLE_POPULATION_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

#include "tools/sample/district.h"

namespace kechuang::sample {

// An invented population of any size, each record worked out from the seed and its index alone: no record needs
// another, so that a file of millions needs no memory, and the first rows of a longer file are those of a shorter one.
//
// Enterprises: 19 of 20 in 西夏区, the rest in 金凤区; 9 streets and towns and 12 trades, even; founded evenly from
// 2004 to 2019; 1 of 5 with a code of the city, the others of the district. Codes are valid, with subject codes that
// are not given out; names and codes come once each. Certificates: of 1,000 enterprises 300 are high-tech (a third each
// issued in 2020, 2021 and 2022), 560 technology SMEs (issued in 2022), 280 on the region's list (2021), 40 little
// giants, 20 gazelles; independent of one another, so about 1 in 5 enterprises has none. Loans: to the enterprise with
// a tenth of the index, and so at most one each; amounts from 50 to 300 万元 in tens, even; paid out on any day of 2020
// to 2022; 1 of 2 paid back, 1 of 25 of the others overdue. Contracts: amounts double with every step from 2 万元, each
// step half as likely as the one before, up to 1,024 万元; even within a step. The median is so 4 万元, and 1 contract
// of 100 is above 150 万元. The technical amount is the whole for 7 of 10, else 60 to 95 %. Sellers are enterprises,
// even; registered on any day of 2020 to 2024, signed 5 to 44 days before.
class Population {
 public:
  // enterprises says how many there are to choose from, at least 1.
  Population(uint64_t seed, int64_t enterprises) : seed_(seed), enterprises_(enterprises) {}

  // index from 0; below 1,000,000,000.
  Firm FirmAt(int64_t index) const;
  // None or more; each with the firm at index.
  std::vector<Certificate> CertificatesAt(int64_t index) const;
  // index below enterprises / 10, or any if a firm may have several. Its firm is firm_of_loan(index).
  Loan LoanAt(int64_t index) const;
  int64_t FirmOfLoan(int64_t index) const { return index * 10 % enterprises_; }
  // Numbers are given out in the order of the index: 999,999 a year and division, so index below 60,000,000.
  Contract ContractAt(int64_t index) const;

  int64_t enterprises() const { return enterprises_; }

 private:
  // A source of its own for each record of each kind.
  Random SourceOf(uint64_t kind, int64_t index) const;

  uint64_t seed_;
  int64_t enterprises_;
};

// What a file of a population holds.
enum class PopulationKind { kEnterprises, kCertifications, kLoans, kContracts };
// The kind of "enterprises", "certifications", "loans", "contracts"; INVALID_ARGUMENT otherwise.
absl::Status ParseKind(absl::string_view text, PopulationKind& kind);

// Most rows of a .xlsx file, its header aside.
inline constexpr int64_t kXlsxRowsMost = 1'048'575;

// Writes rows of one kind into a file, .xlsx by its name, else CSV in UTF-8 with a byte order mark; whole or not at
// all. Memory does not grow with the rows. Certifications are those of so many enterprises. INVALID_ARGUMENT for more
// rows than a .xlsx file takes; UNAVAILABLE if the disk does not take it.
absl::Status WritePopulation(const Population& population, PopulationKind kind, int64_t rows, const std::string& path);

// Writes a whole district of so many enterprises into a folder that exists: pool and banks as WriteDistrict does,
// enterprises, their certifications, a loan for every tenth of them and 3 contracts each; .xlsx, or .csv.
absl::Status WritePopulationDistrict(const Population& population, const std::string& folder, bool csv);

}  // namespace kechuang::sample

#endif  // KECHUANG_TOOLS_SAMPLE_POPULATION_H_
