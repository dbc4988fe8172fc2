#ifndef KECHUANG_TESTS_BENCH_PROXY_H_
#define KECHUANG_TESTS_BENCH_PROXY_H_

#include <string>
#include <vector>

namespace kechuang::bench {

// The floor under the gateway: a gRPC proxy that hands the bytes of these methods on to one address, with the caller's
// authorization, and does nothing else.
int ServeProxy(const std::string& address, std::vector<std::string> paths);

}  // namespace kechuang::bench

#endif  // KECHUANG_TESTS_BENCH_PROXY_H_
