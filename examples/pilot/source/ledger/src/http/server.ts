import { createServer } from "node:http";
import type { Server } from "node:http";
import { Money } from "../domain/money";
import type { Ledger, Tenant } from "../usecases/ledger";

const TENANT: Tenant = { id: "north", residency: "eu" };

/** The API, as far as its consumers' contracts speak of it. */
export const api = (ledger: Ledger, description: unknown = {}): Server =>
  createServer((request, response) => {
    const answer = (status: number, body: unknown, type = "application/json") => {
      response.writeHead(status, { "content-type": type });
      response.end(JSON.stringify(body));
    };
    const problem = (status: number, code: string) => answer(status, { status, code }, "application/problem+json");
    if (request.method === "GET" && request.url === "/openapi.json") return answer(200, description);
    const [, collection, id, part] = (request.url ?? "").split("/");
    if (request.method === "GET" && collection === "accounts" && id && part === "balance") {
      try {
        return answer(200, ledger.balance(TENANT, id).props);
      } catch {
        return problem(404, "ACCOUNT_UNKNOWN");
      }
    }
    if (request.method === "POST" && collection === "postings") {
      if (!request.headers["idempotency-key"]) return problem(400, "IDEMPOTENCY_KEY_MISSING");
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        const { from, to, amount } = JSON.parse(Buffer.concat(chunks).toString()) as Record<string, string>;
        const sum = Money.of(Number(amount), "EUR");
        const key = String(request.headers["idempotency-key"]);
        const posting = ledger.record(TENANT, key, [
          { account: from, amount: sum.negated() },
          { account: to, amount: sum },
        ]);
        answer(201, { id: posting.id });
      });
      return;
    }
    problem(404, "ROUTE_UNKNOWN");
  });
