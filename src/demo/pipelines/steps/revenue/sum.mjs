import { log, progress, runDate, withWarehouse } from '../lib/job.mjs';

const column = process.env.REVENUE_COLUMN;
await withWarehouse(async (client) => {
  await progress('checking the orders of the day', 2, 600);
  log(`adding up ${column}`);
  const { rows } = await client.query(
    `insert into revenue_daily (run_date, revenue_cents)
     select $1, coalesce(sum(${column}), 0) from orders_daily where run_date = $1
     on conflict (run_date) do update set revenue_cents = excluded.revenue_cents
     returning revenue_cents`,
    [runDate],
  );
  log(`revenue of ${runDate}: ${rows[0].revenue_cents} cents`);
});
