/*---
table: gold.clicks_by_day
owner: tests
key: [event_date, page]
incrementalBy: event_date
---*/
SELECT event_date, page, COUNT(*) AS clicks FROM silver.clicks GROUP BY event_date, page
