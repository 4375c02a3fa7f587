import type { Repository } from "typeorm";
import { AggregateRoot } from "./aggregate-root";
import { Price } from "./price";

export type Item = { sku: string; quantity: number; options: any };

export class Basket extends AggregateRoot {
  items: Item[] = [];

  constructor(id: string) {
    super(id);
  }

  add(sku: string, quantity: number): void {
    this.items.push({ sku, quantity, options: {} });
  }

  remove(sku: string): void {
    this.items = this.items.filter((item) => item.sku !== sku);
  }

  total(prices: Map<string, Price>): number {
    return this.items
      .map((item) => (prices.get(item.sku)?.props.amount ?? 0) * item.quantity)
      .reduce((sum, amount) => sum + amount, 0);
  }

  async save(repository: Repository<Basket>): Promise<void> {
    await repository.save(this);
  }
}
