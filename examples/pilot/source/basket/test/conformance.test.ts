import { expect, it } from "vitest";
import { Replica } from "../src/sync/replica";

it("[G4.conformance] an empty replica has nothing to pull", () => {
  expect(new Replica().pull(0)).toEqual({ changes: [], cursor: 0, hasMore: false });
});
