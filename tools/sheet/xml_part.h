#ifndef KECHUANG_TOOLS_SHEET_XML_PART_H_
#define KECHUANG_TOOLS_SHEET_XML_PART_H_

#include <zip.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

#include "tools/sheet/workbook.h"

namespace kechuang::sheet {

// The attributes of an element, as the parser lends them for one call.
class Attributes {
 public:
  explicit Attributes(const char** pairs) : pairs_(pairs) {}

  // The value of the attribute with this name without its prefix; empty if there is none.
  absl::string_view Get(absl::string_view local_name) const;
  // The same, but only if the attribute has a prefix, as r:id has.
  absl::string_view GetPrefixed(absl::string_view local_name) const;

 private:
  const char** pairs_;
};

// What a reader does with a part. Names come without their prefix. An error ends the reading and is its result.
struct PartHandler {
  std::function<absl::Status(absl::string_view element, const Attributes& attributes)> on_start;
  std::function<absl::Status(absl::string_view element)> on_end;
  std::function<absl::Status(absl::string_view text)> on_text;
};

// The zip archive that an .xlsx file is. One thread at a time.
class Archive {
 public:
  static absl::StatusOr<Archive> Open(const std::string& path, const Limits& limits);

  bool Has(const std::string& part) const;
  // Streams the bytes of one part, with the checks of Parse but for those of XML.
  absl::Status Read(const std::string& part, absl::FunctionRef<absl::Status(absl::string_view bytes)> on_bytes) const;
  // Streams one XML part through a handler. INVALID_ARGUMENT if it is missing, damaged, encrypted, not XML, larger than
  // the limits allow, or declares a document type.
  absl::Status Parse(const std::string& part, const PartHandler& handler) const;

 private:
  struct Close {
    void operator()(zip_t* archive) const { zip_discard(archive); }
  };

  Archive(std::unique_ptr<zip_t, Close> archive, const Limits& limits)
      : archive_(std::move(archive)), limits_(limits) {}

  std::unique_ptr<zip_t, Close> archive_;
  Limits limits_;
};

}  // namespace kechuang::sheet

#endif  // KECHUANG_TOOLS_SHEET_XML_PART_H_
