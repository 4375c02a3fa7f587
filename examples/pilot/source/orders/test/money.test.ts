import { expect, it } from "vitest";
import { Money } from "../src/domain/money";

it("Money is equal by value", () => {
  expect(Money.of(5, "EUR").equals(Money.of(5, "EUR"))).toBe(true);
  expect(Money.of(5, "EUR").equals(Money.of(5, "USD"))).toBe(false);
});

it("Money is counted in whole cents", () => {
  expect(() => Money.of(0.5, "EUR")).toThrow("whole number");
});
