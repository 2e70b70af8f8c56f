import { log, progress, withWarehouse } from '../lib/job.mjs';

await withWarehouse(async (client) => {
  await progress('reading order files', 3, 1200);
  await client.query('begin');
  await client.query(
    'create table if not exists raw_orders (order_id bigint primary key, country text not null, amount_cents bigint not null)',
  );
  const { rowCount } = await client.query(`
    insert into raw_orders
    select n, (array['DE', 'FR', 'PL', 'ES'])[1 + n % 4], 1000 + (n * 37) % 9000 from generate_series(1, 12000) as n
    on conflict do nothing`);
  await client.query('commit');
  log(`landed ${rowCount} orders in raw_orders`);
});
