// story ADDRESS KEY: makes two contracts, gets one, lists both by pages, and is refused twice; prints what it saw.
import { Code, ConnectError, createClient, type Client } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";

import { BadRequestSchema, ErrorInfoSchema, LocalizedMessageSchema } from "./gen/google/rpc/error_details_pb.js";
import { ContractService } from "./gen/kechuang/contract/v1/contract_service_pb.js";

const LANGUAGE = "typescript";
const [address, key] = process.argv.slice(2);

const contracts: Client<typeof ContractService> = createClient(
  ContractService,
  createGrpcTransport({
    baseUrl: `http://${address}`,
    defaultTimeoutMs: 20_000,
    interceptors: [
      (next) => (request) => {
        request.header.set("authorization", `Bearer ${key}`);
        return next(request);
      },
    ],
  }),
);

async function create(which: string, totalAmountFen: bigint): Promise<void> {
  const made = await contracts.createContract({
    contractId: `d-${LANGUAGE}-${which}`,
    contract: { contractName: "高效节能电机控制系统开发", totalAmountFen },
  });
  console.log(`created ${made.name} state ${made.state} fen ${made.totalAmountFen}`);
}

async function get(which: string): Promise<void> {
  const contract = await contracts.getContract({ name: `contracts/d-${LANGUAGE}-${which}` });
  console.log(`got ${contract.contractName} revision ${contract.revision}`);
}

async function listAll(): Promise<void> {
  let pages = 0;
  let pageToken = "";
  do {
    const page = await contracts.listContracts({ pageSize: 1, pageToken });
    for (const contract of page.contracts) console.log(`listed ${contract.name}`);
    pageToken = page.nextPageToken;
    ++pages;
  } while (pageToken !== "");
  console.log(`pages ${pages}`);
}

// Details are looked for in the order in which errors carry them, so that every language prints the same.
async function refused(call: Promise<unknown>): Promise<void> {
  const error = await call.then(
    () => {
      throw new Error("it was not refused");
    },
    (reason: unknown) => ConnectError.from(reason),
  );
  if (error.code === Code.Unknown) throw error;
  console.log(`refused ${error.code}`);
  for (const request of error.findDetails(BadRequestSchema)) {
    for (const violation of request.fieldViolations) console.log(`wrong ${violation.field} ${violation.reason}`);
  }
  for (const info of error.findDetails(ErrorInfoSchema)) console.log(`reason ${info.reason} of ${info.domain}`);
  for (const chinese of error.findDetails(LocalizedMessageSchema)) console.log(`chinese ${chinese.message}`);
}

await create("first", 50_000_000n);
await create("second", 60_000_000n);
await get("first");
await listAll();
await refused(contracts.getContract({ name: "contracts/d-nothing" }));
await refused(contracts.createContract({ contract: { seller: { creditCode: "1" }, totalAmountFen: -1n } }));
// The transport keeps its connection, which would hold the process.
process.exit(0);
