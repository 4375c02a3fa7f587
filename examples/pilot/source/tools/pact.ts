import { readFileSync, writeFileSync } from "node:fs";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import pact from "@pact-foundation/pact-core";

/** Starts a server on the loopback interface and returns its address. */
export const listening = async (server: Server): Promise<string> => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};

/** Verifies what consumers expect of a provider, and returns the report of Pact's verifier. */
export const verify = async (provider: string, server: Server, pacts: string[]): Promise<string> => {
  const providerBaseUrl = await listening(server);
  try {
    return await pact.verifyPacts({ provider, providerBaseUrl, pactUrls: pacts, logLevel: "error" });
  } catch (failure) {
    return (failure as Error).message; // of a verification that failed, the report as well
  } finally {
    server.close();
  }
};

/** Writes a report, and beside it the pacts that it is about. */
export const keep = (folder: string, report: string, pacts: string[]): void => {
  writeFileSync(`${folder}/verification.json`, JSON.stringify(JSON.parse(report), null, 1) + "\n");
  for (const file of pacts) writeFileSync(`${folder}/${file.split("/").at(-1)}`, readFileSync(file));
};
