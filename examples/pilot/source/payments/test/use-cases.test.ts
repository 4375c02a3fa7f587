import { describe, expect, it } from "vitest";
import { Payments } from "../src/usecases/pay";

const tenant = { id: "north" };

describe("use cases [L2.use-cases]", () => {
  it("authorises and captures a payment", () => {
    const payments = new Payments();
    payments.authorise(tenant, "p1", 1000);
    expect(payments.capture(tenant, "p1").state).toBe("captured");
  });

  it("takes the same request twice as one payment", () => {
    const payments = new Payments();
    expect(payments.authorise(tenant, "p1", 1000)).toBe(payments.authorise(tenant, "p1", 1000));
  });

  it("capability: refunds", () => {
    const payments = new Payments();
    payments.authorise(tenant, "p1", 1000);
    payments.capture(tenant, "p1");
    expect(payments.refund(tenant, "p1").state).toBe("refunded");
  });
});
