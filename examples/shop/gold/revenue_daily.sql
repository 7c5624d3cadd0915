/*---
table: gold.revenue_daily
owner: finance
description: Net revenue per day after refunds, by currency and platform
slaMinutes: 60
consumers: [finance_dashboard, board_report]
key: [order_date, currency, platform]
incrementalBy: order_date
---*/
-- A refund counts on the day of its order, so a late refund recomputes that day.
SELECT
  order_date,
  currency,
  platform,
  COUNT(*) AS orders,
  CAST(SUM(amount) AS DECIMAL(18, 2)) AS gross_revenue,
  CAST(SUM(refunded_amount) AS DECIMAL(18, 2)) AS refunds,
  CAST(SUM(amount - refunded_amount) AS DECIMAL(18, 2)) AS net_revenue
FROM silver.orders
WHERE dq_passed
  AND NOT is_deleted
  AND status IN ('paid', 'shipped', 'refunded')
GROUP BY order_date, currency, platform
