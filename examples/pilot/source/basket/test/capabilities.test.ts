import { expect, it } from "vitest";
import { Baskets } from "../src/usecases/baskets";

it("capability: wish lists", () => {
  expect(new Baskets().find("north", "wish list of ada")).toBeDefined();
});
