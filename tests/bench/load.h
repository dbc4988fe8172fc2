#ifndef KECHUANG_TESTS_BENCH_LOAD_H_
#define KECHUANG_TESTS_BENCH_LOAD_H_

#include <functional>
#include <memory>
#include <string>

#include "absl/time/time.h"
#include "grpcpp/channel.h"

namespace kechuang::bench {

// What a load did.
struct LoadResult {
  double calls_per_second = 0;
  absl::Duration p50;
  absl::Duration p99;
  int64_t failed = 0;          // calls that ended with an error
  std::string first_failure;   // the message of one of them
  double cpu_us_per_call = 0;  // processor time of this whole process, load and server together
};

// One unary method to call again and again.
struct Target {
  std::shared_ptr<grpc::Channel> channel;
  std::string path;                                    // "/kechuang.contract.v1.ContractService/CreateContract"
  std::string authorization;                           // metadata; empty for none
  std::function<std::string(int64_t number)> request;  // the serialized request of the call of this number
};

// Keeps in_flight calls under way for a while: each that ends starts the next. first_number is that of the first call;
// it is moved on past the last.
LoadResult RunClosedLoop(const Target& target, int in_flight, absl::Duration length, int64_t& first_number);

}  // namespace kechuang::bench

#endif  // KECHUANG_TESTS_BENCH_LOAD_H_
