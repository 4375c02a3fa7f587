import { describe, expect, it } from "vitest";
import { Replica } from "../src/sync/replica";
import { mutation } from "./mutations";

describe("sync under faults", () => {
  it("an answer that got lost changes nothing on the second try [G4.chaos:drop]", () => {
    const replica = new Replica();
    replica.push([mutation(1)]); // and nobody hears the answer
    expect(replica.push([mutation(1)])).toEqual(["m1"]);
    expect(replica.pull(0).changes).toHaveLength(1);
  });

  it("the same page is pulled again after a broken connection [G4.chaos:retry]", () => {
    const replica = new Replica();
    replica.push([mutation(1), mutation(2), mutation(3)]);
    expect(replica.pull(0)).toEqual(replica.pull(0));
  });

  it("what was not taken over is sent again [G4.chaos:partial-push]", () => {
    const replica = new Replica();
    const all = [mutation(1), mutation(2), mutation(3)];
    const taken = new Set(replica.push(all, 1));
    replica.push(all.filter((each) => !taken.has(each.clientMutationId)));
    expect(replica.pull(0, 10).changes).toEqual(all);
  });
});
