import { describe, expect, it } from "vitest";
import { Replica } from "../src/sync/replica";
import { mutation } from "./mutations";

describe("push", () => {
  it("is idempotent by clientMutationId", () => {
    const replica = new Replica();
    replica.push([mutation(1)]);
    replica.push([mutation(1), mutation(1)]);
    expect(replica.pull(0).changes).toHaveLength(1);
  });
});

describe("pull", () => {
  it("goes on at the cursor, page by page, while hasMore", () => {
    const replica = new Replica();
    replica.push([mutation(1), mutation(2), mutation(3)]);
    const first = replica.pull(0);
    expect(first).toMatchObject({ cursor: 2, hasMore: true });
    expect(replica.pull(first.cursor)).toEqual({ changes: [mutation(3)], cursor: 3, hasMore: false });
  });
});
