#ifndef KECHUANG_TOOLS_BOOK_BOOK_WRITER_H_
#define KECHUANG_TOOLS_BOOK_BOOK_WRITER_H_

#include <xlsxwriter.h>

#include <map>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"

#include "common/domain/day.h"
#include "tools/book/atomic_file.h"

namespace kechuang::book {

// A number as a cell holds it, such as an amount in 万元.
struct Number {
  double value = 0;
};
// A number shown as a percentage: 0.0365 is seen as 3.65%.
struct Percent {
  double value = 0;
};
// A number whose format adds 万, so that what is seen is not what is held.
struct Scaled {
  double value = 0;
};
struct Truth {
  bool value = false;
};
// What a cell holds; monostate for nothing.
using Value = std::variant<std::monostate, std::string, Number, Percent, Scaled, Truth, Day>;

// How a cell looks.
enum class Look {
  kPlain,
  kHead,      // bold
  kRequired,  // the header of a column that must be filled: bold, red
  kBad,       // filled red: the cell to mend
  kAdded,     // filled yellow: what a program added to a person's table
};

// How days are shown: 2022年3月5日 or 2022-03-05.
enum class DayForm { kChinese, kIso };

// A list of words that a cell may be chosen from. Long lists stand on a sheet of their own.
struct WordList {
  std::string sheet;  // where they stand; empty for words that are part of the rule
  int column = 0;
  std::vector<std::string> words;
  bool strict = true;  // other words are refused, not only advised against
};

// Writes one .xlsx workbook, byte for byte the same for the same content. Close it to have it on disk: before, there is
// nothing under its name. Texts are written as texts, so no content becomes a formula.
class BookWriter {
 public:
  // constant_memory writes row by row, for files of many rows: rows then come in order, sheet by sheet.
  BookWriter(const std::string& path, bool constant_memory, DayForm day_form = DayForm::kChinese);
  ~BookWriter();
  BookWriter(const BookWriter&) = delete;
  BookWriter& operator=(const BookWriter&) = delete;

  // Rows go to the sheet that was added last. Characters that a sheet's name may not have become spaces.
  void AddSheet(const std::string& name);
  // A title across so many columns.
  void AddTitle(const std::string& text, int columns);
  void AddRow(const std::vector<Value>& values);
  // A row of headers, in bold.
  void AddHeader(const std::vector<std::string>& headers);
  void SkipRow() { ++row_; }
  // Continues at a row, counted from 0; not before the last one.
  void GoToRow(int row) { row_ = static_cast<lxw_row_t>(row); }
  int row() const { return static_cast<int>(row_); }
  // Writes one cell of the current row; EndRow goes to the next.
  void Put(int column, const Value& value, Look look = Look::kPlain);
  void EndRow() { ++row_; }

  // Things of the current sheet.
  void SetWidth(int first_column, int last_column, double width);
  // Cells of the column that are yet empty hold what is typed as text, so that long codes keep their digits.
  void MakeTextColumn(int column, double width);
  // A note that shows when the mouse is over a cell.
  void Comment(int row, int column, const std::string& text);
  // Offers and checks the words in rows first to last of a column.
  void OfferWords(int column, int first_row, int last_row, const WordList& list);
  void FreezeAbove(int row);
  void HideSheet();

  // Writes the file; UNAVAILABLE with libxlsxwriter's words if the disk or the format does not take it.
  absl::Status Close();

  // Rows of one sheet, header included.
  static constexpr int kRowsMax = 1048576;

 private:
  enum class Form { kGeneral, kDay, kPercent, kScaled, kText };

  lxw_format* FormatOf(Look look, Form form);
  void Note(lxw_error error);

  AtomicFile file_;
  const DayForm day_form_;
  lxw_workbook* book_ = nullptr;  // owned until workbook_close, which frees it
  lxw_worksheet* sheet_ = nullptr;
  std::map<std::pair<Look, Form>, lxw_format*> formats_;
  lxw_row_t row_ = 0;
  lxw_error first_error_ = LXW_NO_ERROR;
};

}  // namespace kechuang::book

#endif  // KECHUANG_TOOLS_BOOK_BOOK_WRITER_H_
