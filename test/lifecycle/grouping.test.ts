import { createTestDatabase, type TestDatabase } from '../support/database';
import { openTimeStage, type TimeStage } from '../support/time-stage';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const here = 'C0ALERTS';
const crm = 'C0CRMTEAM';
const platform = 'C0PLATFORM';
const warehouse = { error: 'FATAL: too many connections for role "etl"' };

const open = (settings: Record<string, unknown> = {}) =>
  openTimeStage(database.db, {
    settings: {
      noise: { reminders: [] },
      routes: [{ match: { pipeline: 'crm_*' }, channel: crm }],
      teams: [
        { name: 'orders', onCall: { usergroup: 'S0ORDERS' } },
        { name: 'crm', onCall: { usergroup: 'S0CRM' } },
      ],
      ...settings,
    },
  });

const posts = ({ told }: TimeStage, channel: string): string[] =>
  told.filter((each) => each.how === 'post' && each.channel === channel).map(({ text }) => text);
const replies = ({ told }: TimeStage, channel: string): string[] =>
  told.filter((each) => each.how === 'reply' && each.channel === channel).map(({ text }) => text);

describe('one cause over many pipelines of two channels', () => {
  async function hit(stage: TimeStage): Promise<void> {
    for (let n = 1; n <= 3; n += 1)
      await stage.push('failed', `orders_${n}`, { ...warehouse, team: 'orders', run: `o${n}` });
    for (let n = 1; n <= 9; n += 1) await stage.push('failed', `crm_${n}`, { ...warehouse, team: 'crm', run: `c${n}` });
  }

  it('is one post in each, which counts those here and elsewhere, and one for the platform', async () => {
    const stage = await open({ platformChannel: platform });
    await stage.play([
      { at: '1.2 s', does: () => hit(stage) },
      {
        from: '1.2 s',
        to: '2 s',
        posts: [/^🔴 Failed: /, /^🔴 Failed: /, /^🔴 Failed: /, /12 hit in all/, /12 hit in all/, /12 hit in all/],
      },
    ]);
    expect(posts(stage, here)).toEqual([expect.stringMatching(/^🔴 Failed: orders_1.*2 more here.*9 elsewhere/)]);
    expect(posts(stage, crm)).toEqual([expect.stringMatching(/^🔴 Failed: crm_1.*8 more here.*3 elsewhere/)]);
    expect(posts(stage, platform)).toEqual([expect.stringMatching(/^🔴 Failed: orders_1.*11 elsewhere/)]);
  });

  it('has in each channel an acknowledge and a mute of its own', async () => {
    const stage = await open({ platformChannel: platform });
    const { press, play, alertOf } = stage;
    await play([
      { at: '1 s', does: () => hit(stage) },
      { from: '1 s', to: '3 s', posts: [/./, /./, /./, /./, /./, /./] },
      { at: '1 min', does: () => press('acknowledge.v1', 'orders_1') },
      { from: '1 min', to: '1 min 1 s', posts: [/^👀 Acknowledged by @dana/] },
      { at: '2 min', does: () => press('alert-more.v1', 'crm_1', { by: 'U0NOAH', value: { minutes: 60 } }) },
      { from: '2 min', to: '2 min 1 s', posts: [/^🔕 Muted by @noah/] },
      {
        at: '3 min',
        does: () => {
          expect(alertOf('orders_1', here)).toContain('👀 Acknowledged');
          expect(alertOf('crm_1', crm)).toContain('🔕 Muted');
          expect(alertOf('orders_1', platform)).toContain('🔴 Failed');
        },
      },
      { at: '5 min', does: () => stage.push('failed', 'crm_1', { run: 'c1', attempt: 2 }) },
      { from: '5 min', to: '5 min 1 s', posts: [/^🔴 Failed again: crm_1/] },
      { at: '10 min', does: () => stage.push('failed', 'orders_1', { run: 'o1', attempt: 2 }) },
      { from: '10 min', to: '10 min 1 s', posts: [/^🔴 Failed again: orders_1/, /^🔴 Failed again: orders_1/] },
      { from: '62 min', to: '62 min 3 s', posts: [/^No longer muted: .* 1 event was not told/] },
      { from: '121 min', to: '121 min 3 s', posts: ['The acknowledgement has run out'] },
    ]);
    expect(replies(stage, platform).filter((text) => /Failed again/.test(text))).toHaveLength(2);
    expect(replies(stage, crm).filter((text) => /Failed again/.test(text))).toEqual([]);
  });

  it('is reminded of in each channel alone, to the people of that channel’s pipelines', async () => {
    const stage = await open({ noise: { reminders: [10] } });
    await stage.play([
      { at: '1 s', does: () => hit(stage) },
      { from: '1 s', to: '3 s', posts: [/./, /./, /./, /./] },
      { at: '5 min', does: () => stage.press('acknowledge.v1', 'orders_1') },
      { from: '5 min', to: '5 min 1 s', posts: ['Acknowledged'] },
      { from: '10 min', to: '10 min 5 s', posts: [/^<!subteam\^S0CRM> crm_1 still fails/] },
    ]);
  });

  it('is over in a channel when its own are, and ends everywhere with the last one', async () => {
    const stage = await open({ platformChannel: platform });
    const back = async (name: string, letter: string, count: number) => {
      for (let n = 1; n <= count; n += 1)
        await stage.push('succeeded', `${name}_${n}`, { run: `${letter}${n}`, attempt: 2 });
    };
    await stage.play([
      { at: '1 s', does: () => hit(stage) },
      { from: '1 s', to: '3 s', posts: [/./, /./, /./, /./, /./, /./] },
      { at: '5 min', does: () => back('orders', 'o', 3) },
      {
        from: '5 min',
        to: '5 min 1 s',
        posts: [/orders_1, orders_2, orders_3.*9 still/, /orders_1, orders_2, orders_3.*9 still/],
      },
      { at: '8 min', does: () => back('crm', 'c', 9) },
      { from: '8 min', to: '8 min 1 s', posts: [/./, /./, /./, /./, /./] },
    ]);
    for (const channel of [here, crm, platform]) {
      expect(stage.told.filter((each) => each.channel === channel && each.how === 'edit').at(-1)?.text).toMatch(
        /^🟢 Recovered/,
      );
      expect(replies(stage, channel).filter((text) => /^🟢 Recovered after/.test(text))).toHaveLength(1);
    }
  });
});

