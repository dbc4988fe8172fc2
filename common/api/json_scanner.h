#ifndef KECHUANG_COMMON_API_JSON_SCANNER_H_
#define KECHUANG_COMMON_API_JSON_SCANNER_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace kechuang::api {

// Reads a JSON text (RFC 8259, nothing more lenient) value by value, in the order of the text. The caller asks what
// comes and takes just that. After a fault, or beyond the limits of common/api/json.h, nothing comes any more and
// status says why. A copy reads on by itself, from the same place. The text must outlive it and be UTF-8.
class JsonScanner {
 public:
  enum class Kind { kObject, kList, kText, kNumber, kBool, kNull, kNone };

  explicit JsonScanner(absl::string_view text) : text_(text) {}

  // What value comes; kNone after a fault.
  Kind Peek();

  // Takes the beginning of an object; then each NextMember takes one name, after which its value must be taken, or the
  // end (false).
  void BeginObject();
  bool NextMember(std::string& name);
  // The same for a list.
  void BeginList();
  bool NextItem();
  // Take one value of the kind that Peek said.
  std::string TakeText();
  absl::string_view TakeNumber();  // as it is written
  bool TakeBool();
  void TakeNull();
  // Takes a value of any kind.
  void Skip();
  // Takes the end of the whole text: anything but white space is a fault.
  void TakeEnd();

  // OK, or INVALID_ARGUMENT that says what was expected at which line and character, or which limit was passed.
  const absl::Status& status() const { return status_; }

 private:
  bool Count();
  bool Enter(char bracket);
  bool NextPart(char bracket);
  bool TakeQuoted(std::string& out);
  bool TakeEscape(std::string& out);
  int TakeHex4();
  char Next();
  void Fail(absl::string_view english, absl::string_view chinese);
  void PassLimit(absl::string_view english, absl::string_view chinese);

  absl::string_view text_;
  size_t at_ = 0;
  int depth_ = 0;
  int values_ = 0;
  bool fresh_ = false;  // an object or list has just begun
  absl::Status status_;
};

}  // namespace kechuang::api

#endif  // KECHUANG_COMMON_API_JSON_SCANNER_H_
