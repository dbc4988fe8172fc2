#include "tools/kc/import_spool.h"

#include <cstdint>
#include <cstdio>
#include <string>

namespace kechuang::kc {
namespace {

absl::Status DiskFault() {
  return absl::UnavailableError(
      "the outcomes of the rows could not be kept in the folder for temporary files; is it full? "
      "(无法在临时文件夹中暂存各行的处理结果，磁盘是否已满？)");
}

}  // namespace

void OutcomeSpool::Clear() {
  file_.reset();
  at_end_ = true;
  status_ = absl::OkStatus();
}

void OutcomeSpool::Add(const ledger::v1::RowOutcome& outcome) {
  if (!status_.ok()) return;
  if (file_ == nullptr) file_.reset(std::tmpfile());
  bytes_.clear();
  outcome.AppendToString(&bytes_);
  const auto size = static_cast<uint32_t>(bytes_.size());
  const bool kept = file_ != nullptr && std::fwrite(&size, sizeof(size), 1, file_.get()) == 1 &&
                    std::fwrite(bytes_.data(), 1, bytes_.size(), file_.get()) == bytes_.size();
  if (!kept) status_ = DiskFault();
}

void OutcomeSpool::Rewind() {
  at_end_ = true;
  if (file_ == nullptr) return;
  if (std::fflush(file_.get()) != 0 || std::fseek(file_.get(), 0, SEEK_SET) != 0) {
    status_ = DiskFault();
    return;
  }
  at_end_ = false;
  Next();
}

void OutcomeSpool::Next() {
  if (at_end_) return;
  uint32_t size = 0;
  if (std::fread(&size, sizeof(size), 1, file_.get()) != 1) {
    at_end_ = true;
    if (std::ferror(file_.get()) != 0) status_ = DiskFault();
    return;
  }
  bytes_.resize(size);
  if (std::fread(bytes_.data(), 1, size, file_.get()) != size || !current_.ParseFromString(bytes_)) {
    at_end_ = true;
    status_ = DiskFault();
  }
}

}  // namespace kechuang::kc
