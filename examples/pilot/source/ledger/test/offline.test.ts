import { describe, expect, it } from "vitest";
import { Replica } from "../src/sync/replica";
import { mutation } from "./mutations";

describe("offline hooks [L3.offline-hooks]", () => {
  it("what was noted offline is there after the device comes back", () => {
    const replica = new Replica();
    const noted = [mutation(1), mutation(2)];
    replica.push(noted);
    expect(replica.value("Posting", "p1")).toBe("v2");
  });
});
