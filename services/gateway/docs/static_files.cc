#include "services/gateway/docs/static_files.h"

#include <array>

#include "absl/strings/str_cat.h"

#include "common/base/sha256.h"
#include "services/gateway/docs/index_html.h"
#include "services/gateway/docs/page_css.h"
#include "services/gateway/docs/page_js.h"
#include "services/gateway/docs/swagger_ui_bundle.h"
#include "services/gateway/docs/swagger_ui_css.h"
#include "services/gateway/docs/swagger_ui_icon.h"
#include "services/gateway/docs/swagger_ui_license.h"
#include "services/gateway/docs/swagger_ui_notice.h"

namespace kechuang::gateway {
namespace {

struct Entry {
  absl::string_view path;
  absl::string_view content_type;
  absl::string_view (*bytes)();
};

constexpr absl::string_view kHtml = "text/html; charset=utf-8";
constexpr absl::string_view kCss = "text/css; charset=utf-8";
constexpr absl::string_view kScript = "text/javascript; charset=utf-8";
constexpr absl::string_view kText = "text/plain; charset=utf-8";

constexpr std::array<Entry, 9> kFiles = {{
    {"/docs", kHtml, &IndexHtml},
    {"/docs/", kHtml, &IndexHtml},
    {"/docs/page.css", kCss, &PageCss},
    {"/docs/page.js", kScript, &PageJs},
    {"/docs/swagger-ui.css", kCss, &SwaggerUiCss},
    {"/docs/swagger-ui-bundle.js", kScript, &SwaggerUiBundle},
    {"/docs/favicon-32x32.png", "image/png", &SwaggerUiIcon},
    {"/docs/LICENSE", kText, &SwaggerUiLicense},
    {"/docs/NOTICE", kText, &SwaggerUiNotice},
}};

}  // namespace

std::optional<StaticFile> FindStaticFile(absl::string_view path) {
  for (const Entry& file : kFiles) {
    if (file.path == path) return StaticFile{file.content_type, file.bytes()};
  }
  return std::nullopt;
}

std::string EtagOf(absl::string_view bytes) {
  constexpr size_t kHexDigits = 32;
  return absl::StrCat("\"", Sha256Hex(bytes).substr(0, kHexDigits), "\"");
}

}  // namespace kechuang::gateway
