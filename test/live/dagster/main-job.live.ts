import pino from 'pino';
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

/** Told by the sensors and polled beside it, or polled alone. */
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
      product = await startProduct({
        databaseUrl: database.url,
        slack: small.slack,
        settings: [
          'orchestrators:',
          `  - { name: works, kind: dagster, url: "${about.url}", poll: { everySeconds: ${news === 'polled' ? 2 : 3_600} } }`,
          'routes: [ { match: { pipeline: "bumpy@*" }, channel: "#team-0" } ]',
          'catalogue: []',
          'teams: [ { name: team, channel: "#team-0", members: { usergroup: S0TEAM } } ]',
          'policies: { rules: [ { allow: [retry, backfill], who: team } ] }',
          'defaultChannel: "#team-1"',
        ].join('\n'),
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
      const run = await driver.launch('bumpy');
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
      expect(await driver.status(run)).toBe('FAILURE');
      expect(await driver.attempts(run)).toBe(2);
    });

    it('leaves a failure alone that Dagster runs again by itself', async () => {
      const run = await driver.launch('flaky');
      const told = async () =>
        (
          await database.db.query<{ isFirst: boolean; kind: string; isFinal: boolean }>(
            `select payload ->> 'run' = $1 as "isFirst", payload ->> 'kind' as kind,
                    coalesce((payload ->> 'final')::boolean, true) as "isFinal"
             from inbox where payload ->> 'pipeline' = 'flaky@live' and payload ->> 'kind' in ('failed', 'succeeded')
               and decided_at is not null order by occurred_at`,
            [run.run],
          )
        ).map(
          ({ isFirst, kind, isFinal }) => `${isFirst ? 'first' : 'again'} ${kind}${isFinal ? '' : ', not for good'}`,
        );
      await until(async () => (await told()).includes('again succeeded'), {
        ...soon,
        what: 'the second run to be told',
      });
      expect(await driver.status(run)).toBe('FAILURE');
      expect(await told()).toEqual(['first failed, not for good', 'again succeeded']);
      const said = ['C0TEAM0', 'C0TEAM1'].flatMap((each) => workspace.state.messages(each));
      expect(said.filter((message) => JSON.stringify(message).includes('flaky'))).toEqual([]);
    });
  });
});

describe.each([{ key: 'picky@live' }, { key: 'asset:report@live' }])('of $key', ({ key }) => {
  describe('a backfill of five days', () => {
    const days = [1, 2, 3, 4, 5].map((day) => `2026-05-0${day}`);
    const settings = kindOf('dagster')?.check({ url: about.url }).data;
    const connected = connectAll([{ name: 'works', kind: 'dagster', settings }], {
      log: pino({ level: 'silent' }),
      clock: { now: () => new Date() },
    });
    const orchestrator = connected.get('works')?.orchestrator as Orchestrator;
    const pipeline = { connection: 'works', key };
    const { backfill } = orchestrator.actions;

    function callFor(partitions: string[]): Call {
      const target: Target = { kind: 'partitions', pipeline, partitions };
      return {
        kind: 'backfill',
        actor: 'dana@example.com',
        idempotencyKey: crypto.randomUUID(),
        since: new Date(),
        target,
      };
    }
    const ask = async (call: Call): Promise<Receipt> => (await backfill?.perform(call.target, call)) ?? {};
    const ends = (receipt: Receipt, status: string) =>
      until(async () => (await orchestrator.progress?.(receipt))?.status === status, {
        ...soon,
        what: `the backfill to be ${status}`,
      });
    const statuses = async () =>
      ((await orchestrator.runsOf?.(pipeline, days)) ?? []).map(({ partition, status }) => `${partition} ${status}`);

    afterAll(() => connected.get('works')?.close());

    it('with one bad day fails there alone, and the bad day is done again when it is mended', async () => {
      driver.spoil('2026-05-03');
      const receipt = await ask(callFor(days));
      expect(receipt.batch).toBeDefined();
      await ends(receipt, 'failed');
      await expect(orchestrator.progress?.(receipt)).resolves.toMatchObject({
        partitions: { total: 5, done: 4, failed: 1, running: 0 },
      });
      expect(await statuses()).toEqual(days.map((day) => `${day} ${day === '2026-05-03' ? 'failed' : 'succeeded'}`));
      driver.mend('2026-05-03');
      await ends(await ask(callFor(['2026-05-03'])), 'succeeded');
      expect(await statuses()).toEqual(days.map((day) => `${day} succeeded`));
    });

    it('can be cancelled, and then begins no more days', async () => {
      const later = Array.from({ length: 20 }, (_, nth) => `2026-06-${String(nth + 1).padStart(2, '0')}`);
      const call = callFor(later);
      const receipt = await ask(call);
      await backfill?.batch?.cancel?.(receipt, call);
      await ends(receipt, 'cancelled');
      const { partitions } = (await orchestrator.progress?.(receipt)) ?? {};
      expect(partitions).toMatchObject({ total: 20, running: 0 });
      expect(partitions?.done).toBeLessThan(20);
    });
  });
});
