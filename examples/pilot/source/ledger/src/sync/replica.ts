export type Mutation = { clientMutationId: string; aggregate: string; id: string; at: number; value: string };
export type Page = { changes: Mutation[]; cursor: number; hasMore: boolean };

/** What devices push and pull; of two edits of the same thing the later one wins. */
export class Replica {
  private readonly log: Mutation[] = [];
  private readonly seen = new Set<string>();

  /** Returns which mutations were taken over, so that a device sends the rest again. */
  push(mutations: Mutation[], accepts = mutations.length): string[] {
    return mutations.slice(0, accepts).map((mutation) => {
      if (!this.seen.has(mutation.clientMutationId)) {
        this.seen.add(mutation.clientMutationId);
        this.log.push(mutation);
      }
      return mutation.clientMutationId;
    });
  }

  pull(cursor: number, limit = 2): Page {
    const changes = this.log.slice(cursor, cursor + limit);
    const next = cursor + changes.length;
    return { changes, cursor: next, hasMore: next < this.log.length };
  }

  value(aggregate: string, id: string): string | undefined {
    const edits = this.log.filter((each) => each.aggregate === aggregate && each.id === id);
    return edits.sort((a, b) => b.at - a.at)[0]?.value;
  }
}
