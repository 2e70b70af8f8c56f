import { randomUUID } from 'node:crypto';
import { Failure } from '../../src/domain/failure';
import { type Settings, SettingsFile } from '../../src/domain/settings';
import { createLogger } from '../../src/lib/logger';
import { createDigest, type DigestDeps } from '../../src/reporting/digest';
import { createDigestPlans } from '../../src/reporting/digest-plans';
import { createFigures } from '../../src/reporting/figures';
import { createRollups } from '../../src/reporting/rollups';
import { renderDigestPart } from '../../src/slack/digest/details';
import type { Db, Queryable } from '../../src/store/db';
import { printed } from '../../src/store/figure-rows';
import { createTestDatabase, emptyTables, type TestDatabase } from '../support/database';
import { createSetClock } from '../support/set-clock';

const log = createLogger('silent');
const people = ['a', 'b', 'c', 'd'].map((letter) => `${letter}0000000-0000-4000-8000-000000000000`);
const monday = '2026-11-23T08:00:00.000Z'; // 09:00 in Berlin

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  await emptyTables(
    database.db,
    `runs, inbox, actions, run_days, run_weeks, episodes, rollups, pipelines, interactions, usage, changes, activity_days, people, posts, digest_weeks, digest_posts, eligible_people, user_groups`,
  );
});

function settingsWith(differs: Record<string, unknown> = {}): Settings {
  return {
    ...SettingsFile.parse({
      workspace: { timeZone: 'Europe/Berlin' },
      digest: { channel: 'C0ENABLE' },
      ...differs,
    }),
    orchestrators: [],
    catalogue: [],
  };
}

function replica(
  db: Db,
  clock: ReturnType<typeof createSetClock>,
  settings = settingsWith(),
  differs: Partial<DigestDeps> = {},
) {
  const deps = { db, clock, log, settings: () => settings };
  const rollups = createRollups({ ...deps, meet: async () => false });
  const plans = createDigestPlans({
    db,
    clock,
    settings: () => settings,
    channelId: async (channel) => channel,
    channelName: async (id) => id,
    mayOperate: () => ({ may: false, whoMay: 'operators' }),
  });
  const figures = createFigures({
    ...deps,
    timetable: async () => [{ since: new Date(0), schedule: deps.settings().workspace }],
    counters: async () => [],
  });
  return createDigest({
    ...deps,
    rollups,
    figures,
    plans: plans.all,
    draw: async () => [{ name: 'a.png', title: 'A', alt: 'What it shows', png: Buffer.from('png') }],
    uploadFile: async () => ({ fileId: `F${randomUUID()}` }),
    ...differs,
  });
}

async function aWeek(): Promise<void> {
  const { db } = database;
  await db.query(
    `insert into people (person_id, slack_id, name, time_zone, fetched_at)
     select id, 'U0' || left(id::text, 1), 'Person ' || left(id::text, 1), 'Asia/Tokyo', $2 from unnest($1::uuid[]) as id`,
    [people, new Date(monday)],
  );
  await db.query(
    `insert into interactions (person_id, what, outcome, took_ms, at)
     select id, 'pipeline status', 'ok', 200, $2::timestamptz + (n || ' days')::interval
     from unnest($1::uuid[]) with ordinality as p(id, n)`,
    [people, new Date('2026-11-16T10:00:00Z')],
  );
  await db.query(
    `insert into runs (connection, pipeline, run, attempt, status, occurred_at, recorded_at)
     select 'prod', case when n % 2 = 0 then 'orders_daily' else 'visits' end, 'run-' || n, 1,
       case when n < 4 then 'failed' else 'succeeded' end, $1::timestamptz + (n || ' hours')::interval, $1
     from generate_series(1, 40) n`,
    [new Date('2026-11-17T00:00:00Z')],
  );
  await db.query(
    `insert into pipelines (connection, key, first_seen_at, seen_at) values ('prod', 'orders_daily', $1, $1), ('prod', 'visits', $1, $1)`,
    [new Date(monday)],
  );
}

const posts = () =>
  database.db.query<{ channel: string; part: string | null; kind: string; root: boolean }>(
    `select channel, notice ->> 'part' as part, notice ->> 'kind' as kind, root_id is null as root from posts order by seq`,
  );
