/** Loaded, changed and saved as a whole. */
export abstract class AggregateRoot {
  protected constructor(readonly id: string) {
    if (!id.trim()) throw new RangeError("an aggregate has an id");
  }
}
