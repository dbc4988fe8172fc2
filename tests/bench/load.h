#ifndef KECHUANG_TESTS_BENCH_LOAD_H_
#define KECHUANG_TESTS_BENCH_LOAD_H_

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "grpcpp/channel.h"

#include "nlohmann/json_fwd.hpp"

namespace kechuang::bench {

// One unary method to call again and again.
struct Target {
  std::shared_ptr<grpc::Channel> channel;
  std::string path;  // "/kechuang.contract.v1.ContractService/CreateContract"
  std::map<std::string, std::string> metadata;
  std::function<std::string(int64_t number)> request;  // the serialized request of the call of this number
};

// The answer to one call of the target; the load ends with the status if it fails.
absl::StatusOr<std::string> CallOnce(const Target& target, int64_t number);

// Keeps in_flight calls under way for a while: each that ends starts the next.
nlohmann::json RunClosedLoop(const Target& target, int64_t first_number, int in_flight, absl::Duration length);

// Starts rate calls a second, whatever becomes of them, and counts each latency from the moment that the call was due:
// a server that stalls cannot hide the calls that it kept from being made. Ends before its time once over says true.
nlohmann::json RunOpenLoop(const Target& target, int64_t first_number, double rate, absl::Duration length,
                           const std::function<bool()>& over);

}  // namespace kechuang::bench

#endif  // KECHUANG_TESTS_BENCH_LOAD_H_
