/** What every job shares: log lines with a time, a wait that stands for work elsewhere, the warehouse. */
import { setTimeout as wait } from 'node:timers/promises';

const { WORKFLOW_ID, STEP_ID, ATTEMPT } = process.env;

export const log = (message) => console.log(`${new Date().toISOString()} INFO  [${WORKFLOW_ID}.${STEP_ID}] ${message}`);

export const runDate = process.env.TARGET_RUN_DATE ?? '';

/** Numbered progress over about the given milliseconds. */
export async function progress(what, steps, totalMs) {
  for (let step = 1; step <= steps; step += 1) {
    await wait(totalMs / steps);
    log(`${what}: ${step} of ${steps}`);
  }
}

/** Runs `use` with a client whose search path is the warehouse's schema. */
export async function withWarehouse(use) {
  const { default: pg } = await import('pg');
  const client = new pg.Client({ connectionString: process.env.WAREHOUSE_URL, application_name: WORKFLOW_ID });
  await client.connect();
  try {
    await client.query(`set search_path to ${pg.escapeIdentifier(process.env.WAREHOUSE_SCHEMA)}`);
    log('connected to the warehouse');
    return await use(client);
  } finally {
    await client.end();
  }
}

log(`starting for ${runDate}, attempt ${ATTEMPT}`);
