import { Money } from "./money";

export type Line = { sku: string; quantity: number; price: Money };

/** An order keeps its lines positive and does not change once it is placed. */
export class Order {
  private placed = false;

  constructor(
    readonly id: string,
    private readonly lines: Line[] = [],
  ) {
    lines.forEach((line) => this.check(line));
  }

  add(line: Line): void {
    if (this.placed) throw new Error("a placed order does not change");
    this.check(line);
    this.lines.push(line);
  }

  remove(sku: string): void {
    if (this.placed) throw new Error("a placed order does not change");
    const at = this.lines.findIndex((line) => line.sku === sku);
    if (at < 0) throw new Error(`no line ${sku}`);
    this.lines.splice(at, 1);
  }

  place(): void {
    if (this.lines.length === 0) throw new Error("an empty order cannot be placed");
    this.placed = true;
  }

  total(): Money {
    return this.lines
      .map((line) => line.price.times(line.quantity))
      .reduce((sum, price) => sum.plus(price), Money.of(0, this.lines[0]?.price.props.currency ?? "EUR"));
  }

  private check(line: Line): void {
    if (line.quantity <= 0) throw new RangeError("a quantity is above zero");
  }
}
