// node lint.mjs FOLDER PROGRAM: fails on any error that a public validator finds in the OpenAPI document that PROGRAM prints.
// The validator is what package-lock.json pins, in FOLDER/node_modules.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createRequire } from "node:module";
import path from "node:path";

const [folder, program] = process.argv.slice(2);
const core = createRequire(path.join(folder, "package.json"))("@redocly/openapi-core");

const config = await core.createConfig({
  extends: ["recommended-strict"],
  rules: {
    "no-invalid-schema-examples": { severity: "error", allowAdditionalProperties: false },
    "no-invalid-parameter-examples": { severity: "error", allowAdditionalProperties: false },
    "no-required-schema-properties-undefined": "error",
    "operation-tag-defined": "error",
    "parameter-description": "error",
    // The tree states no licence; a server "/" means the one that the document came from.
    "info-license": "off",
    "info-license-strict": "off",
    "no-server-trailing-slash": "off",
    // What tells /v1/loans/{loan} and /v1/loans:import apart is the grammar of google.api.http, which this rule does not know.
    "no-ambiguous-paths": "off",
  },
});

async function problemsOf(text) {
  const problems = await core.lintFromString({ source: text, absoluteRef: "/openapi.json", config });
  return problems.map(({ severity, ruleId, message, location }) => `${severity}: ${ruleId}: ${message} at ${location?.[0]?.pointer}`);
}

// The validator sees what is wrong, or its silence would prove nothing.
async function assertSees(rule, text, spoil) {
  const document = JSON.parse(text);
  spoil(document);
  const problems = await problemsOf(JSON.stringify(document));
  assert.ok(problems.some((problem) => problem.includes(rule)), `the validator overlooked ${rule}: ${problems.slice(0, 3)}`);
}

const text = execFileSync(program, { encoding: "utf8", maxBuffer: 64 * 1024 * 1024 });
const document = JSON.parse(text);
const problems = await problemsOf(text);
for (const problem of problems) console.log(problem);
assert.equal(problems.length, 0, `${problems.length} problems`);

await assertSees("path-parameters-defined", text, (broken) => delete broken.paths["/v1/loans/{loan}"].get.parameters);
await assertSees("no-unresolved-refs", text, (broken) => delete broken.components.schemas["loan.Loan"]);
await assertSees("struct", text, (broken) => delete broken.info.title);
await assertSees("no-invalid-schema-examples", text, (broken) => {
  broken.components.schemas["google.type.Date"].examples = [{ year: "2022" }];
});

const operations = Object.values(document.paths).flatMap((item) => Object.values(item));
console.log(`${operations.length} operations, ${Object.keys(document.components.schemas).length} schemas, no problem`);
