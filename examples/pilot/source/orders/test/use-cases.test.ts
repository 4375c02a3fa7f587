import { describe, expect, it } from "vitest";
import { Money } from "../src/domain/money";
import type { Order } from "../src/domain/order";
import { PlaceOrder } from "../src/usecases/place-order";

describe("use cases [L2.use-cases]", () => {
  const saved: Order[] = [];
  const orders = new PlaceOrder({ save: async (order) => void saved.push(order) });

  it("places an order and keeps it", async () => {
    const order = await orders.place("1", [{ sku: "book", quantity: 2, price: Money.of(1250, "EUR") }]);
    expect(saved).toEqual([order]);
  });

  it("keeps no order that is refused", async () => {
    saved.length = 0;
    await expect(orders.place("2", [])).rejects.toThrow("empty");
    expect(saved).toEqual([]);
  });
});
