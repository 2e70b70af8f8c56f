import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { UsageFault } from '../../src/cli/io';
import { timeAsked } from '../../src/cli/replay';
import { headline } from '../../src/cli/replay/outcome';
import type { Told } from '../../src/cli/replay/say';
import { systemClock } from '../../src/lib/clock';
import { createLogger } from '../../src/lib/logger';
import { openScratch } from '../../src/store/scratch';
import { createTestDatabase, type TestDatabase } from '../support/database';
import { type Told as Live, openTimeStage } from '../support/time-stage';
import { runPitcrew } from './run-pitcrew';

const now = new Date('2026-11-25T12:00:00Z');

describe('the time that a replay is asked for', () => {
  it.each([
    { from: '7d', to: undefined, is: ['2026-11-18T12:00:00.000Z', '2026-11-25T12:00:00.000Z'] },
    { from: '36h', to: '12h', is: ['2026-11-24T00:00:00.000Z', '2026-11-25T00:00:00.000Z'] },
    { from: '2026-11-20', to: '2026-11-21', is: ['2026-11-19T23:00:00.000Z', '2026-11-20T23:00:00.000Z'] },
    { from: '2026-11-20T09:30', to: '2026-11-20T10:30Z', is: ['2026-11-20T08:30:00.000Z', '2026-11-20T10:30:00.000Z'] },
    // The day on which the clock is put back has 25 hours.
    { from: '2026-10-25', to: '2026-10-26', is: ['2026-10-24T22:00:00.000Z', '2026-10-25T23:00:00.000Z'] },
    { from: '1h', to: '2027-01-01', is: ['2026-11-25T11:00:00.000Z', '2026-11-25T12:00:00.000Z'] },
  ])('of --from $from --to $to is $is', ({ from, to, is }) => {
    const asked = timeAsked({ from, to }, now, 'Europe/Berlin');
    expect([asked.from.toISOString(), asked.to.toISOString()]).toEqual(is);
  });

  it.each([
    { from: undefined, to: undefined, say: /--from is missing/ },
    { from: 'lately', to: undefined, say: /--from wants a time/ },
    { from: '1d', to: 'soon', say: /--to wants a time/ },
    { from: '1d', to: '2d', say: /before --to/ },
    { from: '2027-01-01', to: '2027-01-02', say: /lies ahead/ },
  ])('is refused for --from $from --to $to', ({ from, to, say }) => {
    expect(() => timeAsked({ from, to }, now, 'UTC')).toThrow(UsageFault);
    expect(() => timeAsked({ from, to }, now, 'UTC')).toThrow(say);
  });
});

describe('headline', () => {
  it.each([
    { text: '🔴 Failed: orders_daily\nmore', is: '🔴 Failed: orders_daily' },
    { text: '<!subteam^S0ORDERS> a &lt;b&gt; &amp; c', is: '@S0ORDERS a <b> & c' },
    { text: 'by <@U0DANA>, <https://x.example|here>', is: 'by @U0DANA, here' },
  ])('reads $text as people do', ({ text, is }) => {
    expect(headline(text)).toBe(is);
  });
});

const start = '2025-11-26T09:00:00.000Z';
const window = ['--from', '2025-11-26T09:00Z', '--to', '2025-11-26T10:00Z'];
const inForce = {
  workspace: { timeZone: 'Europe/Berlin' },
  defaultChannel: 'C0ALERTS',
  platformChannel: 'C0PLATFORM',
  noise: { reminders: [10, 20], acknowledgeExpiresMinutes: 15 },
  teams: [{ name: 'crm', channel: 'C0CRM0000', onCall: { usergroup: 'S0CRM' } }],
  routes: [
    { match: { pipeline: 'billing_*' }, channel: 'C0BILLING' },
    { match: { pipeline: 'contacts' }, channel: 'C0CRM0000', mention: 'onCall' },
  ],
};

/** What the replay may have changed: rows of the real schema, and schemas. */
const tables = [
  'inbox',
  'incidents',
  'incident_members',
  'incident_places',
  'posts',
  'presses',
  'runs',
  'pipelines',
  'heard',
];

