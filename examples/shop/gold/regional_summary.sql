/*---
table: gold.regional_summary
owner: sales_operations
description: Customers of today and their net revenue, by region and country
slaMinutes: 240
consumers: [sales_dashboard]
key: [region, country]
---*/
-- A customer counts where they live now, with all orders they ever made.
-- The inner sums are cast: Beam SQL would round a bare decimal sum to whole numbers in COALESCE.
SELECT
  c.region,
  c.country,
  COUNT(*) AS customers,
  SUM(CASE WHEN o.orders > 0 THEN CAST(1 AS BIGINT) ELSE CAST(0 AS BIGINT) END) AS buyers,
  SUM(COALESCE(o.orders, CAST(0 AS BIGINT))) AS orders,
  CAST(SUM(COALESCE(o.net_eur, CAST(0 AS DECIMAL(18, 2)))) AS DECIMAL(18, 2)) AS net_revenue_eur,
  CAST(SUM(COALESCE(o.net_gbp, CAST(0 AS DECIMAL(18, 2)))) AS DECIMAL(18, 2)) AS net_revenue_gbp,
  CAST(SUM(COALESCE(o.net_usd, CAST(0 AS DECIMAL(18, 2)))) AS DECIMAL(18, 2)) AS net_revenue_usd
FROM (SELECT customer_id, region, country FROM silver.customers WHERE is_current) c
LEFT JOIN (
  SELECT
    customer_id,
    COUNT(*) AS orders,
    CAST(SUM(CASE WHEN currency = 'EUR' THEN amount - refunded_amount ELSE CAST(0 AS DECIMAL(10, 2)) END)
      AS DECIMAL(18, 2)) AS net_eur,
    CAST(SUM(CASE WHEN currency = 'GBP' THEN amount - refunded_amount ELSE CAST(0 AS DECIMAL(10, 2)) END)
      AS DECIMAL(18, 2)) AS net_gbp,
    CAST(SUM(CASE WHEN currency = 'USD' THEN amount - refunded_amount ELSE CAST(0 AS DECIMAL(10, 2)) END)
      AS DECIMAL(18, 2)) AS net_usd
  FROM silver.orders
  WHERE dq_passed
    AND NOT is_deleted
    AND status IN ('paid', 'shipped', 'refunded')
  GROUP BY customer_id
) o ON c.customer_id = o.customer_id
GROUP BY c.region, c.country
