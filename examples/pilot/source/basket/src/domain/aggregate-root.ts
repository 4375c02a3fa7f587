/** Loaded, changed and saved as a whole. */
export abstract class AggregateRoot {
  protected constructor(readonly id: string) {}
}
