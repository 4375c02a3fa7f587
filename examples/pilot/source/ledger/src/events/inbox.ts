type Handler = (data: Record<string, unknown>) => void;
const REQUIRED = ["id", "tenantId", "retentionClass", "dataResidency"];
const SCHEMAS: Record<string, Record<string, string>> = {
  "payments.payment.captured": { paymentId: "string", amount: "number" },
  "payments.payment.refunded": { paymentId: "string", amount: "number" },
};

/** Takes each event once, and none that is not as its schema says. */
export class Inbox {
  private readonly seen = new Set<string>();

  constructor(private readonly handle: Handler) {}

  consume(subject: string, event: Record<string, unknown>): void {
    const schema = SCHEMAS[subject];
    if (!schema) throw new Error(`nobody registered ${subject}`);
    const data = (event.data ?? {}) as Record<string, unknown>;
    const lacks = [
      ...REQUIRED.filter((name) => typeof event[name] !== "string"),
      ...Object.keys(schema).filter((name) => typeof data[name] !== schema[name]),
    ];
    if (lacks.length) throw new Error(`${subject}: ${lacks.join(", ")}`);
    if (this.seen.has(String(event.id))) return;
    this.seen.add(String(event.id));
    this.handle(data);
  }
}
