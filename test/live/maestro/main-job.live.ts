import pino from 'pino';
import { Failure, failureKinds } from '../../../src/domain/failure';
import type { RunRef } from '../../../src/domain/run';
import type { Target } from '../../../src/domain/target';
import type { Call, Orchestrator, Receipt } from '../../../src/orchestrators/orchestrator';
import { connectAll, kindOf } from '../../../src/orchestrators/registry';
import type { Workspace } from '../../../src/workspace';
import { createTestDatabase, type TestDatabase } from '../../support/database';
import { type Product, startProduct, startSmallWorkspace } from '../../support/product';
import { until } from '../../support/until';
import { about, createDriver, patienceMs } from './driver';
import { startNotices } from './notices';
import { startWorks, type Works } from './works';

const channel = 'C0TEAM0';
const driver = createDriver(about);
const soon = { withinMs: patienceMs, everyMs: 500 };

let works: Works;
beforeAll(async () => {
  works = await startWorks(about.worksPort);
  await driver.pushAll();
});
afterAll(() => works?.close());

/** A busy machine answers late now and then; that is no answer, and no fault. */
async function calmly<T>(ask: () => Promise<T | undefined> | undefined): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof Failure && (failureKinds[error.kind].retry || error.kind === 'unsure')) return undefined;
    throw error;
  }
}

/** Pushed by the notifier and polled beside it, or polled alone. */
describe.each([{ news: 'pushed' }, { news: 'polled' }] as const)('the main job, $news', ({ news }) => {
  describe('the main job', () => {
    // A pipeline of its own: the notifier tries again for long, so that what others left untold still comes.
    const bumpy = `bumpy-${news}`;
    let database: TestDatabase;
    let workspace: Workspace;
    let product: Product;
    let sink: { close(): Promise<void> };

    beforeAll(async () => {
      await driver.pushBumpy(bumpy);
      database = await createTestDatabase();
      const small = await startSmallWorkspace({ channels: 2 });
      workspace = small.workspace;
      const everySeconds = news === 'polled' ? 2 : 3_600;
      product = await startProduct({
        databaseUrl: database.url,
        slack: small.slack,
        settings: [
          'orchestrators:',
          `  - { name: works, kind: maestro, url: "${about.url}", poll: { everySeconds: ${everySeconds}, pipelines: [${bumpy}] } }`,
          `routes: [ { match: { pipeline: "${bumpy}" }, channel: "#team-0" } ]`,
          'catalogue: []',
          'teams: [ { name: team, channel: "#team-0", members: { usergroup: S0TEAM } } ]',
          'policies: { rules: [ { allow: [retry, backfill], who: team } ] }',
          'defaultChannel: "#team-1"',
        ].join('\n'),
        withinMs: 180_000,
      });
      sink = await startNotices(about.sinkPort, (body) => {
        if (news === 'polled') return;
        const headers = { 'content-type': 'application/json', authorization: `Bearer ${product.ingestToken}` };
        fetch(`${product.url}/ingest/works`, { method: 'POST', headers, body }).catch(() => undefined);
      });
    });

    afterAll(async () => {
      await sink?.close();
      await product?.kill();
      await workspace?.stop();
      await database?.drop();
    });

    const alerts = () => workspace.state.messages(channel).filter(({ text }) => text.includes(bumpy));
    const text = () => alerts()[0]?.text ?? '';
    const thread = () => workspace.state.thread(channel, alerts()[0]?.ts ?? '').slice(1);

    it('goes from a failure to an alert with its cause, to the log, to a retry, to its recovery', async () => {
      const run = await driver.start(bumpy);
      await workspace.until(() => text().includes(`Failed: ${bumpy}`), patienceMs, 'the alert');
      await workspace.until(() => /column .*total.* is missing/.test(JSON.stringify(alerts()[0])), 60_000, 'the cause');
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
      const { status, workflow_run_id: times } = await driver.read(run);
      expect([status, times]).toEqual(['SUCCEEDED', 2]);
    });
  });
});

describe('a backfill of five days', () => {
  const days = [1, 2, 3, 4, 5].map((day) => `2026-05-0${day}`);
  const keys = { url: about.url };
  const entry = { name: 'works', kind: 'maestro', settings: kindOf('maestro')?.check(keys).data };
  const connected = connectAll([entry], { log: pino({ level: 'silent' }), clock: { now: () => new Date() } });
  const orchestrator = connected.get('works')?.orchestrator as Orchestrator;
  const pipelineOf = (workflow: string) => ({ connection: 'works', key: workflow });
  const { backfill, stop } = orchestrator.actions;
  const callOf = (kind: 'backfill' | 'stop', target: Target): Call => ({
    ...{ kind, target, actor: 'dana@example.com' },
    ...{ idempotencyKey: crypto.randomUUID(), since: new Date() },
  });

  /** As the machine of actions does it: what is in doubt is looked up, what is busy or away is asked for again. */
  async function ask(ability: typeof backfill, call: Call): Promise<Receipt> {
    let receipt: Receipt | undefined;
    const tryIt = async () => {
      receipt = await calmly(async () => (await orchestrator.lookUp?.(call)) ?? ability?.perform(call.target, call));
      return receipt !== undefined;
    };
    await until(tryIt, { ...soon, what: `a yes to the ${call.kind}` });
    return receipt ?? {};
  }
  const run = (workflow: string, day: string) => {
    const target: Target = { kind: 'partitions', pipeline: pipelineOf(workflow), partitions: [day] };
    return ask(backfill, callOf('backfill', target));
  };
  const ends = (receipt: Receipt, status: string) =>
    until(async () => (await calmly(async () => orchestrator.progress?.(receipt)))?.status === status, {
      ...soon,
      what: `the run to be ${status}`,
    });
  const statuses = async (workflow: string) =>
    ((await orchestrator.runsOf?.(pipelineOf(workflow), days)) ?? [])
      .map(({ partition, status }) => `${partition} ${status}`)
      .sort();

  afterAll(() => connected.get('works')?.close());

  it('with one bad day fails there alone, and the bad day is done again when it is mended', async () => {
    const bad = '2026-05-03';
    works.spoil(bad);
    const receipts = [];
    for (const day of days) receipts.push({ day, receipt: await run('picky', day) });
    for (const { day, receipt } of receipts) await ends(receipt, day === bad ? 'failed' : 'succeeded');
    expect(await statuses('picky')).toEqual(days.map((day) => `${day} ${day === bad ? 'failed' : 'succeeded'}`));
    works.mend(bad);
    await ends(await run('picky', bad), 'succeeded');
    expect(await statuses('picky')).toEqual(days.map((day) => `${day} succeeded`));
  });

  it('can be cancelled, what runs and what waits', async () => {
    const receipts: Receipt[] = [];
    for (const day of days.slice(0, 2)) receipts.push(await run('patient', day));
    await driver.becomes(receipts[0]?.run as RunRef, 'IN_PROGRESS');
    receipts.push(await run('patient', days[2] ?? ''));
    for (const { run: made } of receipts) await ask(stop, callOf('stop', { kind: 'run', run: made as RunRef }));
    for (const receipt of receipts) await ends(receipt, 'cancelled');
    expect(await statuses('patient')).toEqual(days.slice(0, 3).map((day) => `${day} cancelled`));
  });
});
