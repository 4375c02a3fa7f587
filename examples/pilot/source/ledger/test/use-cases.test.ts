import { describe, expect, it } from "vitest";
import { books, eur, move, north } from "./books";

describe("use cases", () => {
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

  it("capability: reversals", () => {
    const { ledger } = books();
    ledger.record(north, "p1", move(500));
    ledger.reverse(north, "p1", "p2");
    expect(ledger.balance(north, "till").equals(eur(10_000))).toBe(true);
  });

  it("capability: monthly statements", () => {
    const { ledger } = books();
    ledger.record(north, "p1", move(500));
    ledger.record(north, "p2", move(100));
    expect(ledger.statement(north)).toEqual(["north/p1", "north/p2"]);
  });
});
