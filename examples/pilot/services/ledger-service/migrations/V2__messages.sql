-- Written in the transaction that changes the books, and sent from here.
CREATE TABLE outbox (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    subject text NOT NULL,
    payload jsonb NOT NULL,
    sent_at timestamptz
);

-- Which events were booked, so that each is booked once.
CREATE TABLE inbox (
    message_id text PRIMARY KEY,
    processed_at timestamptz NOT NULL DEFAULT now()
);
