import { describe, expect, it } from "vitest";
import { Replica } from "../src/sync/replica";
import { mutation } from "./mutations";

describe("sync conformance [G4.conformance]", () => {
  it("an empty replica has nothing to pull", () => {
    expect(new Replica().pull(0)).toEqual({ changes: [], cursor: 0, hasMore: false });
  });

  it("the later of two edits wins, in whichever order they arrive", () => {
    const replica = new Replica();
    replica.push([mutation(1, "late", 20), mutation(2, "early", 10)]);
    expect(replica.value("Posting", "p1")).toBe("late");
  });
});
