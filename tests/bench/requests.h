#ifndef KECHUANG_TESTS_BENCH_REQUESTS_H_
#define KECHUANG_TESTS_BENCH_REQUESTS_H_

#include <functional>
#include <string>
#include <vector>

namespace kechuang::bench {

// A method and its requests.
struct Requests {
  std::string path;
  std::function<std::string(int64_t number)> request;
};

// names are records that are there; token is the page to ask for.
struct RequestContext {
  std::vector<std::string> names;
  std::string token;
  std::string prefix;  // of what is created: each load its own, so that none meets what another made
};

// The requests of this name: create-contract, get-contract, list-contracts, contract-totals or search-enterprises.
// Empty path if there are none.
Requests RequestsNamed(const std::string& name, const RequestContext& context);

}  // namespace kechuang::bench

#endif  // KECHUANG_TESTS_BENCH_REQUESTS_H_