describe('the same cause', () => {
  it('joins within the window after the newest failure, and is a new incident after it', async () => {
    const stage = await open();
    await stage.play([
      { at: '0 s', does: () => stage.push('failed', 'orders_1', warehouse) },
      { from: '0 s', to: '1 s', posts: ['🔴 Failed: orders_1'] },
      { at: '9 min', does: () => stage.push('failed', 'orders_2', warehouse) },
      { from: '9 min', to: '9 min 1 s', posts: [/1 more hit/] },
      { at: '18 min 50 s', does: () => stage.push('failed', 'orders_3', warehouse) },
      { from: '18 min 50 s', to: '18 min 52 s', posts: [/1 more hit/] },
      { at: '29 min', does: () => stage.push('failed', 'orders_4', warehouse) },
      { from: '29 min', to: '29 min 1 s', posts: ['🔴 Failed: orders_4'] },
    ]);
  });
});

describe('what hangs on a pipeline that is down', () => {
  it('joins its alert, however much later and with whatever error of its own, and leaves it by itself', async () => {
    const stage = await open();
    const { push, play } = stage;
    await play([
      { at: '0 s', does: () => push('failed', 'raw', { outputs: ['lake.raw'], error: 'disk full', run: 'r' }) },
      { from: '0 s', to: '1 s', posts: ['🔴 Failed: raw'] },
      { at: '3 h', does: () => push('failed', 'report', { inputs: ['lake.raw'], error: 'no rows', run: 'p' }) },
      { from: '3 h', to: '3 h 1 s', posts: [/1 more hit.*report/] },
      { at: '4 h', does: () => push('succeeded', 'raw', { run: 'r', attempt: 2 }) },
      { from: '4 h', to: '4 h 1 s', posts: [/^🟢 Recovered: raw\. 1 still hit/] },
      { at: '5 h', does: () => push('succeeded', 'report', { run: 'p', attempt: 2 }) },
      { from: '5 h', to: '5 h 1 s', posts: [/^🟢 Recovered after/] },
    ]);
  });
});

describe('a partition', () => {
  it('has an alert of its own, and only its own success ends it', async () => {
    const stage = await open();
    const { push, play } = stage;
    await play([
      { at: '0 s', does: () => push('failed', 'orders', { partition: '2026-11-24', run: 'a' }) },
      { at: '1 min', does: () => push('failed', 'orders', { partition: '2026-11-25', run: 'b' }) },
      { from: '0 s', to: '1 min 1 s', posts: ['🔴 Failed: orders', '🔴 Failed: orders'] },
      { at: '5 min', does: () => push('succeeded', 'orders', { partition: '2026-11-26', run: 'c' }) },
      { at: '6 min', does: () => push('succeeded', 'orders', { partition: '2026-11-24', run: 'a', attempt: 2 }) },
      { from: '6 min', to: '6 min 1 s', posts: [/^🟢 Recovered after 6 min/] },
    ]);
  });
});

