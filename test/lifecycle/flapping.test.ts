import { createTestDatabase, type TestDatabase } from '../support/database';
import { type Line, openTimeStage, type TimeStage } from '../support/time-stage';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const open = (noise: Record<string, unknown> = { reminders: [] }) =>
  openTimeStage(database.db, { settings: { noise } });

/** Fails at this minute, and a run that starts two minutes later is well five minutes after. */
function episode({ push }: TimeStage, minute: number): Line[] {
  const startedAt = (ms: number) => new Date(Date.parse('2026-11-25T09:00:00Z') + ms).toISOString();
  return [
    { at: `${minute} min`, does: () => push('failed', 'orders_hourly') },
    {
      at: `${minute + 5} min`,
      does: () => push('succeeded', 'orders_hourly', { startedAt: startedAt((minute + 2) * 60_000) }),
    },
  ];
}

/** What is told of the first two episodes, ten minutes apart. */
const beginning: Line[] = [
  { from: '0 s', to: '1 s', posts: ['🔴 Failed'] },
  { from: '5 min', to: '5 min 1 s', posts: ['🟢 Recovered'] },
  { from: '10 min', to: '10 min 1 s', posts: ['Failed again'] },
  { from: '15 min', to: '15 min 1 s', posts: ['🟢 Recovered'] },
];

describe('a pipeline that fails and recovers again and again', () => {
  it('is told so once, in the alert that is there, and from then on shown there alone until it is calm', async () => {
    const stage = await open();
    const { play, alertOf, told } = stage;
    await play([
      ...[0, 60, 120, 180].flatMap((minute) => episode(stage, minute)),
      { from: '0 s', to: '1 s', posts: [/^🔴 Failed: orders_hourly/] },
      { from: '5 min', to: '5 min 1 s', posts: ['🟢 Recovered'] },
      { from: '60 min', to: '60 min 1 s', posts: [/^🔴 Failed: orders_hourly/] },
      { from: '65 min', to: '65 min 1 s', posts: ['🟢 Recovered'] },
      {
        from: '120 min',
        to: '120 min 1 s',
        posts: [
          /^🔁 Flapping: orders_hourly failed 3 times in 2 h\. From here on single failures and recoveries are not told/,
        ],
      },
      {
        at: '121 min',
        does: () => expect(alertOf('orders_hourly')).toMatch(/^🔁 Flapping: orders_hourly.*failing since/),
      },
      { at: '126 min', does: () => expect(alertOf('orders_hourly')).toMatch(/^🔁 Flapping: orders_hourly.*up since/) },
      { at: '181 min', does: () => expect(alertOf('orders_hourly')).toMatch(/Failed 4 times in 3 h, failing since/) },
      {
        from: '305 min',
        to: '305 min 2.5 s',
        posts: [/^🟢 Recovered and calm: orders_hourly after 4 times since .* What happens next is told as always\.$/],
      },
      { from: '24 h', to: '24 h', posts: [] },
    ]);
    expect(alertOf('orders_hourly')).toMatch(/^🟢 Recovered: orders_hourly/);
    expect(told.filter(({ how }) => how === 'post')).toHaveLength(2);
  });

  it('that then fails without a pause is told to be no longer flapping, and reminded of', async () => {
    const stage = await open({ reminders: [30] });
    const { play, push, alertOf } = stage;
    await play([
      ...[0, 10].flatMap((minute) => episode(stage, minute)),
      ...beginning,
      { at: '20 min', does: () => push('failed', 'orders_hourly') },
      { from: '20 min', to: '20 min 1 s', posts: ['🔁 Flapping'] },
      {
        from: '80 min',
        to: '80 min 2.5 s',
        posts: ['🔴 Failed and no longer flapping: orders_hourly after 3 times'],
      },
      { at: '81 min', does: () => expect(alertOf('orders_hourly')).toMatch(/^🔴 Failed: orders_hourly/) },
      { from: '110 min', to: '110 min 5 s', posts: ['Reminder 1 of 1'] },
    ]);
  });

  it('has an alert of its own again after it was calm', async () => {
    const stage = await open();
    await stage.play([
      ...[0, 10, 20, 600].flatMap((minute) => episode(stage, minute)),
      ...beginning,
      { from: '20 min', to: '20 min 1 s', posts: ['🔁 Flapping'] },
      { from: '85 min', to: '85 min 2.5 s', posts: ['🟢 Recovered and calm'] },
      { from: '600 min', to: '600 min 1 s', posts: [/^🔴 Failed: orders_hourly/] },
      { from: '605 min', to: '605 min 1 s', posts: ['🟢 Recovered'] },
    ]);
  });

  it('holds back no word on another that shares the alert', async () => {
    const stage = await open();
    const { play, push } = stage;
    const error = { error: 'warehouse down: connection refused' };
    await play([
      ...[0, 10].flatMap((minute) => episode(stage, minute)),
      ...beginning,
      { at: '20 min', does: () => push('failed', 'orders_hourly', error) },
      { from: '20 min', to: '20 min 1 s', posts: ['🔁 Flapping'] },
      { at: '25 min', does: () => push('failed', 'stock_hourly', { inputs: ['x'], run: 's' }) },
      { from: '25 min', to: '25 min 1 s', posts: ['🔴 Failed: stock_hourly'] },
      { at: '26 min', does: () => push('succeeded', 'stock_hourly', { run: 's', attempt: 2 }) },
      { from: '26 min', to: '26 min 1 s', posts: ['🟢 Recovered'] },
      { from: '80 min', to: '80 min 2.5 s', posts: ['no longer flapping'] },
    ]);
  });
});
