CREATE TABLE baskets (
    id text PRIMARY KEY,
    tenant_id uuid NOT NULL,
    filled_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE basket_items (
    basket_id text NOT NULL REFERENCES baskets (id),
    tenant_id uuid NOT NULL,
    sku text NOT NULL,
    quantity integer NOT NULL
);

ALTER TABLE basket_items ENABLE ROW LEVEL SECURITY;
