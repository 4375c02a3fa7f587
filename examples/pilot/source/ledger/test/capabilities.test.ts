import { expect, it } from "vitest";
import { books, eur, move, north } from "./books";

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
