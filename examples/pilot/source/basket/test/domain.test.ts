import { expect, it } from "vitest";
import { Basket } from "../src/domain/basket";
import { Price } from "../src/domain/price";

it("Basket holds what was added", () => {
  const basket = new Basket("b1");
  basket.add("book", 2);
  expect(basket.items).toHaveLength(1);
});

it("Basket refuses a quantity of zero", () => {
  expect(() => new Basket("b1").add("book", 0)).toThrow("above zero");
});

it("Price is equal by value", () => {
  expect(new Price(5, "EUR") === new Price(5, "EUR")).toBe(true);
});
