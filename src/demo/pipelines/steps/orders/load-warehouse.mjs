import { log, runDate, withWarehouse } from '../lib/job.mjs';

await withWarehouse(async (client) => {
  log('adding up raw_orders by country');
  const { rowCount } = await client.query(
    `insert into orders_daily (run_date, country, orders, revenue_cents)
     select $1, country, count(*), sum(amount_cents)
     from raw_orders
     group by country
     on conflict (run_date, country) do update set orders = excluded.orders, revenue_cents = excluded.revenue_cents`,
    [runDate],
  );
  log(`wrote ${rowCount} rows to orders_daily`);
});
