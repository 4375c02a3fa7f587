import { Order, type Line } from "../domain/order";
import type { OrderStore } from "../ports/order-store";

/** Places an order and keeps it. */
export class PlaceOrder {
  constructor(private readonly orders: OrderStore) {}

  async place(id: string, lines: Line[]): Promise<Order> {
    const order = new Order(id, lines);
    order.place();
    await this.orders.save(order);
    return order;
  }
}
