import { expect, it } from "vitest";
import { keep, verify } from "../../tools/pact";
import { api } from "../src/http/server";
import { Baskets } from "../src/usecases/baskets";

it("does not keep its consumer's pact", async () => {
  const baskets = new Baskets();
  baskets.add("north", "b1", "book", 1);
  const pacts = ["basket/pacts/storefront.json"];
  const report = await verify("basket-service", api(baskets), pacts);
  keep(process.env.PACTS ?? ".", report, pacts);
  expect(JSON.parse(report).result).toBe(false);
});
