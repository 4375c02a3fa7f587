CREATE TABLE accounts (
    tenant_id uuid NOT NULL,
    id text NOT NULL,
    currency char(3) NOT NULL,
    balance bigint NOT NULL DEFAULT 0 CHECK (balance >= 0),
    closed boolean NOT NULL DEFAULT false,
    PRIMARY KEY (tenant_id, id)
);

CREATE TABLE postings (
    tenant_id uuid NOT NULL,
    id text NOT NULL,
    reversed_by text,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id)
);

CREATE TABLE posting_lines (
    tenant_id uuid NOT NULL,
    posting_id text NOT NULL,
    account_id text NOT NULL,
    amount bigint NOT NULL,
    FOREIGN KEY (tenant_id, posting_id) REFERENCES postings (tenant_id, id),
    FOREIGN KEY (tenant_id, account_id) REFERENCES accounts (tenant_id, id)
);

ALTER TABLE accounts ENABLE ROW LEVEL SECURITY;
ALTER TABLE accounts FORCE ROW LEVEL SECURITY;
CREATE POLICY of_tenant ON accounts USING (tenant_id = current_setting('app.tenant_id')::uuid);

ALTER TABLE postings ENABLE ROW LEVEL SECURITY;
ALTER TABLE postings FORCE ROW LEVEL SECURITY;
CREATE POLICY of_tenant ON postings USING (tenant_id = current_setting('app.tenant_id')::uuid);

ALTER TABLE posting_lines ENABLE ROW LEVEL SECURITY;
ALTER TABLE posting_lines FORCE ROW LEVEL SECURITY;
CREATE POLICY of_tenant ON posting_lines USING (tenant_id = current_setting('app.tenant_id')::uuid);
