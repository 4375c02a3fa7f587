import type { AddressInfo } from "node:net";
import { afterAll, describe, expect, it } from "vitest";
import { api } from "../src/http/server";
import { Baskets } from "../src/usecases/baskets";

const server = api(new Baskets()).listen(0, "127.0.0.1");
afterAll(() => server.close());

describe("the API", () => {
  it("serves its description at /openapi.json [G2.published]", async () => {
    const { port } = server.address() as AddressInfo;
    const response = await fetch(`http://127.0.0.1:${String(port)}/openapi.json`);
    expect(response.status).toBe(200);
  });
});
