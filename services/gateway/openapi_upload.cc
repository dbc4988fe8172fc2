#include "services/gateway/openapi_upload.h"

#include <utility>

#include "services/gateway/openapi_errors.h"

namespace kechuang::gateway {
namespace {

using Json = nlohmann::ordered_json;

constexpr char kDescription[] =
    "Takes the bytes of an .xlsx or .csv file, as `kc import` does. All or nothing, unless partial. The same file "
    "again changes nothing, and after an import that was cut short it goes on. Rejected rows are no error: the "
    "answer lists them. Needs the permission to import into the register that the kind belongs to: "
    "enterprise.import, loan.import or contract.import.";

constexpr char kOperation[] = R"json({
"tags": ["Files"],
"summary": "Imports a spreadsheet into its register",
"operationId": "Files_Import",
"parameters": [
  {"name": "kind", "in": "query", "required": true, "description": "What the file holds.", "example": "contracts",
   "schema": {"type": "string",
              "enum": ["enterprises", "certifications", "pools", "banks", "loans", "contracts"]}},
  {"name": "fileName", "in": "query", "required": true,
   "description": "What the file is called, without a folder; its end says what it is.",
   "example": "2022年技术合同.xlsx",
   "schema": {"type": "string",
              "pattern": "^[^./\\\\][^/\\\\]*\\.([xX][lL][sS][xX]|[cC][sS][vV])$"}},
  {"name": "dryRun", "in": "query", "description": "True to get the verdict on every row and write nothing.",
   "schema": {"type": "boolean"}},
  {"name": "partial", "in": "query", "description": "True to write the good rows although others are rejected.",
   "schema": {"type": "boolean"}},
  {"name": "createMissing", "in": "query",
   "description": "Loans only: true to make banks that the register does not hold, and the pool given here.",
   "schema": {"type": "boolean"}},
  {"name": "overwrite", "in": "query",
   "description": "True to change records that somebody changed since an import last set them.",
   "schema": {"type": "boolean"}},
  {"name": "pool", "in": "query", "description": "Loans only: the pool of rows that name none.",
   "example": "pools/ningke-2022", "schema": {"type": "string"}},
  {"name": "division", "in": "query", "description": "Enterprises only: the district of rows that name none.",
   "example": "640105", "schema": {"type": "string", "pattern": "^[0-9]{6}$"}}],
"requestBody": {"required": true, "description": "The bytes of the file, at most 512 MiB.", "content": {
  "application/octet-stream": {},
  "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": {},
  "text/csv": {}}},
"responses": {"200": {
  "description": "What became of the rows.",
  "content": {"application/json": {"schema": {"$ref": "#/components/schemas/ImportResult"}}}}}
})json";

constexpr char kResultSchema[] = R"json({
"type": "object",
"description": "What an import did, or would do.",
"properties": {
  "file": {"type": "string"},
  "kind": {"type": "string"},
  "importId": {"type": "string", "description": "Names the import in its register's journal: imports/{importId}."},
  "dryRun": {"type": "boolean"},
  "written": {"type": "boolean", "description": "False if nothing was written."},
  "inserted": {"type": "integer", "format": "int64"},
  "changed": {"type": "integer", "format": "int64"},
  "unchanged": {"type": "integer", "format": "int64"},
  "rejected": {"type": "integer", "format": "int64"},
  "conflicts": {"type": "integer", "format": "int64",
                "description": "Rows that would change what somebody changed since an import last set it."},
  "journal": {"type": "object", "description": "The first and the last entry on the journal; 0 if there is none.",
              "properties": {"first": {"type": "integer", "format": "int64"},
                             "last": {"type": "integer", "format": "int64"}}},
  "problems": {"type": "array", "items": {"$ref": "#/components/schemas/ImportProblem"}},
  "problemCount": {"type": "integer", "format": "int64", "description": "How many there are; fewer may be listed."},
  "warnings": {"type": "array", "items": {"$ref": "#/components/schemas/ImportProblem"}},
  "made": {"type": "array", "description": "Records that createMissing made.", "items": {"type": "string"}}}
})json";

constexpr char kProblemSchema[] = R"json({
"type": "object",
"description": "Something about one cell or row, in the language of Accept-Language.",
"properties": {
  "sheet": {"type": "string"},
  "row": {"type": "integer", "description": "As a spreadsheet counts, from 1."},
  "column": {"type": "string", "description": "As a spreadsheet names it; empty for the whole row.", "examples": ["C"]},
  "header": {"type": "string"},
  "value": {"type": "string"},
  "reason": {"type": "string"},
  "message": {"type": "string"},
  "suggestion": {"type": "string", "description": "What was likely meant; empty if nothing can be said."}}
})json";

}  // namespace

void AddUpload(Json& paths, SchemaBook& book) {
  Json operation = Json::parse(kOperation);
  operation["description"] = kDescription;
  AddErrors(operation["responses"]);
  paths["/v1/files:import"]["post"] = std::move(operation);
  book.Add("ImportResult", Json::parse(kResultSchema));
  book.Add("ImportProblem", Json::parse(kProblemSchema));
}

}  // namespace kechuang::gateway
