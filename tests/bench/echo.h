#ifndef KECHUANG_TESTS_BENCH_ECHO_H_
#define KECHUANG_TESTS_BENCH_ECHO_H_

namespace kechuang::bench {

// The path of the echo, and the metadata that says how many bytes the answer shall have; the request's own without it.
inline constexpr char kEchoPath[] = "/kechuang.bench.Echo/Call";
inline constexpr char kAnswerBytes[] = "answer-bytes";

// The floor under every call: a gRPC callback server that does nothing.
int ServeEcho();

}  // namespace kechuang::bench

#endif  // KECHUANG_TESTS_BENCH_ECHO_H_
