/** The compiled program, started after an absence: it polls one connection until every run is in its database, and every fact is decided. */
import { spawnSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { stringify } from 'yaml';
import { startProduct } from '../../test/support/product';
import { compileProduct } from './compiled';
import { withBenchDatabase } from './measure';
import { type Cost, costOf } from './process-cost';
import type { Progress } from './progress';
import { startStrictSink } from './strict-sink';

/** As the connection is named. */
const connection = 'bench';
const everySeconds = 5;
const lookEveryMs = 1_000;

export interface PolledProduct {
  /** Runs that its database knows to have ended. */
  known: number;
  /** What stands more than once in its inbox. */
  twice: number;
  seconds: number;
  /** Of the process as a whole, before it knew of any run and at most; PostgreSQL runs beside it. */
  atRestMb: number;
  cost: Cost;
}

/**
 * @param wish  `settings` of the connection besides its name and kind; `cursor` as a poll before the absence left it
 * @throws Error where not all is known and decided within `withinSeconds`
 */
export async function pollWithProduct(wish: {
  kind: string;
  settings: Record<string, unknown>;
  cursor: unknown;
  count: number;
  withinSeconds: number;
  progress: Pick<Progress, 'enter'>;
  nodeArgs?: string[];
}): Promise<PolledProduct> {
  wish.progress.enter(`${wish.kind}: building the program`);
  const installed = compileProduct();
  let result: PolledProduct | undefined;
  try {
    await withBenchDatabase(async (databaseUrl) => {
      result = await measure(wish, databaseUrl, installed.bin);
    });
  } finally {
    installed.remove();
  }
  if (!result) throw new Error('Nothing was measured.');
  return result;
}

async function measure(
  wish: Parameters<typeof pollWithProduct>[0],
  databaseUrl: string,
  program: string,
): Promise<PolledProduct> {
  const { kind, settings, cursor, count, withinSeconds } = wish;
  migrate(program, databaseUrl);
  const database = new Client({ connectionString: databaseUrl });
  database.on('error', () => undefined); // its server may stop first
  await database.connect();
  const absentSince = new Date(Date.now() - 86_400_000);
  await database.query(`insert into polls (connection, cursor, polled_at, succeeded_at) values ($1, $2, $3, $3)`, [
    ...[connection, JSON.stringify(cursor), absentSince],
  ]);
  const sink = await startStrictSink([{ id: 'C0TEAM', name: 'team' }]);
  const poll = { ...(settings.poll as object | undefined), everySeconds };
  const token = settings.token === undefined ? {} : { token: '${BENCH_TOKEN}' };
  const product = await startProduct({
    ...{ databaseUrl, program, nodeArgs: wish.nodeArgs, slack: sink.slack, env: { BENCH_TOKEN: 'bench' } },
    settings: stringify({
      defaultChannel: '#team',
      orchestrators: [{ name: connection, kind, ...settings, ...token, poll }],
    }),
  });
  const atRestMb = costOf(product.process.pid)?.peakMb ?? 0;
  const began = performance.now();
  let state = { known: 0, waiting: 0 };
  wish.progress.enter(`${kind}: polling`, () => `${state.known} of ${count} runs known, ${state.waiting} facts wait`);
  try {
    for (;;) {
      state = await stateOf(database);
      const { known, waiting } = state;
      if (known >= count && waiting === 0) break;
      const seconds = (performance.now() - began) / 1_000;
      if (seconds > withinSeconds)
        throw new Error(`After ${Math.round(seconds)} s ${known} runs are known, and ${waiting} facts wait.`);
      await sleep(lookEveryMs);
    }
    const seconds = Math.round((performance.now() - began) / 1_000);
    const { known } = await stateOf(database);
    const { rows } = await database.query<{ twice: number }>(
      `select coalesce(sum(times - 1), 0)::int as twice from (
         select count(*) as times from inbox where kind = 'run' and payload ->> 'kind' <> 'started'
         group by payload ->> 'pipeline', payload ->> 'run') as told`,
    );
    const cost = costOf(product.process.pid) ?? { cpuSeconds: 0, peakMb: 0 };
    return { known, twice: rows[0]?.twice ?? 0, seconds, atRestMb, cost };
  } finally {
    await product.kill();
    await sink.stop();
    await database.end().catch(() => undefined);
  }
}

function migrate(program: string, databaseUrl: string): void {
  const env = { PATH: process.env.PATH, HOME: process.env.HOME, DATABASE_URL: databaseUrl };
  const { status, stderr } = spawnSync(process.execPath, [program, 'migrate'], { env, encoding: 'utf8' });
  if (status !== 0) throw new Error(`The database could not be migrated: ${stderr}`);
}

async function stateOf(database: Client): Promise<{ known: number; waiting: number }> {
  const { rows } = await database.query<{ known: number; waiting: number }>(
    `select (select count(*) from runs where ended_at is not null)::int as known,
            (select count(*) from inbox where decided_at is null)::int as waiting`,
  );
  return rows[0] ?? { known: 0, waiting: 0 };
}
