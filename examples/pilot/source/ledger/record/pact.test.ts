import { expect, it } from "vitest";
import { keep, verify } from "../../tools/pact";
import { api } from "../src/http/server";
import { books, move, north } from "../test/books";

it("keeps its consumers' pacts", async () => {
  const consumers = ["payments-service", "statements-service"];
  const pacts = consumers.flatMap((name) => [`ledger/pacts/${name}.json`, `ledger/pacts/${name}-events.json`]);
  const recorded = () => {
    const { ledger, sent } = books();
    ledger.record(north, "capture-p1", move(500));
    return sent[0];
  };
  const report = await verify("ledger-service", api(books().ledger), pacts, recorded);
  keep(process.env.PACTS ?? ".", report, pacts);
  expect(JSON.parse(report).result).toBe(true);
});
