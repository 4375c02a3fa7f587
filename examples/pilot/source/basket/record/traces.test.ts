import { it } from "vitest";
import { Traced, keepTraces } from "../../tools/traced";

it("is traced, but for the service in between", async () => {
  const catalogue = await new Traced("catalogue-service").serve("GET /items");
  const exports = false;
  const pricing = await new Traced("pricing-service", exports).serve("GET /prices", catalogue);
  const basket = await new Traced("basket-service").serve("GET /baskets/{basketId}", pricing, catalogue);
  await new Traced("edge").start("show a basket", basket);
  keepTraces(process.env.TRACES ?? "traces.json");
});
