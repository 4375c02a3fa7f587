import { ValueObject } from "./value-object";

/** An amount in the smallest unit of its currency; below zero it is owed. */
export class Money extends ValueObject<{ amount: number; currency: string }> {
  static of(amount: number, currency: string): Money {
    if (!Number.isInteger(amount)) throw new RangeError("an amount is a whole number of cents");
    return new Money({ amount, currency });
  }

  plus(other: Money): Money {
    if (other.props.currency !== this.props.currency) throw new RangeError("currencies differ");
    return Money.of(this.props.amount + other.props.amount, this.props.currency);
  }

  negated(): Money {
    return Money.of(0 - this.props.amount, this.props.currency);
  }
}
