#ifndef KECHUANG_TOOLS_KC_IMPORT_REJECTS_H_
#define KECHUANG_TOOLS_KC_IMPORT_REJECTS_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"

#include "tools/book/book_writer.h"
#include "tools/kc/import.h"
#include "tools/kc/import_walk.h"

namespace kechuang::kc {

// Writes the refused rows of a file into a workbook of the same layout, to be mended and imported: titles and headers
// as they are, the cells to mend coloured, and the columns of kMendingColumns behind. There is no file until Close, and
// none at all without refused rows. Rows go to disk one by one.
class RejectsBook {
 public:
  RejectsBook(std::string path, Language language) : path_(std::move(path)), language_(language) {}

  absl::Status TakeTable(const SheetFacts& facts, std::vector<sheet::Row> head);
  // Takes a row; writes it if it was refused.
  absl::Status TakeRow(const RowStory& story);
  // Refused rows so far.
  int64_t rows() const { return rows_; }
  absl::Status Close();

 private:
  void WriteHead();
  void PutMending(const std::vector<Finding>& faults, int row);

  const std::string path_;
  const Language language_;
  std::unique_ptr<book::BookWriter> book_;
  std::string sheet_;
  sheet::Header header_;
  std::vector<sheet::Row> head_;
  bool head_written_ = false;
  int own_columns_ = 0;  // columns of the file itself; the added ones stand behind
  int64_t rows_ = 0;
};

}  // namespace kechuang::kc

#endif  // KECHUANG_TOOLS_KC_IMPORT_REJECTS_H_
