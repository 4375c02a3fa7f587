import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import pact from "@pact-foundation/pact-core";

/** Starts a server on the loopback interface and returns its address. */
export const listening = async (server: Server): Promise<string> => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};

/**
 * Verifies what consumers expect of a provider, and returns the report of Pact's verifier, which asks `message` for
 * the message of a description.
 */
export const verify = async (
  provider: string,
  server: Server,
  pacts: string[],
  message: (description: string) => unknown = () => undefined,
): Promise<string> => {
  const providerBaseUrl = await listening(server);
  const messages = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const { description } = JSON.parse(Buffer.concat(chunks).toString()) as { description: string };
      response.writeHead(200, { "content-type": "application/json" });
      response.end(JSON.stringify(message(description)));
    });
  });
  const port = Number(new URL(await listening(messages)).port);
  try {
    return await pact.verifyPacts({
      provider,
      providerBaseUrl,
      pactUrls: pacts,
      transports: [{ protocol: "message", scheme: "http", port, path: "/messages" }],
      logLevel: "error",
    });
  } catch (failure) {
    return (failure as Error).message; // of a verification that failed, the report as well
  } finally {
    server.close();
    messages.close();
  }
};

/** Writes a report, and beside it the pacts that it is about. */
export const keep = (folder: string, report: string, pacts: string[]): void => {
  writeFileSync(`${folder}/verification.json`, JSON.stringify(JSON.parse(report), null, 1) + "\n");
  for (const file of pacts) writeFileSync(`${folder}/${file.split("/").at(-1)}`, readFileSync(file));
};
