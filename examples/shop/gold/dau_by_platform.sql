/*---
table: gold.dau_by_platform
owner: product_analytics
description: Daily active users by platform
slaMinutes: 60
consumers: [growth_api]
key: [event_date, platform]
incrementalBy: event_date
---*/
SELECT event_date, platform, COUNT_DISTINCT(user_id) AS dau, COUNT(*) AS total_events
FROM silver.user_events WHERE dq_passed GROUP BY event_date, platform
