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
import { startSink } from '../between';
import { about, createDriver, patienceMs } from './bench';

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

/** Pushed by the automation and polled beside it, or polled alone. */
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
          `  - { name: works, kind: prefect, url: "${about.url}", username: ${about.username}, password: "\${LIVE_PASSWORD}", poll: { everySeconds: ${everySeconds} } }`,
          'routes: [ { match: { pipeline: "bumpy/*" }, channel: "#team-0" } ]',
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

    const alerts = () => workspace.state.messages(channel).filter(({ text }) => text.includes('bumpy'));
    const text = () => alerts()[0]?.text ?? '';
    const thread = () => workspace.state.thread(channel, alerts()[0]?.ts ?? '').slice(1);

    it('goes from a failure to an alert with its cause, to the log, to a retry, to its recovery', async () => {
      const run = await driver.start('bumpy');
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
      const { state, run_count: times } = await driver.read(run);
      expect([state.type, times]).toEqual(['COMPLETED', 2]);
    });
  });
});

describe('a backfill of five days', () => {
  const days = [1, 2, 3, 4, 5].map((day) => `2026-05-0${day}`);
  const keys = { url: about.url, username: about.username, password: about.password, partitionParam: 'day' };
  const entry = { name: 'works', kind: 'prefect', settings: kindOf('prefect')?.check(keys).data };
  const connected = connectAll([entry], { log: pino({ level: 'silent' }), clock: { now: () => new Date() } });
  const orchestrator = connected.get('works')?.orchestrator as Orchestrator;
  const pipelineOf = (flow: string) => ({ connection: 'works', key: `${flow}/live` });
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
  const run = (flow: string, day: string) => {
    const target: Target = { kind: 'partitions', pipeline: pipelineOf(flow), partitions: [day] };
    return ask(backfill, callOf('backfill', target));
  };
  const ends = (receipt: Receipt, status: string) =>
    until(async () => (await calmly(async () => orchestrator.progress?.(receipt)))?.status === status, {
      ...soon,
      what: `the run to be ${status}`,
    });
  const statuses = async (flow: string) =>
    ((await orchestrator.runsOf?.(pipelineOf(flow), days)) ?? [])
      .map(({ partition, status }) => `${partition} ${status}`)
      .sort();

  afterAll(() => connected.get('works')?.close());

  it('with one bad day fails there alone, and the bad day is done again when it is mended', async () => {
    const bad = '2026-05-03';
    driver.spoil(bad);
    const receipts = [];
    for (const day of days) receipts.push({ day, receipt: await run('picky', day) });
    for (const { day, receipt } of receipts) await ends(receipt, day === bad ? 'failed' : 'succeeded');
    expect(await statuses('picky')).toEqual(days.map((day) => `${day} ${day === bad ? 'failed' : 'succeeded'}`));
    driver.mend(bad);
    await ends(await run('picky', bad), 'succeeded');
    expect(await statuses('picky')).toEqual(days.map((day) => `${day} succeeded`));
  });

  it('can be cancelled, what runs, what waits and what is just beginning', async () => {
    const receipts: Receipt[] = [];
    for (const day of days.slice(0, 2)) receipts.push(await run('patient', day));
    await driver.becomes(receipts[0]?.run as RunRef, 'RUNNING');
    const last = await run('patient', days[2] ?? '');
    receipts.push(last);
    await until(async () => (await driver.read(last.run as RunRef)).state.type !== 'SCHEDULED', {
      ...soon,
      everyMs: 50, // within the moment in which its worker has not listed it yet
      what: 'the last one to be taken',
    });
    for (const { run: made } of [...receipts].reverse())
      await ask(stop, callOf('stop', { kind: 'run', run: made as RunRef }));
    for (const receipt of receipts) await ends(receipt, 'cancelled');
    expect(await statuses('patient')).toEqual(days.slice(0, 3).map((day) => `${day} cancelled`));
  });
});
