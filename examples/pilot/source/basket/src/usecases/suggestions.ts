type Suggestion = { basket: string; text: string; provenance?: { model: string } };

/** Keeps what was suggested, with or without where it comes from. */
export class Suggestions {
  readonly kept: Suggestion[] = [];

  keep(suggestion: Suggestion): void {
    this.kept.push(suggestion);
  }
}
