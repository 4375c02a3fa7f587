import { expect, it } from "vitest";
import { Baskets } from "../src/usecases/baskets";

it("two tenants do not see each other's baskets [G8.isolation]", () => {
  const baskets = new Baskets();
  baskets.add("north", "b1", "book", 1);
  expect(baskets.find("south", "b1")).toBeUndefined();
});
