import { describe, expect, it } from "vitest";
import { books, eur, move, north } from "./books";

describe("use cases [L2.use-cases]", () => {
  it("records a posting and tells the outbox", () => {
    const { ledger, sent } = books();
    ledger.record(north, "p1", move(500));
    expect(ledger.balance(north, "bank").equals(eur(500))).toBe(true);
    expect(sent.map((event) => event.subject)).toEqual(["ledger.posting.recorded"]);
  });

  it("takes the same posting twice as one", () => {
    const { ledger, sent } = books();
    expect(ledger.record(north, "p1", move(500))).toBe(ledger.record(north, "p1", move(500)));
    expect(sent).toHaveLength(1);
  });
});
