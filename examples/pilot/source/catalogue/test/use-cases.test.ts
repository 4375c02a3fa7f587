import { describe, expect, it } from "vitest";
import { search } from "../src/usecases/search";

const items = [
  { sku: "1", title: "Red bicycle" },
  { sku: "2", title: "Blue bicycle" },
];

describe("use cases [L2.use-cases]", () => {
  it("capability: search by title finds an item by its words in any order", () => {
    expect(search(items, "bicycle RED").map((item) => item.sku)).toEqual(["1"]);
  });

  it("finds everything where nothing is asked", () => {
    expect(search(items, " ")).toHaveLength(2);
  });

});
