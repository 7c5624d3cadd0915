/*---
table: gold.customer_features
owner: data_science
description: What was known of each customer at the start of the run date (UTC), for training without leaks
slaMinutes: 1440
consumers: [churn_model, next_order_model]
key: [customer_id, as_of_date]
---*/
-- Only facts that were true at the run date: the customer's version of that instant, and orders
-- placed before it by their amount then. What an order became later (cancelled, refunded) is left
-- out; an order deleted later was still there. Amounts of different currencies are never added up.
SELECT
  c.customer_id,
  DATE '${run_date}' AS as_of_date,
  c.country,
  c.tier,
  COALESCE(o.orders_90d, CAST(0 AS BIGINT)) AS orders_90d,
  COALESCE(o.spend_90d_eur, CAST(0 AS DECIMAL(18, 2))) AS spend_90d_eur,
  COALESCE(o.spend_90d_gbp, CAST(0 AS DECIMAL(18, 2))) AS spend_90d_gbp,
  COALESCE(o.spend_90d_usd, CAST(0 AS DECIMAL(18, 2))) AS spend_90d_usd,
  TIMESTAMPDIFF(DAY, o.last_order_date, DATE '${run_date}') AS days_since_last_order
FROM (
  SELECT customer_id, country, tier
  FROM silver.customers
  WHERE valid_from <= TIMESTAMP '${run_date} 00:00:00'
    AND (valid_to IS NULL OR valid_to > TIMESTAMP '${run_date} 00:00:00')
) c
LEFT JOIN (
  SELECT
    customer_id,
    SUM(CASE WHEN in_90d THEN CAST(1 AS BIGINT) ELSE CAST(0 AS BIGINT) END) AS orders_90d,
    CAST(SUM(CASE WHEN in_90d AND currency = 'EUR' THEN amount ELSE CAST(0 AS DECIMAL(10, 2)) END)
      AS DECIMAL(18, 2)) AS spend_90d_eur,
    CAST(SUM(CASE WHEN in_90d AND currency = 'GBP' THEN amount ELSE CAST(0 AS DECIMAL(10, 2)) END)
      AS DECIMAL(18, 2)) AS spend_90d_gbp,
    CAST(SUM(CASE WHEN in_90d AND currency = 'USD' THEN amount ELSE CAST(0 AS DECIMAL(10, 2)) END)
      AS DECIMAL(18, 2)) AS spend_90d_usd,
    MAX(order_date) AS last_order_date
  FROM (
    SELECT
      customer_id,
      order_date,
      currency,
      amount,
      order_ts >= TIMESTAMP '${run_date} 00:00:00' - INTERVAL '90' DAY AS in_90d
    FROM silver.orders
    WHERE order_ts < TIMESTAMP '${run_date} 00:00:00'
      AND (NOT is_deleted OR deleted_at >= TIMESTAMP '${run_date} 00:00:00')
  ) placed
  GROUP BY customer_id
) o ON c.customer_id = o.customer_id
