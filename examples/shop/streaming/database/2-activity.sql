-- What goes on in the shop: CALL activity(60) is a minute of its application's and its apps' work,
-- some thirty small transactions per second.

CREATE FUNCTION one_of(VARIADIC choices text[]) RETURNS text LANGUAGE sql
RETURN choices[random(1, cardinality(choices))];

CREATE PROCEDURE send_event(customer bigint, event_type text, page text) LANGUAGE plpgsql AS $$
DECLARE
  session text := 'session-' || COALESCE(customer, 0) || '-' || random(1, 3);
BEGIN
  INSERT INTO outbox (aggregateid, type, payload)
  VALUES (
    session,
    event_type,
    jsonb_build_object(
      'event_id', gen_random_uuid(),
      'user_id', customer,
      'session_id', session,
      'platform', one_of('web', 'web', 'ios', 'android'),
      'event_type', event_type,
      'event_ts', to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
      'context', jsonb_build_object('page', page, 'app_version', one_of('5.1', '5.2'))));
END $$;

CREATE PROCEDURE sign_up() LANGUAGE plpgsql AS $$
DECLARE
  new_id bigint;
BEGIN
  INSERT INTO customers (country, region)
  SELECT country, region
  FROM (VALUES ('DE', 'EMEA'), ('FR', 'EMEA'), ('GB', 'EMEA'), ('US', 'AMER'), ('BR', 'AMER'), ('JP', 'APAC'))
    AS homes (country, region)
  ORDER BY random()
  LIMIT 1
  RETURNING customer_id INTO new_id;
  CALL send_event(new_id, 'page_view', '/welcome');
END $$;

CREATE PROCEDURE place_order() LANGUAGE plpgsql AS $$
DECLARE
  customer customers;
BEGIN
  SELECT * INTO customer FROM customers ORDER BY random() LIMIT 1;
  CALL send_event(customer.customer_id, 'add_to_cart', '/cart');
  CALL send_event(customer.customer_id, 'checkout', '/checkout');
  INSERT INTO orders (customer_id, platform, currency, amount, items)
  SELECT
    customer.customer_id,
    one_of('web', 'web', 'ios', 'android'),
    CASE customer.country WHEN 'DE' THEN 'EUR' WHEN 'FR' THEN 'EUR' WHEN 'GB' THEN 'GBP' ELSE 'USD' END,
    random(1.99, 299.99),
    -- One in five is long.
    (SELECT jsonb_agg(jsonb_build_object('sku', 'SKU-' || random(1000, 1499), 'quantity', random(1, 3)))::text
      FROM generate_series(1, CASE WHEN random(1, 5) = 1 THEN 80 ELSE random(1, 3) END));
END $$;

-- Orders are paid, shipped, paid back, cancelled, and deleted after that.
CREATE PROCEDURE handle_order() LANGUAGE plpgsql AS $$
DECLARE
  chosen orders;
  next_status text;
BEGIN
  SELECT * INTO chosen FROM orders WHERE status <> 'refunded' ORDER BY status = 'shipped', random() LIMIT 1;
  next_status := CASE chosen.status
    WHEN 'pending' THEN one_of('paid', 'paid', 'paid', 'cancelled')
    WHEN 'paid' THEN one_of('shipped', 'shipped', 'refunded')
    WHEN 'shipped' THEN 'refunded'
  END;
  IF chosen.status = 'cancelled' THEN
    DELETE FROM orders WHERE order_id = chosen.order_id;
  ELSIF next_status = 'refunded' THEN
    -- Now and then more than was paid: the contract's rule refund_within_amount warns of it.
    UPDATE orders
    SET status = next_status,
      refunded_amount = round(amount * (ARRAY[1, 0.5, 0.25, 1.1])[random(1, 4)], 2)
    WHERE order_id = chosen.order_id;
  ELSE
    UPDATE orders SET status = next_status WHERE order_id = chosen.order_id;
  END IF;
END $$;

CREATE PROCEDURE change_customer() LANGUAGE plpgsql AS $$
DECLARE
  chosen bigint := (SELECT customer_id FROM customers ORDER BY random() LIMIT 1);
  kind int := random(1, 10);
BEGIN
  IF kind = 1 THEN
    DELETE FROM customers WHERE customer_id = chosen;
  ELSE
    UPDATE customers
    SET last_seen_at = now(),
      loyalty_points = loyalty_points + random(0, 20),
      tier = CASE WHEN kind <= 4 THEN one_of('basic', 'plus', 'premium') ELSE tier END,
      marketing_opt_in = marketing_opt_in <> (kind = 5)
    WHERE customer_id = chosen;
    CALL send_event(chosen, one_of('page_view', 'product_view', 'search'), '/account');
  END IF;
END $$;

CREATE PROCEDURE activity(seconds numeric) LANGUAGE plpgsql AS $$
DECLARE
  closing timestamptz := clock_timestamp() + make_interval(secs => seconds::double precision);
BEGIN
  WHILE clock_timestamp() < closing LOOP
    CASE random(1, 10)
      WHEN 1 THEN CALL sign_up();
      WHEN 2, 3, 4 THEN CALL place_order();
      WHEN 5, 6, 7 THEN CALL handle_order();
      WHEN 8, 9 THEN CALL change_customer();
      -- Somebody who is not signed in.
      ELSE CALL send_event(NULL, one_of('page_view', 'search'), '/');
    END CASE;
    COMMIT;
    PERFORM pg_sleep(0.03);
  END LOOP;
END $$;
