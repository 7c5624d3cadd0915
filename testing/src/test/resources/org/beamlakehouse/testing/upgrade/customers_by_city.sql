/*---
table: gold.customers_by_city
owner: tests
key: [city]
---*/
SELECT city, COUNT(*) AS customers FROM silver.customers WHERE NOT is_deleted GROUP BY city