describe('pitcrew replay', () => {
  jest.setTimeout(90_000);
  let database: TestDatabase;
  let folder: string;
  let live: Live[];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'pitcrew-replay-'));
    database = await createTestDatabase();
    const stage = await openTimeStage(database.db, { start, settings: inForce });
    const { push, press, goThrough } = stage;
    await goThrough(
      [
        {
          at: '1 min',
          does: () => push('failed', 'orders_daily', { run: 'o1', error: 'relation "raw" does not exist' }),
        },
        { at: '2 min', does: () => push('failed', 'contacts', { run: 'c1', team: 'crm', error: 'disk full' }) },
        {
          at: '3 min',
          does: () => push('failed', 'billing_eu', { run: 'b1', error: 'relation "raw" does not exist' }),
        },
        { at: '4 min', does: () => push('started', 'quiet_one') },
        { at: '5 min', does: () => push('succeeded', 'quiet_one') },
        { at: '6 min', does: () => press('acknowledge.v1', 'contacts') },
        { at: '40 min', does: () => push('succeeded', 'contacts', { run: 'c2' }) },
        { at: '41 min', does: () => push('succeeded', 'orders_daily', { run: 'o2' }) },
        { at: '42 min', does: () => push('succeeded', 'billing_eu', { run: 'b2' }) },
        { at: '50 min', does: () => push('failed', 'orders_daily', { run: 'o3', error: 'timeout' }) },
        { at: '51 min', does: () => press('alert-more.v1', 'orders_daily', { value: { minutes: 60 } }) },
      ],
      '59 min',
    );
    live = stage.told;
  });
  afterAll(async () => {
    await database.drop();
    rmSync(folder, { recursive: true });
  });

  let files = 0;
  const run = (settings: Record<string, unknown>, words: string[] = [...window, '--json']) => {
    files += 1;
    const file = join(folder, `${files}.yaml`);
    writeFileSync(file, stringify(settings));
    return runPitcrew(['replay', ...words, '--config', file], { DATABASE_URL: database.url });
  };
  const replay = async (settings: Record<string, unknown>): Promise<Told> => {
    const { code, out } = await run(settings);
    expect(code).toBe(0);
    return JSON.parse(out);
  };
  const topOf = ({ channels }: Told) =>
    channels.flatMap(({ channel, messages }) => messages.map(({ text }) => `${channel} ${text}`)).sort();
  const rows = async () => {
    const sums = await Promise.all(
      tables.map((table) =>
        database.db.query(`select md5(string_agg(t::text, '' order by t::text)) as sum from ${table} t`),
      ),
    );
    return sums.flat();
  };
  const schemas = () => database.db.query(`select nspname as name from pg_namespace where nspname like 'pitcrew%'`);

  it('gives exactly the posts that the configuration in force gave', async () => {
    const told = await replay(inForce);
    expect(topOf(told)).toEqual(
      live
        .filter(({ how }) => how === 'post')
        .map(({ channel, text }) => `${channel} ${headline(text)}`)
        .sort(),
    );
    expect(told.channels.map(({ channel, replayed }) => ({ channel, ...replayed }))).toEqual(
      told.channels.map(({ channel, inForce: real }) => ({ channel, ...real })),
    );
    expect(told.inForce.posts).toBeGreaterThan(3);
    expect(told).toMatchObject({ events: 9, presses: { repeated: 2, withoutAlert: 0 }, waiting: 0 });
  });

  it.each([
    {
      title: 'one route for all',
      settings: { ...inForce, routes: [{ match: { pipeline: '*' }, channel: 'C0ALL0000' }] },
      gives: { C0ALL0000: { posts: 2, calls: 0 }, C0ALERTS: { posts: 0 } },
    },
    {
      title: 'a route without threads',
      settings: { ...inForce, routes: [{ match: { pipeline: '*' }, channel: 'C0ALL0000', threads: false }] },
      // That of the press.
      gives: { C0ALL0000: { posts: 2, replies: 2 } },
    },
    {
      title: 'no reminders',
      settings: { ...inForce, noise: { ...inForce.noise, reminders: [] } },
      // What is left is told by the end of two pipelines, what joined, and the new failure.
      gives: { C0ALERTS: { posts: 1, replies: 4 }, C0CRM0000: { posts: 1, replies: 3 } },
    },
    {
      title: 'planned silence',
      settings: {
        ...inForce,
        noise: {
          ...inForce.noise,
          maintenance: [
            { name: 'move', match: { pipeline: 'contacts' }, from: '2025-11-26T10:00', to: '2025-11-26T10:45' },
          ],
        },
      },
      // One line at its end.
      gives: { C0CRM0000: { posts: 1, replies: 0, calls: 0 }, C0ALERTS: { posts: 1 } },
    },
  ])('tells what $title would have given', async ({ settings, gives }) => {
    const told = await replay(settings);
    expect(Object.fromEntries(told.channels.map(({ channel, replayed }) => [channel, replayed]))).toMatchObject(gives);
  });

  it('leaves the real rows as they were, and nothing behind, also when two run at once', async () => {
    const before = await rows();
    const both = await Promise.all([replay(inForce), replay({ ...inForce, routes: [] })]);
    expect(both.map(({ replayed }) => replayed.posts)).toEqual([4, 2]);
    expect(await rows()).toEqual(before);
    expect(await schemas()).toEqual([]);
  });

  it('takes away what a replay left that was killed, and nothing of one that runs', async () => {
    await database.db.query('create schema pitcrew_scratch_dead; create table pitcrew_scratch_dead.inbox (seq int)');
    const log = createLogger('silent');
    const running = await openScratch(database.db, { url: database.url, clock: systemClock, log });
    expect(await schemas()).toHaveLength(1);
    await replay(inForce);
    expect(await schemas()).toHaveLength(1);
    expect(await running.db.query('select 1 as there from inbox')).toEqual([]);
    await running.drop();
    expect(await schemas()).toEqual([]);
  });

  it('calls nobody but its database', async () => {
    const connect = jest.spyOn(Socket.prototype, 'connect');
    const orchestrators = [{ name: 'default', kind: 'maestro', url: 'http://127.0.0.1:9', poll: { everySeconds: 30 } }];
    try {
      await replay({ ...inForce, orchestrators });
      const ports = connect.mock.calls.map(([to]) => JSON.stringify(to)).filter((to) => !to.includes(portOf(database)));
      expect({ calls: connect.mock.calls.length > 0, ports }).toEqual({ calls: true, ports: [] });
    } finally {
      connect.mockRestore();
    }
  });

  it('prints each post with its cause and state, and both sums', async () => {
    const { out } = await run(inForce, window);
    const lines = out.split('\n').map((line) => line.split(/ {2,}/));
    expect(lines[0]?.[0]).toMatch(
      /^26 Nov 2025, 10:00 to 11:00 \(Europe\/Berlin\), 9 events, with .*yaml\. Nothing was posted\.$/,
    );
    expect(lines).toContainEqual([
      '10:02:00',
      expect.stringMatching(/^Calling @S0CRM\. 🔴 Failed: contacts/),
      'recovered',
      '3',
      '4',
      'yes',
      'route 2',
    ]);
    expect(lines).toContainEqual(['C0CRM0000', '1 (1)', '4 (4)', '1 (1)', '0 (0)']);
    expect(out).toMatch(/In force: 4 posts, 16 replies, 1 call\. This configuration: 4 posts, 16 replies, 1 call\.\n$/);
  });

  it.each([
    {
      title: 'no event was recorded then',
      words: ['--from', '2025-11-20', '--to', '2025-11-21'],
      say: /^No event was recorded from 20 Nov 2025, 00:00 .* kept reaches from 26 Nov 2025, 10:01 to 26 Nov 2025, 10:50\.$/m,
    },
  ])('says so when $title', async ({ words, say }) => {
    const { code, out } = await run(inForce, words);
    expect({ code, out }).toEqual({ code: 0, out: expect.stringMatching(say) });
  });

  it('says so when nothing was ever recorded', async () => {
    const empty = await createTestDatabase();
    try {
      const { code, out } = await runPitcrew(['replay', '--from', '7d'], { DATABASE_URL: empty.url });
      expect({ code, out }).toEqual({ code: 0, out: 'Nothing has been recorded yet: no source has sent an event.\n' });
    } finally {
      await empty.drop();
    }
  });

  it('ends with 78 for a configuration with a fault, 2 for a time that cannot be read, 1 for a database that is not there', async () => {
    const nowhere = Object.assign(new URL(database.url), { pathname: '/nowhere' }).href;
    const codes = [
      await run({ routes: 'none' }),
      await run(inForce, ['--from', 'lately']),
      await runPitcrew(['replay', '--from', '1d'], { DATABASE_URL: nowhere }),
      await runPitcrew(['replay', '--from', '1d', '--config', join(folder, 'not-there.yaml')], {
        DATABASE_URL: database.url,
      }),
    ].map(({ code }) => code);
    expect(codes).toEqual([78, 2, 1, 78]);
  });

  it('keeps to the pace of Slack, so that a storm is told by its card', async () => {
    const storm = await createTestDatabase();
    try {
      const { push, goThrough } = await openTimeStage(storm.db, { start, settings: inForce });
      const failAll = async () => {
        for (let n = 0; n < 60; n += 1)
          await push('failed', `job_${n}`, {
            run: 'r1',
            error: `error ${'abcdefghij'[n % 10]}${'klmnopqrst'[Math.floor(n / 10)]}`,
          });
      };
      await goThrough([{ at: '1 min', does: failAll }], '70 s');
      const file = join(folder, 'storm.yaml');
      writeFileSync(file, stringify(inForce));
      const words = [
        'replay',
        '--from',
        '2025-11-26T09:00Z',
        '--to',
        '2025-11-26T09:02:30Z',
        '--json',
        '--config',
        file,
      ];
      const told: Told = JSON.parse((await runPitcrew(words, { DATABASE_URL: storm.url })).out);
      const times = told.channels.flatMap(({ messages }) => messages.map(({ at }) => new Date(at).getTime()));
      expect(told.replayed.stormCards).toBe(1);
      // One post a second, and four of them at once: so many more need as many seconds.
      expect(times.length).toBeGreaterThan(60);
      const isOnPace = times.every((time, last) =>
        times.slice(0, last).every((since, first) => time - since >= (last - first - 3) * 1_000),
      );
      expect(isOnPace).toBe(true);
    } finally {
      await storm.drop();
    }
  });
});

const portOf = ({ url }: TestDatabase): string => new URL(url).port;
