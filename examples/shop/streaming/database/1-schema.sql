-- The database of the shop's application, with what is in it when the first change is captured.

CREATE TABLE customers (
  customer_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  country text NOT NULL,
  region text NOT NULL,
  tier text NOT NULL DEFAULT 'basic',
  marketing_opt_in boolean NOT NULL DEFAULT false,
  signup_ts timestamptz NOT NULL DEFAULT now(),
  last_seen_at timestamptz NOT NULL DEFAULT now(),
  loyalty_points int NOT NULL DEFAULT 0
);

-- Updates and deletes tell the whole old row, not only its key.
ALTER TABLE customers REPLICA IDENTITY FULL;

CREATE TABLE orders (
  order_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  customer_id bigint NOT NULL, -- refers to nothing: orders outlive accounts
  order_ts timestamptz NOT NULL DEFAULT now(),
  order_date date NOT NULL DEFAULT (now() AT TIME ZONE 'UTC')::date,
  platform text NOT NULL,
  status text NOT NULL DEFAULT 'pending',
  currency text NOT NULL,
  amount numeric(10, 2) NOT NULL,
  refunded_amount numeric(10, 2) NOT NULL DEFAULT 0,
  items text
);

-- Long lists of items are stored apart, uncompressed: updates that leave them alone do not send them.
ALTER TABLE orders ALTER COLUMN items SET STORAGE EXTERNAL;

-- Events of the apps, for Debezium's outbox event router: each row becomes a message of the topic
-- that aggregatetype names, its payload being the message.
CREATE TABLE outbox (
  id uuid DEFAULT gen_random_uuid() PRIMARY KEY,
  aggregatetype text NOT NULL DEFAULT 'user_events',
  aggregateid text NOT NULL,
  type text NOT NULL,
  payload jsonb NOT NULL
);

INSERT INTO customers (country, region, tier, signup_ts, last_seen_at)
SELECT
  (ARRAY['DE', 'FR', 'GB'])[1 + i % 3],
  'EMEA',
  (ARRAY['basic', 'basic', 'plus', 'premium'])[1 + i % 4],
  now() - make_interval(days => i),
  now() - make_interval(days => i / 2)
FROM generate_series(1, 50) i;
