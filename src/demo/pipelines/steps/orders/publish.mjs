import { log, progress, runDate, withWarehouse } from '../lib/job.mjs';

await withWarehouse(async (client) => {
  await progress('checking row counts', 2, 1000);
  const { rows } = await client.query(
    'select count(*)::int as countries, sum(orders)::int as orders from orders_daily where run_date = $1',
    [runDate],
  );
  log(`${rows[0].orders} orders in ${rows[0].countries} countries`);
  await client.query(
    `insert into published (dataset, run_date, published_at) values ('orders_daily', $1, $2)
     on conflict (dataset, run_date) do update set published_at = excluded.published_at`,
    [runDate, new Date()],
  );
  // The raw orders of a day are staged for one load; the next day's import lays them anew.
  await client.query('drop table raw_orders');
  log(`published orders_daily for ${runDate}`);
});
