import { describe, expect, it } from "vitest";
import { Replica } from "../src/sync/replica";
import { mutation } from "./mutations";

describe("push", () => {
  it("is idempotent by clientMutationId [G4.push-idempotency]", () => {
    const replica = new Replica();
    replica.push([mutation(1)]);
    replica.push([mutation(1), mutation(1)]);
    expect(replica.pull(0).changes).toHaveLength(1);
  });
});

describe("pull", () => {
  const replica = new Replica();
  replica.push([mutation(1), mutation(2), mutation(3)]);

  it("goes on at the cursor, page by page [G4.pull-cursor:cursor]", () => {
    const first = replica.pull(0);
    expect(first.changes).toEqual([mutation(1), mutation(2)]);
    expect(replica.pull(first.cursor)).toMatchObject({ changes: [mutation(3)], cursor: 3 });
  });

  it("says whether there is another page [G4.pull-cursor:hasMore]", () => {
    expect([0, 1, 2].map((cursor) => replica.pull(cursor).hasMore)).toEqual([true, false, false]);
  });
});
