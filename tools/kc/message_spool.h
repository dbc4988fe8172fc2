#ifndef KECHUANG_TOOLS_KC_MESSAGE_SPOOL_H_
#define KECHUANG_TOOLS_KC_MESSAGE_SPOOL_H_

#include <cstdio>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "google/protobuf/message.h"

namespace kechuang::kc {

// Messages of one type in their order, kept in a nameless file on disk, so that a million take no memory. One thread at
// a time, and one of writing and reading after the other.
class MessageSpool {
 public:
  // what is kept, for the sentence that says that it could not be: "the rows", "各行".
  MessageSpool(std::string what, std::string what_chinese)
      : what_(std::move(what)), what_chinese_(std::move(what_chinese)) {}

  // Forgets all.
  void Clear();
  // Keeps one more. What cannot be kept is told by status().
  void Add(const google::protobuf::Message& message);
  // Starts to read from the first.
  void Rewind();
  // Reads the next one; false at the end, before Rewind, and after a fault.
  bool Read(google::protobuf::Message& message);
  // Whether everything was kept and read back; kUnavailable if not.
  const absl::Status& status() const { return status_; }

 private:
  struct Closer {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };

  absl::Status DiskFault() const;

  const std::string what_;
  const std::string what_chinese_;
  std::unique_ptr<std::FILE, Closer> file_;
  std::string bytes_;
  bool reading_ = false;
  absl::Status status_;
};

}  // namespace kechuang::kc

#endif  // KECHUANG_TOOLS_KC_MESSAGE_SPOOL_H_
