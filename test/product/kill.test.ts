import { setTimeout as sleep } from 'node:timers/promises';
import { createStandIn, defineWorkflow, type StandIn, scriptedRunner } from '../../src/demo/stand-in';
import { systemClock } from '../../src/lib/clock';
import type { Workspace } from '../../src/workspace';
import { createTestDatabase, type TestDatabase } from '../support/database';
import { dueSinceYesterday, faultsOfMonday, liveThroughWeeks, untilMondayIsOver } from '../support/monday';
import { faultsOf, judge, untilSettled } from '../support/oracle';
import { type Product, startProduct, startSmallWorkspace } from '../support/product';
import { planRuns, sendRuns } from '../support/run-stream';
import { seeded } from '../support/seeded';

const seed = Number(process.env.PITCREW_TEST_SEED ?? 20261125);
const random = seeded(seed);

/** Longer than a claim lives, so that what was in flight at the kill is settled within it. */
const settledWithinMs = 60_000;
const teams = 60;

describe(`kill -9 (seed ${seed})`, () => {
  jest.setTimeout(240_000);
  let database: TestDatabase;
  let workspace: Workspace;
  let slack: Record<string, string>;
  let channels: { id: string; name: string }[];
  let standIn: StandIn;
  let settings: string;
  let product: Product | undefined;

  beforeEach(async () => {
    database = await createTestDatabase();
    ({ workspace, slack, channels } = await startSmallWorkspace({ budgets: 'off', channels: teams }));
    standIn = createStandIn({
      pipelines: [defineWorkflow({ id: 'orders_daily', steps: ['extract', 'load'], owner: 'team' })],
      runner: scriptedRunner({
        extract: async () => {
          await sleep(300);
          return { exitCode: 0 };
        },
        load: [
          { exitCode: 1, output: 'psycopg2.errors.UndefinedTable: relation "raw_orders" does not exist' },
          { exitCode: 0, output: 'loaded' },
        ],
      }),
    });
    const { url } = await standIn.start();
    settings = [
      'orchestrators:',
      `  - { name: prod, kind: maestro, url: "${url}", poll: { everySeconds: 1, pipelines: [orders_daily] } }`,
      'routes:',
      '  - { match: { pipeline: "orders_*" }, channel: "#team-0" }',
      'teams:',
      ...channels.map(({ name }) => `  - { name: ${name}, channel: "#${name}" }`),
      'budgets: { postsPerMinute: 6000, editsPerMinute: 6000 }',
    ].join('\n');
  });

  afterEach(async () => {
    await product?.kill();
    await standIn.stop();
    await workspace.stop();
    await database.drop();
  });

  const start = async () => {
    product = await startProduct({ databaseUrl: database.url, slack, settings });
    return product;
  };

  const topLevelPosts = (name: string) =>
    channels.flatMap(({ id }) => workspace.state.messages(id)).filter(({ text }) => text.includes(name));

  it('three times in the middle of 300 events, with answers of Slack lost, loses no alert, tells nobody twice and ends true', async () => {
    const planned = planRuns({ random, runs: 200, teams, overMs: 5_000, paceMs: 1_500 });
    // Whole runs, so that the last event of each is sent.
    let events = 0;
    const runs = planned.filter((run) => {
      if (events >= 300) return false;
      events += run.events.length;
      return true;
    });
    await start();
    const sending = sendRuns(runs, () => product);
    for (let kill = 0; kill < 3; kill += 1) {
      workspace.faults.next({ method: 'chat.postMessage' }, 'drop-answer', { times: 3 });
      await sleep(500 + random() * 1_500);
      const killed = product;
      product = undefined;
      await killed?.kill();
      await start();
    }
    await sending;
    expect((await untilSettled(database.db, settledWithinMs)).waiting).toEqual([]);
    const verdict = await judge(workspace, database.db, runs, (team) => channels[team]?.id ?? '');
    expect(faultsOf(verdict)).toEqual([]);
  });

  it('in the middle of the Monday post leaves one digest in each channel, with one of each chart in its thread', async () => {
    const now = systemClock.now();
    const hearing = channels.slice(0, 2);
    const monday = [
      'teams:',
      ...hearing.map(({ name }) => `  - { name: ${name}, channel: "#${name}" }`),
      `digest: { channel: "#team-0", at: "${dueSinceYesterday(now)}" }`,
    ].join('\n');
    await liveThroughWeeks(
      database.db,
      hearing.map(({ name }) => name),
      now,
    );
    const startMonday = () => startProduct({ databaseUrl: database.url, slack, settings: monday });
    product = await startMonday();
    workspace.faults.next({ method: 'chat.postMessage' }, 'drop-answer');
    await sleep(random() * 1_000);
    await product.kill();
    product = await startMonday();
    await untilMondayIsOver(database.db, hearing.length, settledWithinMs);
    expect(await faultsOfMonday(workspace, database.db)).toEqual([]);
  });

  it('between a press and its outcome restarts the run once, and tells how it ended', async () => {
    const first = await start();
    await standIn.startRun('orders_daily');
    const alert = await workspace.until(
      () => topLevelPosts('orders_daily').find(({ text }) => /Failed/.test(text)),
      20_000,
      'the alert',
    );
    const pressed = await workspace.as('U0DANA').press('C0TEAM0', alert.ts, 'retry-run.v1', { times: 2 });
    expect(pressed.all.every(({ acked }) => acked)).toBe(true);
    await sleep(random() * 300);
    await first.kill();

    await start();
    await workspace.until(
      () => topLevelPosts('orders_daily').some(({ text }) => /Recovered/.test(text)),
      settledWithinMs,
      '"Recovered"',
    );
    await untilSettled(database.db, settledWithinMs);
    expect(topLevelPosts('orders_daily')).toHaveLength(1);
    // A repeated request carries the same id, so that the orchestrator starts one run for it.
    const restarts = standIn.requests.filter(
      ({ method, path }) => method === 'POST' && path.endsWith('/actions/restart'),
    );
    const ids = new Set(restarts.map(({ body }) => (body as { request_id: string }).request_id));
    expect(ids.size).toBe(1);
    const run = await standIn.waitFor('orders_daily', 1, ({ status }) => status === 'SUCCEEDED');
    expect(run.workflow_run_id).toBe(2);
  });
});
