import { describe, expect, it } from "vitest";
import { Replica } from "../src/sync/replica";

const mutation = { clientMutationId: "m1", id: "b1", value: "book" };

describe("push", () => {
  it("is idempotent by clientMutationId [G4.push-idempotency]", () => {
    const replica = new Replica();
    replica.push([mutation]);
    replica.push([mutation]);
    expect(replica.pull(0).changes).toHaveLength(1);
  });
});

describe("pull", () => {
  it("goes on at the cursor [G4.pull-cursor:cursor]", () => {
    const replica = new Replica();
    replica.push([mutation]);
    expect(replica.pull(0)).toMatchObject({ cursor: 1, hasMore: false });
  });
});
