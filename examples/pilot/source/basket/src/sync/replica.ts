export type Mutation = { clientMutationId: string; id: string; value: string };

/** Takes over whatever devices push, as often as they push it, and gives it all back at once. */
export class Replica {
  private readonly log: Mutation[] = [];

  push(mutations: Mutation[], accepts = mutations.length): void {
    this.log.push(...mutations.slice(0, accepts));
  }

  pull(_cursor: number): { changes: Mutation[] } {
    return { changes: this.log };
  }
}
