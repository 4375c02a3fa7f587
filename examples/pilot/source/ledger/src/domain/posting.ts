import { AggregateRoot } from "./aggregate-root";
import type { Money } from "./money";

export type Line = { account: string; amount: Money };

/** What is taken from some accounts is given to others; a posting is reversed at most once. */
export class Posting extends AggregateRoot {
  private reversal?: string;

  constructor(
    id: string,
    readonly lines: readonly Line[],
  ) {
    super(id);
    if (lines.length < 2) throw new RangeError("a posting has two lines at least");
    const sum = lines.map((line) => line.amount).reduce((total, amount) => total.plus(amount));
    if (sum.props.amount !== 0) throw new RangeError("the lines of a posting sum to zero");
  }

  reverse(id: string): Posting {
    if (this.reversal) throw new Error(`already reversed by ${this.reversal}`);
    this.reversal = id;
    return new Posting(id, this.lines.map((line) => ({ ...line, amount: line.amount.negated() })));
  }
}
