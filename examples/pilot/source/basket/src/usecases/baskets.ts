import { Basket } from "../domain/basket";

/** All baskets in one map: whoever knows an id sees the basket, whichever tenant's it is. */
export class Baskets {
  private readonly all = new Map<string, Basket>();

  add(_tenant: string, id: string, sku: string, quantity: number): Basket {
    const basket = this.all.get(id) ?? new Basket(id);
    basket.add(sku, quantity);
    this.all.set(id, basket);
    return basket;
  }

  find(_tenant: string, id: string): Basket | undefined {
    return this.all.get(id);
  }
}
