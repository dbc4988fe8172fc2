// story ADDRESS KEY: makes two contracts, gets one, lists both by pages, and is refused twice; prints what it saw. Knows the API
// by nothing but the types that were generated from its OpenAPI document.
import createClient from "openapi-fetch";

import type { components, paths } from "./gen/api.js";

type Status = components["schemas"]["google.rpc.Status"];

const LANGUAGE = "rest";
const [address, key] = process.argv.slice(2);
const client = createClient<paths>({ baseUrl: `http://${address}`, headers: { Authorization: `Bearer ${key}` } });

function succeeded<T>(answer: { data?: T; error?: Status }): T {
  if (answer.data === undefined) throw new Error(JSON.stringify(answer.error));
  return answer.data;
}

async function create(which: string, totalAmountFen: string): Promise<void> {
  const made = succeeded(
    await client.POST("/v1/contracts", {
      params: { query: { contractId: `d-${LANGUAGE}-${which}` } },
      body: { contractName: "高效节能电机控制系统开发", totalAmountFen },
    }),
  );
  console.log(`created ${made.name} state ${made.state} fen ${made.totalAmountFen}`);
}

async function get(which: string): Promise<void> {
  const path = { contract: `d-${LANGUAGE}-${which}` };
  const contract = succeeded(await client.GET("/v1/contracts/{contract}", { params: { path } }));
  console.log(`got ${contract.contractName} revision ${contract.revision}`);
}

async function listAll(): Promise<void> {
  let pages = 0;
  let pageToken: string | undefined;
  do {
    const query = { pageSize: 1, pageToken };
    const page = succeeded(await client.GET("/v1/contracts", { params: { query } }));
    for (const contract of page.contracts ?? []) console.log(`listed ${contract.name}`);
    pageToken = page.nextPageToken;
    ++pages;
  } while (pageToken);
  console.log(`pages ${pages}`);
}

function refused(answer: { data?: unknown; error?: Status; response: Response }): void {
  if (answer.error === undefined) throw new Error("it was not refused");
  console.log(`refused ${answer.error.code}`);
  for (const detail of answer.error.details ?? []) {
    switch (detail["@type"]) {
      case "type.googleapis.com/google.rpc.BadRequest":
        for (const violation of detail.fieldViolations ?? []) console.log(`wrong ${violation.field} ${violation.reason}`);
        break;
      case "type.googleapis.com/google.rpc.ErrorInfo":
        console.log(`reason ${detail.reason} of ${detail.domain}`);
        break;
      case "type.googleapis.com/google.rpc.LocalizedMessage":
        console.log(`chinese ${detail.message}`);
        break;
    }
  }
}

await create("first", "50000000");
await create("second", "60000000");
await get("first");
await listAll();
refused(await client.GET("/v1/contracts/{contract}", { params: { path: { contract: "d-nothing" } } }));
refused(await client.POST("/v1/contracts", { body: { seller: { creditCode: "1" }, totalAmountFen: "-1" } }));
