import { describe, expect, it } from "vitest";
import { Baskets } from "../src/usecases/baskets";

describe("use cases [L2.use-cases]", () => {
  it("adds an item", () => {
    expect(new Baskets().add("north", "b1", "book", 2).items).toHaveLength(1);
  });

  it("adds the same item twice as one line", () => {
    const baskets = new Baskets();
    baskets.add("north", "b1", "book", 1);
    expect(baskets.add("north", "b1", "book", 1).items).toHaveLength(1);
  });
});
