import { readFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { afterAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { api } from "../src/http/server";
import { books } from "./books";

const description: unknown = parse(readFileSync("../services/ledger-service/api/openapi-current.yaml", "utf8"));
const server = api(books().ledger, description).listen(0, "127.0.0.1");
afterAll(() => server.close());

describe("the API", () => {
  it("serves its description at /openapi.json [G2.published]", async () => {
    const { port } = server.address() as AddressInfo;
    const response = await fetch(`http://127.0.0.1:${String(port)}/openapi.json`);
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("application/json");
    expect(await response.json()).toEqual(description);
  });
});
