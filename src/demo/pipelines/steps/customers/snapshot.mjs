import { log, progress, runDate, withWarehouse } from '../lib/job.mjs';

await withWarehouse(async (client) => {
  await progress('reading customers', 2, 1200);
  const { rowCount } = await client.query(
    `insert into customers_snapshot (run_date, customer_id, email, age)
     select $1, customer_id, email, age::integer from customers_import
     on conflict (run_date, customer_id) do update set email = excluded.email, age = excluded.age`,
    [runDate],
  );
  log(`wrote ${rowCount} customers`);
});
