import { expect, it } from "vitest";
import { Baskets } from "../src/usecases/baskets";

it("a basket outlives the process that filled it", () => {
  new Baskets().add("north", "b1", "book", 1);
  const afterTheCrash = new Baskets();
  expect(afterTheCrash.find("north", "b1")).toBeDefined();
});
