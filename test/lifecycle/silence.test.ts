import { type Settings, SettingsFile } from '../../src/domain/settings';
import { createSilenceWatch } from '../../src/ingest/silence';
import { createLogger } from '../../src/lib/logger';
import { whichHold } from '../../src/store/due';
import * as inboxRows from '../../src/store/inbox-rows';
import * as pollRows from '../../src/store/poll-rows';
import { createTestDatabase, emptyTables, type TestDatabase } from '../support/database';
import { createSetClock } from '../support/set-clock';
import { type Line, openTimeStage, type TimeStage } from '../support/time-stage';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const open = (settings: Record<string, unknown> = {}) =>
  openTimeStage(database.db, { settings: { platformChannel: 'C0PLATFORM', noise: { reminders: [] }, ...settings } });

/** An event every two minutes, the last one at 22 minutes. */
const steady = ({ push }: TimeStage): Line[] =>
  Array.from({ length: 12 }, (_, index) => ({
    at: `${index * 2} min`,
    does: () => push('succeeded', 'orders_daily'),
  }));

describe('a source that stops sending', () => {
  it('is told once to the platform’s people, and again when it is heard', async () => {
    const stage = await open();
    await stage.play([
      ...steady(stage),
      {
        from: '52 min',
        to: '52 min 2.5 s',
        posts: [
          /^🔴 Failed: test \(events\)\. nothing has come from test since 25 Nov 2026, 09:22 \(UTC\); before, the next came within 2 min \(p95, n 11\)/,
        ],
      },
      { at: '5 h', does: () => stage.push('succeeded', 'orders_daily') },
      { from: '5 h', to: '5 h 4.5 s', posts: [/^🟢 Recovered after .*: test \(events\)/] },
      { at: '5 h 10 min', does: () => stage.push('succeeded', 'orders_daily') },
      { from: '5 h 20 min', to: '5 h 20 min', posts: [] },
    ]);
    expect(stage.told.map(({ channel }) => channel)).toEqual(stage.told.map(() => 'C0PLATFORM'));
  });

  it('is told in the default channel where there is none for the platform', async () => {
    const stage = await open({ platformChannel: undefined });
    await stage.play([...steady(stage), { from: '52 min', to: '52 min 4 s', posts: ['test (events)'] }]);
    expect(stage.told.at(0)).toMatchObject({ channel: 'C0ALERTS' });
  });

  it('has no rhythm before ten arrivals, so its silence is none', async () => {
    const stage = await open();
    await stage.play([...steady(stage).slice(0, 9), { from: '10 h', to: '10 h', posts: [] }]);
  });

  it('is waited for no more once it is taken out of the settings', async () => {
    const stage = await open();
    await stage.play([
      ...steady(stage),
      { from: '52 min', to: '52 min 4 s', posts: ['test (events)'] },
      {
        at: '60 min',
        does: () => {
          stage.settings.ingest.sources = [];
        },
      },
      { from: '60 min', to: '60 min 4.5 s', posts: ['⚪ Skipped'] },
    ]);
  });
});

describe('a connection that cannot be polled', () => {
  const settings: Pick<Settings, 'ingest' | 'orchestrators' | 'workspace'> = {
    ...SettingsFile.parse({}),
    orchestrators: [
      { name: 'prod', kind: 'maestro', headers: {}, actAs: 'email', settings: {}, poll: { everySeconds: 30 } },
      { name: 'pushed', kind: 'maestro', headers: {}, actAs: 'email', settings: {} },
    ],
  };
  const toldSoFar = async () =>
    (
      await database.db.query<{ kind: string; pipeline: string; error: string | null }>(
        `select payload ->> 'kind' as kind, payload ->> 'pipeline' as pipeline, payload ->> 'error' as error
         from inbox where source = 'pitcrew:silence' order by seq`,
      )
    ).map(({ kind, pipeline, error }) => [kind, pipeline, ...(error === null ? [] : [error])].join(' | '));

  beforeEach(async () => {
    await emptyTables(database.db, 'inbox, polls, heard');
  });

  async function watching() {
    const { db } = database;
    const clock = createSetClock();
    const watch = createSilenceWatch({ db, clock, log: createLogger('silent'), settings: () => settings });
    const poll = async (fault?: string) => {
      await pollRows.claim(db, 'prod', clock.now(), 0, { leaseMs: 1_000 });
      if (fault) await pollRows.stumble(db, 'prod', fault, clock.now());
      else await db.transaction((tx) => pollRows.advance(tx, 'prod', undefined, clock.now()));
    };
    return { clock, watch, poll };
  }

  it('is told after five minutes with the last fault, once, and when a poll goes through again', async () => {
    const { clock, watch, poll } = await watching();
    clock.pass(60_000);
    await poll();
    clock.pass(4 * 60_000);
    await poll('Maestro (prod) did not answer.');
    clock.pass(60_000);
    await watch.sweep();
    expect(await toldSoFar()).toEqual([]);
    clock.pass(1);
    await watch.sweep();
    clock.pass(60_000);
    await watch.sweep();
    const silent =
      'check-failed | prod (polling) | no poll of prod has gone through since 25 Nov 2026, 09:01 (UTC): Maestro (prod) did not answer.';
    expect(await toldSoFar()).toEqual([silent]);
    await poll();
    await watch.sweep();
    await watch.sweep();
    expect(await toldSoFar()).toEqual([silent, 'succeeded | prod (polling)']);
  });

  it('is given five minutes after a start, whenever it was polled last', async () => {
    await database.db.query(
      `insert into polls (connection, polled_at, succeeded_at) values ('prod', '2026-11-24T09:00:00Z', '2026-11-24T09:00:00Z')`,
    );
    const { clock, watch } = await watching();
    await watch.sweep();
    clock.pass(5 * 60_000);
    await watch.sweep();
    expect(await toldSoFar()).toEqual([]);
    clock.pass(1);
    await watch.sweep();
    expect(await toldSoFar()).toEqual([expect.stringMatching(/^check-failed \| prod \(polling\)/)]);
  });

  it('is looked at ten seconds after something came in, else after a minute, while nobody can be silent', async () => {
    const { db } = database;
    const { clock, watch } = await watching();
    const isDue = async () => (await whichHold(db, [{ name: 'silence', holds: watch.isDue() }])).has('silence');
    expect(await isDue()).toBe(true);
    await watch.sweep();
    clock.pass(59_999);
    expect(await isDue()).toBe(false);
    clock.pass(1);
    expect(await isDue()).toBe(true);
    await watch.sweep();
    const entry = { source: 'test', id: 'e1', kind: 'usage' as const, payload: {}, occurredAt: clock.now() };
    await inboxRows.store(db, [entry], clock.now());
    clock.pass(9_999);
    expect(await isDue()).toBe(false);
    clock.pass(1);
    expect(await isDue()).toBe(true);
  });
});
