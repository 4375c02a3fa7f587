import { describe, expect, it } from "vitest";
import { books, move, north, south } from "./books";

describe("two tenants [G8.isolation]", () => {
  it("do not see each other's balances", () => {
    expect(() => books().ledger.balance(south, "till")).toThrow("no account");
  });

  it("do not see each other's postings", () => {
    const { ledger } = books();
    ledger.record(north, "p1", move(500));
    expect(ledger.statement(south)).toEqual([]);
    expect(() => ledger.reverse(south, "p1", "p2")).toThrow("no posting");
  });
});
