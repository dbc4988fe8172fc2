#ifndef KECHUANG_TOOLS_KC_SESSION_H_
#define KECHUANG_TOOLS_KC_SESSION_H_

#include <filesystem>
#include <functional>
#include <istream>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "absl/status/status.h"

#include "tools/kc/connection.h"
#include "tools/kc/language.h"
#include "tools/kc/table.h"

namespace kechuang::kc {

enum class OutputFormat { kTable, kJson, kCsv };
enum class ColourMode { kAuto, kAlways, kNever };

// Where kc runs. The streams stay with the caller.
struct Surroundings {
  Variables variables;            // of the environment
  std::filesystem::path program;  // where this program lies
  std::istream& in;
  std::ostream& out;
  std::ostream& err;
  bool out_is_terminal = false;
  bool err_is_terminal = false;
  int width = 0;  // columns of the terminal that out is; 0 if it is none
  // Shows a text page by page; false if it could not. Not set where nobody turns pages.
  std::function<bool(const std::string& text)> page = {};
  // Asks the person for a line that is not shown as it is typed; false if it could not. Not set where nobody is asked.
  std::function<bool(const std::string& prompt, std::string& secret)> ask_secret = {};
};

// One run of a command: what its code needs to ask the suite and to answer the person.
struct Session {
  Surroundings& around;
  Language language = Language::kEnglish;
  OutputFormat output = OutputFormat::kTable;
  bool output_chosen = false;   // --output was given
  bool errors_as_json = false;  // --output json was given
  ColourMode colour = ColourMode::kAuto;
  std::vector<std::string> columns = {};        // what --columns names; all that tell if empty
  std::unique_ptr<Connection> connection = {};  // null for commands that ask nobody

  std::ostream& out() const { return around.out; }
  // How this person's tables look.
  TableStyle style() const;
  // Whether err may have colours.
  bool colours_err() const;
  // Prints an error; its exit code.
  int Fail(const absl::Status& status) const;
  // Prints a line beside the result.
  void Note(const Words& words) const;
};

// Prints rows in the session's format: an aligned table, CSV with a head, or {"items": [{"title": "text"}]}.
void PrintRows(const Session& session, const std::string& items, const std::vector<TableColumn>& columns,
               const std::vector<std::vector<std::string>>& rows);

}  // namespace kechuang::kc

#endif  // KECHUANG_TOOLS_KC_SESSION_H_
