import { Account } from "../domain/account";
import type { Money } from "../domain/money";
import { Posting } from "../domain/posting";
import type { Line } from "../domain/posting";
import type { Outbox } from "../ports/outbox";

export type Tenant = { id: string; residency: string };

/** The books of all tenants, each kept apart. */
export class Ledger {
  private readonly accounts = new Map<string, Account>();
  private readonly postings = new Map<string, Posting>();

  constructor(private readonly outbox: Outbox) {}

  open(tenant: Tenant, id: string, currency: string): Account {
    const account = new Account(id, currency);
    this.accounts.set(`${tenant.id}/${id}`, account);
    return account;
  }

  balance(tenant: Tenant, id: string): Money {
    return this.account(tenant, id).balance;
  }

  statement(tenant: Tenant): string[] {
    return [...this.postings.keys()].filter((key) => key.startsWith(`${tenant.id}/`));
  }

  /** Takes the same posting twice as one. */
  record(tenant: Tenant, id: string, lines: Line[]): Posting {
    return this.postings.get(`${tenant.id}/${id}`) ?? this.book(tenant, new Posting(id, lines));
  }

  reverse(tenant: Tenant, id: string, by: string): Posting {
    const posting = this.postings.get(`${tenant.id}/${id}`);
    if (!posting) throw new Error(`no posting ${id}`);
    return this.book(tenant, posting.reverse(by));
  }

  private book(tenant: Tenant, posting: Posting): Posting {
    // What is taken comes first, so that nothing is given that is not there.
    const taken = [...posting.lines].sort((a, b) => a.amount.props.amount - b.amount.props.amount);
    taken.forEach((line) => this.account(tenant, line.account).book(line.amount));
    this.postings.set(`${tenant.id}/${posting.id}`, posting);
    this.outbox.add({
      id: posting.id,
      subject: "ledger.posting.recorded",
      tenantId: tenant.id,
      retentionClass: "financial-10y",
      dataResidency: tenant.residency,
      data: { postingId: posting.id, lines: posting.lines.length },
    });
    return posting;
  }

  private account(tenant: Tenant, id: string): Account {
    const account = this.accounts.get(`${tenant.id}/${id}`);
    if (!account) throw new Error(`no account ${id}`);
    return account;
  }
}
