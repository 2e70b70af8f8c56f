import { log, progress, withWarehouse } from '../lib/job.mjs';

await withWarehouse(async (client) => {
  const { rows } = await client.query(
    'select avg(revenue_cents)::float8 as mean, count(*)::int as days from revenue_daily',
  );
  const [{ mean, days }] = rows;
  if (days === 0) throw new Error('revenue_daily has no rows to forecast from');
  await progress('fitting the model', 3, 900);
  await client.query('delete from revenue_forecast');
  await client.query(
    'insert into revenue_forecast (week, revenue_cents) select n, round($1 * 7) from generate_series(1, 12) as n',
    [mean],
  );
  log(`forecast of 12 weeks from ${days} days`);
});
