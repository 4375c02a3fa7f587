import { describe, expect, it } from "vitest";
import { Payments } from "../src/usecases/pay";

describe("two tenants @G8.isolation", () => {
  it("do not see each other's payments", () => {
    const payments = new Payments();
    payments.authorise({ id: "north" }, "p1", 1000);
    expect(payments.find({ id: "south" }, "p1")).toBeUndefined();
  });

  it("may use the same id for different payments", () => {
    const payments = new Payments();
    payments.authorise({ id: "north" }, "p1", 1000);
    payments.authorise({ id: "south" }, "p1", 2000);
    expect(payments.find({ id: "north" }, "p1")?.amount).toBe(1000);
  });
});
