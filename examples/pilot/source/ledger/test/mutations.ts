import type { Mutation } from "../src/sync/replica";

export const mutation = (number: number, value = `v${number}`, at = number): Mutation => ({
  clientMutationId: `m${number}`,
  aggregate: "Posting",
  id: "p1",
  at,
  value,
});
