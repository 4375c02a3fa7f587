import { describe, expect, it } from "vitest";
import { Inbox } from "../src/events/inbox";

describe("consumes catalogue.item.repriced", () => {
  it("hands it over", () => {
    const taken: unknown[] = [];
    new Inbox((data) => taken.push(data)).consume("catalogue.item.repriced", { data: { sku: "book" } });
    expect(taken).toHaveLength(1);
  });

  it("refuses it without what the schema requires [G3.incoming-validated]", () => {
    const inbox = new Inbox(() => undefined);
    expect(() => inbox.consume("catalogue.item.repriced", {})).toThrow("sku");
  });
});
