import pino from 'pino';
import { Failure, failureKinds } from '../../src/domain/failure';
import type { Target } from '../../src/domain/target';
import type { Call, Orchestrator, Receipt } from '../../src/orchestrators/orchestrator';
import { connectAll, kindOf } from '../../src/orchestrators/registry';
import type { Workspace } from '../../src/workspace';
import { createTestDatabase, type TestDatabase } from '../support/database';
import { type Product, startProduct, startSmallWorkspace } from '../support/product';
import { until } from '../support/until';
import { about, createDriver, patienceMs } from './airflow-bench';
import { startSink } from './between';

const channel = 'C0TEAM0';
const driver = createDriver(about);
const soon = { withinMs: patienceMs, everyMs: 500 };

/** A busy machine answers late now and then; that is no answer, and no fault. */
async function calmly<T>(ask: () => Promise<T | undefined> | undefined): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof Failure && (failureKinds[error.kind].retry || error.kind === 'unsure')) return undefined;
    throw error;
  }
}

/** Pushed by the callback file and polled beside it, or polled alone. */
describe.each([{ news: 'pushed' }, { news: 'polled' }] as const)('the main job, $news', ({ news }) => {
  describe('the main job', () => {
    let database: TestDatabase;
    let workspace: Workspace;
    let product: Product;
    let sink: { close(): Promise<void> };

    beforeAll(async () => {
      database = await createTestDatabase();
      const small = await startSmallWorkspace({ channels: 2 });
      workspace = small.workspace;
      const everySeconds = news === 'polled' ? 2 : 3_600;
      product = await startProduct({
        databaseUrl: database.url,
        slack: small.slack,
        settings: [
          'orchestrators:',
          `  - { name: works, kind: airflow, url: "${about.url}", username: ${about.username}, password: "\${LIVE_PASSWORD}", poll: { everySeconds: ${everySeconds} } }`,
          'routes: [ { match: { pipeline: bumpy }, channel: "#team-0" } ]',
          'catalogue: []',
          'teams: [ { name: team, channel: "#team-0", members: { usergroup: S0TEAM } } ]',
          'policies: { rules: [ { allow: [retry, backfill], who: team } ] }',
          'defaultChannel: "#team-1"',
        ].join('\n'),
        env: { LIVE_PASSWORD: about.password },
        withinMs: 180_000,
      });
      sink = await startSink(about.sinkPort, (body) => {
        if (news === 'polled') return;
        const headers = {
          'content-type': 'application/cloudevents+json',
          authorization: `Bearer ${product.ingestToken}`,
        };
        fetch(`${product.url}/ingest/works`, { method: 'POST', headers, body }).catch(() => undefined);
      });
    });

    afterAll(async () => {
      await sink?.close();
      await product?.kill();
      await workspace?.stop();
      await database?.drop();
    });

    const alerts = () => workspace.state.messages(channel).filter(({ text }) => text.includes('bumpy'));
    const text = () => alerts()[0]?.text ?? '';
    const thread = () => workspace.state.thread(channel, alerts()[0]?.ts ?? '').slice(1);

    it('goes from a failure to an alert with its cause, to the log, to a retry, to its recovery', async () => {
      const run = await driver.trigger('bumpy');
      await workspace.until(() => /Failed: bumpy/.test(text()), patienceMs, 'the alert');
      const hasCause = () => /column .*total.* is missing/.test(JSON.stringify(alerts()[0]));
      await workspace.until(hasCause, patienceMs, 'the cause');
      // A busy server may not give its log in time: the answer says so, and one presses again.
      const hasLog = () => thread().some((reply) => JSON.stringify(reply).includes('ValueError'));
      for (let press = 0; press < 4 && !hasLog(); press += 1) {
        await workspace.as('U0DANA').press(channel, alerts()[0]?.ts ?? '', 'show-log.v1');
        await workspace.until(hasLog, 30_000, 'the log').catch(() => undefined);
      }
      expect(JSON.stringify(thread())).toContain('ValueError');
      await workspace.as('U0DANA').press(channel, alerts()[0]?.ts ?? '', 'retry-run.v1', { times: 2 });
      await workspace.until(() => /Recovered.*@dana/i.test(text()), patienceMs, '"Recovered"');
      expect(alerts()).toHaveLength(1);
      expect(await driver.state(run)).toBe('success');
      const tries = (await driver.tasks(run)).find(({ task_id: task }) => task === 'load')?.max_tries;
      expect(tries).toBe(1);
    });
  });
});

