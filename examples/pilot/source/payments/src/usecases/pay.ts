export type Tenant = { id: string };
type Payment = { id: string; tenant: string; amount: number; state: "authorised" | "captured" | "refunded" };

/** Payments, kept apart by tenant: what a tenant asks for, it only gets of its own. */
export class Payments {
  private readonly all = new Map<string, Payment>();

  authorise(tenant: Tenant, id: string, amount: number): Payment {
    const known = this.find(tenant, id);
    if (known) return known; // the same request twice is one payment
    const payment: Payment = { id, tenant: tenant.id, amount, state: "authorised" };
    this.all.set(`${tenant.id}/${id}`, payment);
    return payment;
  }

  capture(tenant: Tenant, id: string): Payment {
    return this.move(tenant, id, "authorised", "captured");
  }

  refund(tenant: Tenant, id: string): Payment {
    return this.move(tenant, id, "captured", "refunded");
  }

  find(tenant: Tenant, id: string): Payment | undefined {
    return this.all.get(`${tenant.id}/${id}`);
  }

  private move(tenant: Tenant, id: string, from: Payment["state"], to: Payment["state"]): Payment {
    const payment = this.find(tenant, id);
    if (!payment) throw new Error(`no payment ${id}`);
    if (payment.state !== from) throw new Error(`${id} is ${payment.state}, not ${from}`);
    payment.state = to;
    return payment;
  }
}
