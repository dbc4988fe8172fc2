#ifndef KECHUANG_SERVICES_GATEWAY_UPLOAD_REQUEST_H_
#define KECHUANG_SERVICES_GATEWAY_UPLOAD_REQUEST_H_

#include "absl/status/statusor.h"

#include "common/rpc/http_message.h"
#include "tools/kc/import.h"

namespace kechuang::gateway {

// What an upload asks the importer for: the query's kind, fileName, dryRun, partial, createMissing, overwrite, pool and
// division, named as in JSON or with underscores; file is the bare fileName. INVALID_ARGUMENT with every fault at once.
absl::StatusOr<kc::ImportOptions> ReadUpload(const rpc::HttpRequest& request);

// The first of Chinese and English that an Accept-Language header names; English if neither.
kc::Language LanguageOf(absl::string_view accept_language);

}  // namespace kechuang::gateway

#endif  // KECHUANG_SERVICES_GATEWAY_UPLOAD_REQUEST_H_
