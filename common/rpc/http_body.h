#ifndef KECHUANG_COMMON_RPC_HTTP_BODY_H_
#define KECHUANG_COMMON_RPC_HTTP_BODY_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace kechuang::rpc {

// Most bytes of the line before a chunk, and of the lines after the last one.
inline constexpr size_t kChunkLineBytesMax = 1024;

// Takes the body of one request out of the bytes that arrive, whatever pieces they arrive in: of a known length, or in
// chunks (RFC 9112, section 7.1). Extensions of chunks and trailers are read over.
class HttpBodyReader {
 public:
  // A body of so many bytes; 0 for none.
  static HttpBodyReader OfLength(uint64_t length) { return {State::kContent, length, false}; }
  static HttpBodyReader InChunks() { return {State::kSizeLine, 0, true}; }

  // Removes from the front of arrived what belongs to the body, and adds its content to out. FIELD_MALFORMED if it is
  // no body.
  absl::Status Take(std::string& arrived, std::string& out);
  bool is_over() const { return state_ == State::kOver; }
  // The bytes that are still to come, as far as they are known.
  uint64_t left() const { return left_; }

 private:
  enum class State { kContent, kContentEnd, kSizeLine, kTrailer, kOver };

  HttpBodyReader(State state, uint64_t left, bool chunked)
      : state_(!chunked && left == 0 ? State::kOver : state), left_(left), chunked_(chunked) {}

  absl::Status TakeLine(absl::string_view line);
  void TakeContent(absl::string_view& rest, std::string& out);

  State state_;
  uint64_t left_;  // of the whole body, or of the chunk
  bool chunked_;
  size_t trailer_bytes_ = 0;
};

}  // namespace kechuang::rpc

#endif  // KECHUANG_COMMON_RPC_HTTP_BODY_H_
