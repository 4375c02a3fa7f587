/** Holds its values; nobody has written an equals() yet. */
export abstract class ValueObject<T extends object> {
  protected constructor(readonly props: Readonly<T>) {}
}
