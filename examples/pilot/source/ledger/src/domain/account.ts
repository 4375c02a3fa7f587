import { AggregateRoot } from "./aggregate-root";
import { Money } from "./money";

/** An account is never overdrawn, and does not change once it is closed. */
export class Account extends AggregateRoot {
  private closed = false;
  private held: Money;

  constructor(id: string, currency: string) {
    super(id);
    if (!/^[A-Z]{3}$/.test(currency)) throw new RangeError("a currency has three letters");
    this.held = Money.of(0, currency);
  }

  get balance(): Money {
    return this.held;
  }

  book(amount: Money): void {
    if (this.closed) throw new Error("a closed account does not change");
    const next = this.held.plus(amount);
    if (next.props.amount < 0) throw new RangeError("an account is never overdrawn");
    this.held = next;
  }

  close(): void {
    if (this.held.props.amount !== 0) throw new Error("only an empty account can be closed");
    this.closed = true;
  }
}
