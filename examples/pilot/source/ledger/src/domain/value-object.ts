/** Equal by value, compared through equals(). */
export abstract class ValueObject<T extends object> {
  protected constructor(readonly props: Readonly<T>) {}

  equals(other: ValueObject<T>): boolean {
    return JSON.stringify(this.props) === JSON.stringify(other.props);
  }
}