const heads = async () => (await posts()).filter(({ root }) => root).map(({ channel }) => channel);

describe('the digest', () => {
  it('comes at the hour of its channel, once, with its tables and charts in the thread', async () => {
    await aWeek();
    const clock = createSetClock('2026-11-23T07:59:00.000Z');
    const digest = replica(database.db, clock);
    await digest.sweep();
    expect(await posts()).toEqual([]);
    for (let minute = 0; minute < 3; minute += 1) {
      clock.pass(60_000);
      await digest.sweep();
    }
    expect(await posts()).toEqual([
      { channel: 'C0ENABLE', part: 'summary', kind: 'digest', root: true },
      { channel: 'C0ENABLE', part: 'adoption', kind: 'digest', root: false },
      { channel: 'C0ENABLE', part: 'reliability', kind: 'digest', root: false },
      { channel: 'C0ENABLE', part: 'definitions', kind: 'digest', root: false },
      { channel: 'C0ENABLE', part: null, kind: 'digest-chart', root: false },
    ]);
  });

  it('is one after restarts and with two replicas that look at the same moment', async () => {
    await aWeek();
    const clock = createSetClock(monday);
    const replicas = [replica(database.db, clock), replica(database.db, clock), replica(database.db, clock)];
    await Promise.all(replicas.map((each) => each.sweep()));
    clock.pass(3_600_000);
    await replica(database.db, clock).sweep();
    expect(await heads()).toEqual(['C0ENABLE']);
  });

  it('is exactly one, with one of each part and chart, wherever the process dies', async () => {
    await aWeek();
    // While it counts and prints the week, then at every statement of what is queued, drawn and shown.
    for (const dies of [1, 9, 25, 60]) await expectOneAfterDeath(dies, { anew: true });
    for (let dies = 1; await expectOneAfterDeath(dies, { anew: false }); dies += 1);
  });

  async function expectOneAfterDeath(dies: number, { anew }: { anew: boolean }): Promise<boolean> {
    await database.db.query(`delete from posts; delete from digest_posts${anew ? '; delete from digest_weeks' : ''}`);
    const clock = createSetClock(monday);
    const dying = dyingAfter(database.db, dies);
    const first = replica(dying.db, clock);
    await first.sweep().catch(() => undefined);
    await first.sweep().catch(() => undefined);
    // The next process, once the charts are nobody's any more.
    clock.pass(6 * 60_000);
    const next = replica(database.db, clock);
    await next.sweep();
    await next.sweep();
    expect((await posts()).map(({ part, kind }) => part ?? kind)).toEqual([
      'summary',
      'adoption',
      'reliability',
      'definitions',
      'digest-chart',
    ]);
    return dying.died();
  }

  it('waits for its turn where Slack lets a picture through only a moment later, and draws none anew for that', async () => {
    await aWeek();
    let drawn = 0;
    let refused = 0;
    const digest = replica(database.db, createSetClock(monday), settingsWith(), {
      draw: async () => {
        drawn += 1;
        return ['a', 'b'].map((name) => ({ name, title: name, alt: name, png: Buffer.from(name) }));
      },
      uploadFile: async ({ name }) => {
        refused += 1;
        if (name === 'b' && refused < 4) throw new Failure('rate-limited', 'Slack', { retryAfterMs: 3_000 });
        return { fileId: `F${name}` };
      },
      wait: async () => undefined,
    });
    await digest.sweep();
    expect((await posts()).filter(({ kind }) => kind === 'digest-chart')).toHaveLength(2);
    expect(drawn).toBe(1);
  });

  it.each([
    {
      title: 'not before facts that are late have come',
      at: '2026-11-23T00:30:00.000Z',
      digestAt: 'mon 00:00',
      count: 0,
    },
    { title: 'then also for an hour before that', at: '2026-11-23T01:00:00.000Z', digestAt: 'mon 00:00', count: 1 },
    {
      title: 'a day late where nothing ran meanwhile',
      at: '2026-11-24T08:00:00.000Z',
      digestAt: 'mon 09:00',
      count: 1,
    },
    { title: 'not on Friday any more', at: '2026-11-27T08:00:00.000Z', digestAt: 'mon 09:00', count: 0 },
  ])('comes $title', async ({ at, digestAt, count }) => {
    await aWeek();
    const digest = replica(
      database.db,
      createSetClock(at),
      settingsWith({ digest: { channel: 'C0ENABLE', at: digestAt } }),
    );
    await digest.sweep();
    expect(await heads()).toHaveLength(count);
  });

  it('comes to each team at the hour where most of it lives', async () => {
    await aWeek();
    await database.db.query(
      `insert into user_groups (group_id, handle, members, fetched_at) values ('S0ORDERS', 'orders', array['U0a', 'U0b'], $1)`,
      [new Date(monday)],
    );
    const teams = [{ name: 'orders', channel: 'C0ORDERS', members: { usergroup: 'S0ORDERS' } }];
    const clock = createSetClock('2026-11-23T01:00:00.000Z'); // 10:00 in Tokyo
    const digest = replica(database.db, clock, settingsWith({ teams }));
    await digest.sweep();
    expect(await heads()).toEqual(['C0ORDERS']);
    clock.pass(8 * 3_600_000);
    await digest.sweep();
    expect(await heads()).toEqual(['C0ORDERS', 'C0ENABLE']);
  });

  it('says that it was a quiet week, and nothing where nothing was ever known', async () => {
    const clock = createSetClock(monday);
    await replica(database.db, clock).sweep();
    expect(await posts()).toEqual([]);
    await aWeek();
    clock.pass(7 * 86_400_000);
    await replica(database.db, clock).sweep();
    expect((await posts()).map(({ part }) => part)).toEqual(['summary']);
    const week = await printed(database.db, '2026-W48', 'all');
    if (!week) throw new Error('it was kept');
    expect(renderDigestPart('summary', week, context).text).toMatch(/^Quiet week for the organisation: 2026-W48/);
  });

  it('keeps a week as it was printed: what comes later changes neither it nor what the next is compared with', async () => {
    await aWeek();
    const clock = createSetClock(monday);
    await replica(database.db, clock).sweep();
    await database.db.query(
      `insert into interactions (person_id, what, outcome, took_ms, at) values (gen_random_uuid(), 'pipeline status', 'ok', 1, $1)`,
      [new Date('2026-11-18T10:00:00Z')],
    );
    clock.pass(7 * 86_400_000);
    await replica(database.db, clock).sweep();
    expect((await printed(database.db, '2026-W47', 'all'))?.figures['weekly-active']).toEqual({
      kind: 'count',
      count: 4,
    });
    expect((await printed(database.db, '2026-W48', 'all'))?.before['weekly-active']).toEqual({
      kind: 'count',
      count: 4,
    });
  });

  it('says what it shows without its blocks as well, with n, and legally for Slack', async () => {
    await aWeek();
    const clock = createSetClock(monday);
    await replica(database.db, clock).sweep();
    const week = await printed(database.db, '2026-W47', 'all');
    if (!week) throw new Error('it was kept');
    const message = renderDigestPart('summary', week, context);
    expect(message.text).toBe(
      'Weekly digest of the organisation, 2026-W47 (16–22 Nov): the first week. 4 people used Pitcrew. 93% of runs ended well (37 of 40). 2 h to recover (median; 90% within 4 h, n 2, small sample). 0 of 2 pipelines are on the paved path. Most failed runs: 1. visits with 2 of 20 runs failed, 2. orders_daily with 1 of 20 runs failed.',
    );
    expect(week.residuals).toEqual({ 'lifecycle: parts − WAU': 0, 'lifecycle: change of WAU': 0 });
  });
});

const context = { nameOf: () => undefined, command: '/pipeline' };

/** A database whose user is gone after so many statements, whatever it is doing. */
function dyingAfter(db: Db, statements: number): { db: Db; died(): boolean } {
  let left = statements;
  const dying = (inner: Queryable): Queryable => ({
    async query(sql, params) {
      left -= 1;
      if (left < 0) throw new Error('the process is gone');
      return inner.query(sql, params);
    },
  });
  return {
    db: { ...db, ...dying(db), transaction: (work) => db.transaction((tx) => work(dying(tx))) },
    died: () => left < 0,
  };
}
