import { Client, escapeIdentifier } from 'pg';

/** An empty warehouse: its own schema, laid anew, so that each demo begins the same way. */
export async function prepareWarehouse(databaseUrl: string, schema: string): Promise<void> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const name = escapeIdentifier(schema);
    await client.query(`drop schema if exists ${name} cascade`);
    await client.query(`create schema ${name}`);
    await client.query(`
      create table ${name}.orders_daily (run_date text not null, country text not null, orders bigint not null, revenue_cents bigint not null, primary key (run_date, country));
      create table ${name}.published (dataset text not null, run_date text not null, published_at timestamptz not null, primary key (dataset, run_date));
      create table ${name}.revenue_daily (run_date text primary key, revenue_cents bigint not null);
      create table ${name}.revenue_forecast (week int primary key, revenue_cents bigint not null);
      create table ${name}.customers_import (customer_id bigint generated always as identity, email text not null, age text);
      create table ${name}.customers_snapshot (run_date text not null, customer_id bigint not null, email text not null, age integer, primary key (run_date, customer_id));
      insert into ${name}.customers_import (email, age)
        select 'customer' || n || '@shop.example', case when n = 1874 then 'n/a' else (18 + n % 60)::text end from generate_series(1, 2500) as n;
    `);
  } finally {
    await client.end();
  }
}
