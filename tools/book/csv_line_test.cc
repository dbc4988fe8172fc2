#include "tools/book/csv_line.h"

#include <string>

#include "gtest/gtest.h"

namespace kechuang::book {
namespace {

TEST(CsvLine, QuotesWhatNeedsIt) {
  EXPECT_EQ(CsvLine({"a", "b,c", "d\"e", "f\ng", ""}), "a,\"b,c\",\"d\"\"e\",\"f\ng\",\r\n");
}

TEST(Inert, PutsAnApostropheBeforeWhatASpreadsheetWouldRun) {
  for (const char* text : {"=1+1", "+cmd|' /C calc'!A0", "-甲", "@SUM(A1)", "\t=1", "\r=1", "'300"}) {
    EXPECT_EQ(Inert(text), std::string("'") + text);
  }
}

TEST(Inert, LeavesNumbersAndOtherTextAlone) {
  for (const char* text : {"", "-1.5", "+86", "300", "甲=乙", "a@b"}) EXPECT_EQ(Inert(text), text);
}

}  // namespace
}  // namespace kechuang::book
