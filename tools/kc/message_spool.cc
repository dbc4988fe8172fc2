#include "tools/kc/message_spool.h"

#include <cstdint>
#include <cstdio>
#include <string>

#include "absl/strings/str_cat.h"

namespace kechuang::kc {

absl::Status MessageSpool::DiskFault() const {
  return absl::UnavailableError(absl::StrCat(what_,
                                             " could not be kept in the folder for temporary files; is it full? ",
                                             "(无法在临时文件夹中暂存", what_chinese_, "，磁盘是否已满？)"));
}

void MessageSpool::Clear() {
  file_.reset();
  reading_ = false;
  status_ = absl::OkStatus();
}

void MessageSpool::Add(const google::protobuf::Message& message) {
  if (!status_.ok()) return;
  if (file_ == nullptr) file_.reset(std::tmpfile());
  bytes_.clear();
  message.AppendToString(&bytes_);
  const auto size = static_cast<uint32_t>(bytes_.size());
  const bool kept = file_ != nullptr && std::fwrite(&size, sizeof(size), 1, file_.get()) == 1 &&
                    std::fwrite(bytes_.data(), 1, bytes_.size(), file_.get()) == bytes_.size();
  if (!kept) status_ = DiskFault();
}

void MessageSpool::Rewind() {
  reading_ = false;
  if (file_ == nullptr) return;
  if (std::fflush(file_.get()) != 0 || std::fseek(file_.get(), 0, SEEK_SET) != 0) {
    status_ = DiskFault();
    return;
  }
  reading_ = true;
}

bool MessageSpool::Read(google::protobuf::Message& message) {
  if (!reading_) return false;
  uint32_t size = 0;
  if (std::fread(&size, sizeof(size), 1, file_.get()) != 1) {
    reading_ = false;
    if (std::ferror(file_.get()) != 0) status_ = DiskFault();
    return false;
  }
  bytes_.resize(size);
  reading_ = std::fread(bytes_.data(), 1, size, file_.get()) == size && message.ParseFromString(bytes_);
  if (!reading_) status_ = DiskFault();
  return reading_;
}

}  // namespace kechuang::kc
