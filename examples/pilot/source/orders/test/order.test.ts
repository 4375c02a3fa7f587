import { describe, expect, it } from "vitest";
import { Money } from "../src/domain/money";
import { Order } from "../src/domain/order";

const book = { sku: "book", quantity: 2, price: Money.of(1250, "EUR") };

describe("Order", () => {
  it("refuses a quantity of zero", () => {
    expect(() => new Order("1", [{ ...book, quantity: 0 }])).toThrow("above zero");
  });

  it("does not change once it is placed", () => {
    const order = new Order("1", [book]);
    order.place();
    expect(() => order.add(book)).toThrow("does not change");
  });

  it("cannot be placed while it is empty", () => {
    expect(() => new Order("1").place()).toThrow("empty");
  });

  it("sums its lines", () => {
    const order = new Order("1", [book]);
    order.add({ sku: "pen", quantity: 1, price: Money.of(199, "EUR") });
    expect(order.total().equals(Money.of(2699, "EUR"))).toBe(true);
  });
});
