import { expect, it } from "vitest";
import { keep, verify } from "../../tools/pact";
import { api } from "../src/http/server";
import { books } from "../test/books";

it("keeps its consumers' pacts", async () => {
  const pacts = ["ledger/pacts/payments-service.json", "ledger/pacts/statements-service.json"];
  const report = await verify("ledger-service", api(books().ledger), pacts);
  keep(process.env.PACTS ?? ".", report, pacts);
  expect(JSON.parse(report).result).toBe(true);
});
