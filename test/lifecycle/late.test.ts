import { createTestDatabase, type TestDatabase } from '../support/database';
import { openTimeStage } from '../support/time-stage';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

/** Wednesday, 07:30 in Berlin; history is laid down as it would have come in on the days before. */
const start = '2026-11-25T06:30:00.000Z';
const deadline = { pipeline: 'orders_daily', team: 'orders', deadline: '08:00', timeZone: 'Europe/Berlin' };

async function open({
  catalogue = [deadline],
  days = 10,
  pipeline = 'orders_daily',
}: {
  catalogue?: (typeof deadline)[];
  days?: number;
  pipeline?: string;
} = {}) {
  const stage = await openTimeStage(database.db, {
    start,
    catalogue,
    settings: { workspace: { timeZone: 'Europe/Berlin' }, noise: { reminders: [] } },
  });
  await database.db.query(
    `insert into runs (connection, pipeline, run, attempt, status, started_at, ended_at, occurred_at, recorded_at)
     select 'default', $1, 'd' || ago, 1, 'succeeded', e.at - interval '20 minutes', e.at, e.at, e.at
     from generate_series(1, $2::int) ago
     cross join lateral (select $3::timestamptz + interval '10 minutes' - ago * interval '1 day' as at) e`,
    [pipeline, days, start],
  );
  await database.db.query(
    `insert into pipelines (connection, key, first_seen_at, seen_at) values ('default', $1, $2, $2)`,
    [pipeline, new Date(Date.parse(start) - 30 * 86_400_000)],
  );
  return stage;
}

describe('a run that is not done by its deadline', () => {
  it('is told once, as late, with when it is usually ready; its success recovers it', async () => {
    const { push, play, alertOf } = await open();
    await play([
      { from: '0 s', to: '29 min 59 s', posts: [] },
      {
        from: '30 min',
        to: '30 min 2.5 s',
        posts: [
          /^🟠 Late: orders_daily\. not finished by 08:00; usually ready 07:40 \(p95 07:40, n 10\); not running now, takes about 20 min/,
        ],
      },
      { from: '2 h', to: '2 h', posts: [] },
      { at: '3 h', does: () => push('started', 'orders_daily', { run: 'x' }) },
      { from: '3 h', to: '3 h 1 s', posts: ['runs again'] },
      { at: '3 h 20 min', does: () => push('succeeded', 'orders_daily', { run: 'x' }) },
      { from: '3 h 20 min', to: '3 h 20 min 1 s', posts: ['🟢 Recovered after 2 h 50 min: orders_daily'] },
      { from: '20 h', to: '20 h', posts: [] },
    ]);
    expect(alertOf('orders_daily')).toContain('🟢 Recovered: orders_daily');
  });

  it('is not told when it was done in time', async () => {
    const { push, play } = await open();
    await play([
      { at: '25 min', does: () => push('succeeded', 'orders_daily', { run: 'x' }) },
      { from: '5 h', to: '5 h', posts: [] },
    ]);
  });

  it('is told with what runs now and when that will be ready, and that run recovers it', async () => {
    const { push, play } = await open();
    await play([
      { at: '25 min', does: () => push('started', 'orders_daily', { run: 'x' }) },
      {
        from: '30 min',
        to: '30 min 2.5 s',
        posts: [/^🟠 Late: orders_daily.*running since 07:55, probably ready about 08:15/],
      },
      { at: '45 min', does: () => push('succeeded', 'orders_daily', { run: 'x' }) },
      { from: '45 min', to: '45 min 1 s', posts: ['🟢 Recovered'] },
    ]);
  });

  it('that then fails is the same alert, red', async () => {
    const { push, play, alertOf } = await open();
    await play([
      { at: '25 min', does: () => push('started', 'orders_daily', { run: 'x' }) },
      { from: '30 min', to: '30 min 2.5 s', posts: ['🟠 Late'] },
      { at: '40 min', does: () => push('failed', 'orders_daily', { run: 'x' }) },
      { from: '40 min', to: '40 min 1 s', posts: ['🔴 Failed again: orders_daily'] },
    ]);
    expect(alertOf('orders_daily')).toContain('🔴 Failed: orders_daily');
  });

  it('is not told as late as well when it has failed', async () => {
    const { push, play } = await open();
    await play([
      { at: '20 min', does: () => push('failed', 'orders_daily', { run: 'x' }) },
      { from: '20 min', to: '20 min 1 s', posts: ['🔴 Failed: orders_daily'] },
      { from: '5 h', to: '5 h', posts: [] },
    ]);
  });

  it('is not told before its connection was polled after the deadline', async () => {
    const { play, db, settings, clock } = await open();
    settings.orchestrators.push({
      name: 'default',
      kind: 'maestro',
      headers: {},
      actAs: 'email',
      settings: { url: 'http://127.0.0.1:9', headers: {} },
      poll: { everySeconds: 3_600 },
    });
    const polled = () =>
      db.query(
        `insert into polls (connection, polled_at, succeeded_at, claimed_until) values ('default', $1, $1, $2)
         on conflict (connection) do update set polled_at = excluded.polled_at, succeeded_at = excluded.succeeded_at`,
        [clock.now(), new Date(clock.now().getTime() + 86_400_000)],
      );
    await polled();
    await play([
      { from: '30 min', to: '31 min', posts: [] },
      { at: '31 min 1 s', does: polled },
      { from: '31 min 1 s', to: '31 min 14 s', posts: ['🟠 Late: orders_daily'] },
    ]);
  });

  it('is one of two alerts when another pipeline is late at the same time', async () => {
    const { play } = await open({ catalogue: [deadline, { ...deadline, pipeline: 'refunds' }] });
    await database.db.query(
      `insert into pipelines (connection, key, first_seen_at, seen_at) select connection, 'refunds', first_seen_at, seen_at from pipelines`,
    );
    const one = /^🟠 Late: (orders_daily|refunds)\. not finished/;
    await play([{ from: '30 min', to: '30 min 5 s', posts: [one, one] }]);
  });
});

describe('a pipeline without a deadline', () => {
  it('is told as late a quarter of an hour after its usual end', async () => {
    const { play } = await open({ catalogue: [] });
    await play([{ from: '25 min', to: '25 min 2.5 s', posts: ['🟠 Late: orders_daily'] }]);
  });

  it('that is known for a few days only is not', async () => {
    const { play } = await open({ catalogue: [], days: 7 });
    await play([{ from: '5 h', to: '5 h', posts: [] }]);
  });
});