describe('a backfill of five days', () => {
  const days = [1, 2, 3, 4, 5].map((day) => `2026-05-0${day}`);
  const settings = kindOf('airflow')?.check({
    url: about.url,
    username: about.username,
    password: about.password,
  }).data;
  const log = pino({ level: 'silent' });
  const connected = connectAll([{ name: 'works', kind: 'airflow', settings }], {
    log,
    clock: { now: () => new Date() },
  });
  const orchestrator = connected.get('works')?.orchestrator as Orchestrator;
  const pipeline = { connection: 'works', key: 'picky' };
  const backfill = orchestrator.actions.backfill;
  const targetOf = (partitions: string[]): Target => ({ kind: 'partitions', pipeline, partitions });
  const callOf = (partitions: string[]): Call => ({
    kind: 'backfill',
    actor: 'dana@example.com',
    idempotencyKey: crypto.randomUUID(),
    since: new Date(),
    target: targetOf(partitions),
  });
  /** As the machine of actions does it: what is in doubt is looked up, what is busy or away is asked for again. */
  async function ask(partitions: string[]): Promise<{ call: Call; receipt: Receipt }> {
    const call = callOf(partitions);
    let receipt: Receipt | undefined;
    const tryIt = async () => {
      receipt = await calmly(async () => (await orchestrator.lookUp?.(call)) ?? backfill?.perform(call.target, call));
      return receipt !== undefined;
    };
    await until(tryIt, { ...soon, what: 'a yes to the backfill' });
    return { call, receipt: receipt ?? {} };
  }
  const ends = (receipt: Receipt, status: string) =>
    until(async () => (await calmly(async () => orchestrator.progress?.(receipt)))?.status === status, {
      ...soon,
      what: `the backfill to be ${status}`,
    });
  const statuses = async () =>
    ((await orchestrator.runsOf?.(pipeline, days)) ?? []).map(({ partition, status }) => `${partition} ${status}`);

  afterAll(() => connected.get('works')?.close());

  it('with one bad day fails there alone, and the bad day is done again when it is mended', async () => {
    driver.spoil('2026-05-03');
    const isWhole = await backfill?.batch?.takes?.(pipeline, days);
    expect(isWhole).toBe(about.major === 3);
    if (isWhole) {
      const { receipt } = await ask(days);
      await ends(receipt, 'failed');
      await expect(orchestrator.progress?.(receipt)).resolves.toMatchObject({
        partitions: { total: 5, done: 4, failed: 1, running: 0 },
      });
    } else {
      for (const day of days) await ask([day]);
      const ended = async () =>
        (await calmly(statuses))?.filter((one) => /succeeded|failed/.test(one)).length === days.length;
      await until(ended, { ...soon, what: 'the end of all' });
    }
    expect(await statuses()).toEqual(days.map((day) => `${day} ${day === '2026-05-03' ? 'failed' : 'succeeded'}`));
    driver.mend('2026-05-03');
    await ends((await ask(['2026-05-03'])).receipt, 'succeeded');
    expect(await statuses()).toEqual(days.map((day) => `${day} succeeded`));
  });

  it('can be cancelled, and then begins no more days', async () => {
    if (about.major === 2) return; // has none of its own: each day is a run
    await until(async () => (await driver.openBackfills('picky')) === 0, { ...soon, what: 'the one before to end' });
    const later = Array.from({ length: 20 }, (_, nth) => `2026-06-${String(nth + 1).padStart(2, '0')}`);
    const { call, receipt } = await ask(later);
    await backfill?.batch?.cancel?.(receipt, call);
    await ends(receipt, 'cancelled');
    const end = await orchestrator.progress?.(receipt);
    expect(end?.partitions?.failed).toBeGreaterThan(0);
  });
});
