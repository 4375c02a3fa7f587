import { describe, expect, it } from "vitest";
import { GatewayAIClient } from "../src/adapters/gateway-ai-client";
import { ExplainPosting } from "../src/usecases/explain-posting";
import { Ledger } from "../src/usecases/ledger";
import { books, eur, move, north } from "./books";

describe("the loss of a part is not the loss of the whole", () => {
  it("postings are recorded while the AI gateway is down", async () => {
    const { ledger } = books();
    const down = new GatewayAIClient("https://gateway.example/complete", () =>
      Promise.resolve(new Response(null, { status: 503 })),
    );
    const posting = ledger.record(north, "p1", move(500));
    await expect(new ExplainPosting(down).explain(posting)).rejects.toThrow("answers 503");
    expect(ledger.balance(north, "bank").equals(eur(500))).toBe(true);
  });

  it("a posting that fails half-way leaves the accounts as they were", () => {
    const { ledger } = books();
    expect(() => ledger.record(north, "p1", move(10_001))).toThrow("never overdrawn");
    expect(ledger.balance(north, "till").equals(eur(10_000))).toBe(true);
    expect(ledger.balance(north, "bank").equals(eur(0))).toBe(true);
  });

  it("a full disk under the outbox is told, not swallowed", () => {
    const ledger = new Ledger({
      add: () => {
        throw new Error("no space left");
      },
    });
    ledger.open(north, "till", "EUR").book(eur(1));
    ledger.open(north, "bank", "EUR");
    expect(() => ledger.record(north, "p1", move(1))).toThrow("no space left");
  });
});
