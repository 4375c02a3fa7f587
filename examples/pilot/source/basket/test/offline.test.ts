import { expect, it } from "vitest";
import { Replica } from "../src/sync/replica";

it("offline hooks: what was pushed while offline arrives in part and is told [L3.offline-hooks]", () => {
  expect(new Replica().push([{ clientMutationId: "m1", id: "b1", value: "book" }], 0)).toEqual([]);
});
