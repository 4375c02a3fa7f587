import { describe, expect, it } from "vitest";
import { Inbox } from "../src/events/inbox";
import { books, move, north } from "./books";

const event = {
  id: "e1",
  tenantId: "north",
  retentionClass: "financial-10y",
  dataResidency: "eu",
  data: { paymentId: "p1", amount: 500 },
};

describe.each(["payments.payment.captured", "payments.payment.refunded"])("consumes %s", (subject) => {
  it("takes it as its schema says, and once only [G3.inbox-checked]", () => {
    const taken: unknown[] = [];
    const inbox = new Inbox((data) => taken.push(data));
    inbox.consume(subject, event);
    inbox.consume(subject, event);
    expect(taken).toEqual([event.data]);
  });

  it("refuses it without what the schema requires [G3.incoming-validated]", () => {
    const inbox = new Inbox(() => expect.unreachable());
    expect(() => inbox.consume(subject, { ...event, tenantId: undefined })).toThrow("tenantId");
    expect(() => inbox.consume(subject, { ...event, data: { amount: "500" } })).toThrow("paymentId, amount");
  });
});

it("writes ledger.posting.recorded to the outbox [G3.outbox-written]", () => {
  const { ledger, sent } = books();
  ledger.record(north, "p1", move(500));
  expect(sent).toMatchObject([{ subject: "ledger.posting.recorded", tenantId: "north" }]);
});
