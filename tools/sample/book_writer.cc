#include "tools/sample/book_writer.h"

#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"

namespace kechuang::sample {

BookWriter::BookWriter(const std::string& path, bool constant_memory) : path_(path) {
  lxw_workbook_options options{};
  options.constant_memory = constant_memory ? LXW_TRUE : LXW_FALSE;
  book_ = workbook_new_opt(path.c_str(), &options);
  lxw_doc_properties properties{};
  properties.created = 1676851200;  // 2023-02-20, so that the bytes do not depend on the day
  workbook_set_properties(book_, &properties);
  bold_ = workbook_add_format(book_);
  format_set_bold(bold_);
  date_ = workbook_add_format(book_);
  format_set_num_format(date_, "yyyy\"年\"m\"月\"d\"日\"");
  percent_ = workbook_add_format(book_);
  format_set_num_format(percent_, "0.00%");
}

BookWriter::~BookWriter() {
  if (book_ != nullptr) workbook_close(book_);
}

void BookWriter::AddSheet(const std::string& name) {
  sheet_ = workbook_add_worksheet(book_, name.c_str());
  row_ = 0;
  worksheet_set_column(sheet_, 1, 12, 18, nullptr);
}

void BookWriter::AddTitle(const std::string& text, int columns) {
  worksheet_merge_range(sheet_, row_, 0, row_, static_cast<lxw_col_t>(columns - 1), text.c_str(), bold_);
  ++row_;
}

void BookWriter::AddRow(const std::vector<Value>& values) {
  lxw_col_t column = 0;
  for (const Value& value : values) {
    if (const auto* text = std::get_if<std::string>(&value)) {
      worksheet_write_string(sheet_, row_, column, text->c_str(), nullptr);
    } else if (const auto* number = std::get_if<Number>(&value)) {
      worksheet_write_number(sheet_, row_, column, number->value, nullptr);
    } else if (const auto* percent = std::get_if<Percent>(&value)) {
      worksheet_write_number(sheet_, row_, column, percent->value, percent_);
    } else if (const auto* day = std::get_if<Day>(&value)) {
      lxw_datetime datetime{day->Year(), day->Month(), day->DayOfMonth(), 0, 0, 0};
      worksheet_write_datetime(sheet_, row_, column, &datetime, date_);
    }
    ++column;
  }
  ++row_;
}

void BookWriter::AddHeader(const std::vector<std::string>& headers) {
  lxw_col_t column = 0;
  for (const std::string& header : headers) worksheet_write_string(sheet_, row_, column++, header.c_str(), bold_);
  ++row_;
}

absl::Status BookWriter::Close() {
  const lxw_error error = workbook_close(std::exchange(book_, nullptr));
  if (error == LXW_NO_ERROR) return absl::OkStatus();
  return absl::UnavailableError(absl::StrCat("cannot write ", path_, " (无法写入): ", lxw_strerror(error)));
}

}  // namespace kechuang::sample
