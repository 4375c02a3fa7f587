import type { Order } from "../domain/order";

export interface OrderStore {
  save(order: Order): Promise<void>;
}
