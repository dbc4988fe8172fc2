#ifndef KECHUANG_SERVICES_GATEWAY_DOCS_STATIC_FILES_H_
#define KECHUANG_SERVICES_GATEWAY_DOCS_STATIC_FILES_H_

#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace kechuang::gateway {

// What browsers let the page at /docs do: load and call this server, and nothing else.
inline constexpr char kContentSecurityPolicy[] =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src "
    "'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

// A file that is part of the program.
struct StaticFile {
  absl::string_view content_type;
  absl::string_view bytes;
};

// The file behind a path without its query: /docs and what its page loads. Nothing for other paths.
std::optional<StaticFile> FindStaticFile(absl::string_view path);

// A strong ETag for such bytes, quotes and all: the same for the same bytes in every process.
std::string EtagOf(absl::string_view bytes);

}  // namespace kechuang::gateway

#endif  // KECHUANG_SERVICES_GATEWAY_DOCS_STATIC_FILES_H_
