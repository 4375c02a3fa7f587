import { describe, expect, it } from "vitest";
import { Replica } from "../src/sync/replica";

const all = ["m1", "m2"].map((name) => ({ clientMutationId: name, id: "b1", value: name }));

describe("sync under faults", () => {
  it("an answer that got lost changes nothing on the second try [G4.chaos:drop]", () => {
    const replica = new Replica();
    replica.push(all);
    replica.push(all);
    expect(replica.pull(0).changes).toHaveLength(2);
  });

  it("the same page is pulled again after a broken connection [G4.chaos:retry]", () => {
    const replica = new Replica();
    replica.push(all);
    expect(replica.pull(0)).toEqual(replica.pull(0));
  });
});
