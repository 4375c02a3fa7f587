/** What a customer wants to buy; prices are in cents. */
export class Basket {
  #prices = [];

  /** Adds a line; a price must be positive. */
  add(price) {
    if (price <= 0) throw new RangeError("a price must be positive");
    this.#prices.push(price);
  }

  total() {
    return this.#prices.reduce((sum, price) => sum + price, 0);
  }
}
