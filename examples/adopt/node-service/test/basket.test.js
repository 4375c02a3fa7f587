import assert from "node:assert";
import { test } from "node:test";

import { Basket } from "../src/basket.js";

test("adds up prices", () => {
  const basket = new Basket();
  basket.add(250);
  basket.add(199);
  assert.equal(basket.total(), 449);
});

test("refuses a price of nothing", () => {
  assert.throws(() => new Basket().add(0), RangeError);
});
