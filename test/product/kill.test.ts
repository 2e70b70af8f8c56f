import { setTimeout as sleep } from 'node:timers/promises';
import { createStandIn, defineWorkflow, type StandIn, scriptedRunner } from '../../src/demo/stand-in';
import type { Workspace } from '../../src/workspace';
import { createTestDatabase, type TestDatabase } from '../support/database';
import { failedEvent, type Product, postEvents, startProduct, startSmallWorkspace } from '../support/product';

/** mulberry32: the moments of the kills are the same in every run, and printed. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const seed = Number(process.env.PITCREW_TEST_SEED ?? 20261125);
const random = seeded(seed);

/** Longer than a claim lives, so that what was in flight at the kill is settled within it. */
const settledWithinMs = 60_000;

describe(`kill -9 (seed ${seed})`, () => {
  jest.setTimeout(120_000);
  let database: TestDatabase;
  let workspace: Workspace;
  let slack: Record<string, string>;
  let channels: { id: string; name: string }[];
  let standIn: StandIn;
  let settings: string;
  let product: Product | undefined;

  beforeEach(async () => {
    database = await createTestDatabase();
    ({ workspace, slack, channels } = await startSmallWorkspace({ budgets: 'off', channels: 3 }));
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
      ...channels.map(({ name }, index) => `  - { match: { pipeline: "p${index}_*" }, channel: "#${name}" }`),
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

  it('between 2xx and post loses no alert and tells nobody twice', async () => {
    const names = Array.from({ length: 30 }, (_, index) => `p${index % 3}_run_${String(index).padStart(2, '0')}`);
    const first = await start();
    const response = await postEvents(
      first,
      names.map((name) => failedEvent(name)),
    );
    expect(response.status).toBe(202);
    await sleep(random() * 400);
    await first.kill();

    await start();
    await workspace.until(
      () => names.every((name) => topLevelPosts(name).length > 0),
      settledWithinMs,
      'an alert for every failed run',
    );
    await allSent(database);
    expect(names.map((name) => topLevelPosts(name).length)).toEqual(names.map(() => 1));
  });

  it('in mid-post, with Slack’s answer lost, posts nothing twice', async () => {
    const first = await start();
    workspace.faults.next({ method: 'chat.postMessage' }, 'drop-answer', { times: 2 });
    await postEvents(first, [failedEvent('p0_dropped'), failedEvent('p1_dropped')]);
    await workspace.until(() => topLevelPosts('_dropped').length >= 1, 10_000, 'a post whose answer was dropped');
    await first.kill();

    await start();
    await workspace.until(
      () => topLevelPosts('p0_dropped').length > 0 && topLevelPosts('p1_dropped').length > 0,
      settledWithinMs,
      'both alerts',
    );
    await allSent(database);
    expect(topLevelPosts('p0_dropped')).toHaveLength(1);
    expect(topLevelPosts('p1_dropped')).toHaveLength(1);
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
    await allSent(database);
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

/** Nothing waits to be sent any more, so what stands in Slack is final. */
async function allSent(database: TestDatabase): Promise<void> {
  const deadline = performance.now() + settledWithinMs;
  for (;;) {
    const [row] = await database.db.query<{ waiting: number }>(
      `select count(*)::int as waiting from posts where state in ('waiting', 'sending', 'doubtful')`,
    );
    if (row?.waiting === 0) return;
    if (performance.now() > deadline) throw new Error(`${row?.waiting} posts still wait`);
    await sleep(50);
  }
}
