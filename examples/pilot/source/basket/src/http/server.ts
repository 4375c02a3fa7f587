import { createServer } from "node:http";
import type { Server } from "node:http";
import type { Baskets } from "../usecases/baskets";

/** The API, as far as its consumers' contracts speak of it. */
export const api = (baskets: Baskets): Server =>
  createServer((request, response) => {
    const [, , id] = (request.url ?? "").split("/");
    const basket = baskets.find("north", id ?? "");
    response.writeHead(basket ? 200 : 500, { "content-type": "application/json" });
    response.end(JSON.stringify(basket ? { id, items: basket.items } : { error: "no such basket" }));
  });
