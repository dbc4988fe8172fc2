#ifndef KECHUANG_TOOLS_SAMPLE_DISTRICT_H_
#define KECHUANG_TOOLS_SAMPLE_DISTRICT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

#include "common/domain/day.h"
#include "tools/sample/random.h"

namespace kechuang::sample {

// An invented enterprise or university.
struct Firm {
  std::string credit_code;  // valid, with a subject code that is not given out
  std::string name;
  std::string district;  // 西夏区, or a neighbour
  std::string township;
  std::string address;
  std::string industry;
  Day founded;
};

// One certificate of a firm.
struct Certificate {
  size_t firm = 0;
  std::string class_name;  // as a bureau writes it: 高新技术企业
  std::string number;
  Day issued;
  std::optional<Day> expires;
};

// Money that a body paid into the pool.
struct Contribution {
  std::string contributor;
  int64_t amount_fen = 0;
  Day day;
};

struct Bank {
  std::string name;
  std::string short_name;
  std::string credit_code;
};

// A line of the loan list; what was never paid out has no day of pay-out.
struct Loan {
  size_t firm = 0;
  size_t bank = 0;
  int64_t amount_fen = 0;
  std::string batch;
  std::optional<Day> applied;
  std::optional<Day> paid;
  std::optional<Day> due;
  std::optional<Day> reversed;
  int rate_ppm = 0;
  std::string guarantee;
  int64_t balance_fen = 0;
  bool overdue = false;
  std::string state;  // 已放款, 已结清, 未通过, 已撤回, 已取消, 已冲正
};

// A registered technology contract.
struct Contract {
  std::string number;
  std::string title;
  std::string class_name;
  std::string seller;
  std::string seller_code;
  std::string seller_district;
  std::string buyer;
  std::string buyer_code;
  int64_t total_fen = 0;
  int64_t technical_fen = 0;
  Day signed_day;
  Day registered;
  std::string field;
  std::string ip_type;
};

// A whole district. Its figures of 2022 are those of the seed: 227 technology enterprises at the year's end, 14
// high-tech, 6 little giants and agricultural high-tech, 2 gazelles recognised; 769 contracts of 50,000 万元; loans of
// 1190 万元 to 6 enterprises, 3710 万元 in all.
struct District {
  std::vector<Firm> firms;
  std::vector<Certificate> certificates;
  std::string pool_name;
  std::string pool_id;
  std::vector<Contribution> contributions;
  std::vector<Bank> banks;
  std::vector<Loan> loans;
  std::vector<Contract> contracts;
};

// The district of a seed, always the same.
District MakeDistrict(uint64_t seed);

// Firms, certificates and contracts of a district in the making; MakeDistrict calls them in this order.
void AddFirms(Random& random, District& district);
void AddCertificates(Random& random, District& district);
void AddLoans(Random& random, District& district);
void AddContracts(Random& random, District& district);

// A registration number: year, division, serial of 6 digits.
std::string RegistrationNumber(int year, absl::string_view division, int serial);

// Contracts for load tests: registered, each with a number of its own, sellers from the district. index from 0.
Contract LoadContract(const District& district, int64_t index);

}  // namespace kechuang::sample

#endif  // KECHUANG_TOOLS_SAMPLE_DISTRICT_H_