describe('without partitions', () => {
  it('a run that had started before the failed one mends nothing, the next one does', async () => {
    const { push, play } = await open();
    const startedAt = (minute: number) => new Date(Date.parse('2026-11-25T09:00:00Z') + minute * 60_000).toISOString();
    await play([
      { at: '5 min', does: () => push('failed', 'orders', { run: 'b', startedAt: startedAt(1) }) },
      { from: '5 min', to: '5 min 1 s', posts: ['🔴 Failed: orders'] },
      { at: '6 min', does: () => push('succeeded', 'orders', { run: 'a', startedAt: startedAt(0) }) },
      { at: '9 min', does: () => push('succeeded', 'orders', { run: 'c', startedAt: startedAt(7) }) },
      { from: '9 min', to: '9 min 1 s', posts: [/^🟢 Recovered after 4 min/] },
    ]);
  });
});

describe('a failure that the orchestrator mends by itself', () => {
  it('is told nowhere and counted; its last try is told', async () => {
    const { push, play, db } = await open();
    await play([
      { at: '0 s', does: () => push('failed', 'orders', { run: 'a', final: false }) },
      { at: '5 min', does: () => push('failed', 'orders', { run: 'a', attempt: 2, final: false }) },
      { at: '9 min', does: () => push('succeeded', 'orders', { run: 'a', attempt: 3 }) },
      { at: '20 min', does: () => push('failed', 'orders', { run: 'b', final: false }) },
      { at: '25 min', does: () => push('failed', 'orders', { run: 'b', attempt: 2 }) },
      { from: '25 min', to: '25 min 1 s', posts: [/^🔴 Failed: orders.*[Aa]ttempt 2/] },
      { from: '5 h', to: '5 h', posts: [] },
    ]);
    const counted = await db.query(`select count(*)::int as n from inbox where reason = 'will-retry-itself'`);
    expect(counted).toEqual([{ n: 3 }]);
  });
});

describe('a failure that is over by the time it is decided', () => {
  it('is told all the same, whatever came first: as recovered from the beginning, calling nobody', async () => {
    const routes = [{ match: {}, channel: here, mention: 'onCall' }];
    const { push, play } = await open({ routes });
    await play([
      {
        at: '0 s',
        does: async () => {
          await push('failed', 'orders', { run: 'a', team: 'orders' });
          await push('succeeded', 'orders', { run: 'a', attempt: 2, team: 'orders' });
        },
      },
      { from: '0 s', to: '1 s', posts: [/^🟢 Recovered: orders/, /^🟢 Recovered after/] },
      { at: '1 min', does: () => push('succeeded', 'stock', { run: 's', attempt: 2, team: 'orders' }) },
      { at: '2 min', does: () => push('failed', 'stock', { run: 's', team: 'orders' }) },
      { from: '2 min', to: '2 min 1 s', posts: [/^🟢 Recovered: stock/] },
    ]);
  });
});

describe('a recovered alert', () => {
  it('is taken up again in its thread for half an hour', async () => {
    const { push, play } = await open();
    await play([
      { at: '0 s', does: () => push('failed', 'orders', { run: 'a' }) },
      { at: '5 min', does: () => push('succeeded', 'orders', { run: 'a', attempt: 2 }) },
      { from: '0 s', to: '5 min 1 s', posts: ['🔴 Failed', '🟢 Recovered'] },
      { at: '34 min', does: () => push('failed', 'orders', { run: 'b' }) },
      { from: '34 min', to: '34 min 1 s', posts: [/^🔴 Failed again after it had recovered: orders/] },
    ]);
  });

  it('is left as it is after that: what fails then has an alert of its own', async () => {
    const { push, play } = await open();
    await play([
      { at: '0 s', does: () => push('failed', 'orders', { run: 'a' }) },
      { at: '5 min', does: () => push('succeeded', 'orders', { run: 'a', attempt: 2 }) },
      { from: '0 s', to: '5 min 1 s', posts: ['🔴 Failed', '🟢 Recovered'] },
      { at: '36 min', does: () => push('failed', 'orders', { run: 'b' }) },
      { from: '36 min', to: '36 min 1 s', posts: [/^🔴 Failed: orders/] },
    ]);
  });
});
