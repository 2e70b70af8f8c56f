import { randomUUID } from 'node:crypto';
import { createDiagnosis } from '../../src/diagnosis';
import { type Settings, SettingsFile } from '../../src/domain/settings';
import { createIncidents, type Taken } from '../../src/incidents';
import { createLogger } from '../../src/lib/logger';
import { createOutbox } from '../../src/outbox';
import { renderPost } from '../../src/outbox/render';
import { createStorms } from '../../src/outbox/storms';
import { renderNotice } from '../../src/slack/story';
import { only } from '../support/abilities';
import { createTestDatabase, emptyTables, type TestDatabase } from '../support/database';
import { createSetClock } from '../support/set-clock';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  await emptyTables(database.db, 'incidents, runs, pipelines, posts, subscriptions');
});

interface Said {
  text: string;
  threadTs?: string;
  ts: string;
  edit: boolean;
  blocks?: unknown[];
}

/** The product's way from event to Slack, on a clock that stands; the channel takes so many posts, then none. */
function start({ takesEdits = true } = {}) {
  let areEditsTaken = takesEdits;
  const clock = createSetClock();
  const log = createLogger('silent');
  const { orchestrators: _orchestrators, ...parsed } = SettingsFile.parse({ defaultChannel: 'C0ALERTS' });
  const settings: Settings = { ...parsed, orchestrators: [], catalogue: [] };
  const said: Said[] = [];
  const files: string[] = [];
  let room = 0;
  const incidents = createIncidents({
    clock,
    log,
    settings: () => settings,
    channelId: async (channel) => channel,
    decided: () => undefined,
  });
  const storms = createStorms({
    db: database.db,
    clock,
    log,
    settings: () => settings,
    async uploadFile({ content }) {
      files.push(content);
      return { permalink: `https://files.example/F${files.length}` };
    },
  });
  const outbox = createOutbox({
    db: database.db,
    clock,
    log,
    storms,
    budgets: {
      async takePost() {
        room -= 1;
        return room >= 0 ? { isTaken: true } : { isTaken: false, hold: { waitMs: 60_000, isForAll: false } };
      },
      takeEdit: async () => (areEditsTaken ? 0 : 60_000),
      takeFile: async () => 0,
      takeView: async () => 0,
      close: async () => undefined,
    },
    sender: {
      async postMessage({ text, threadTs, channel, blocks }) {
        const ts = `1.${said.length}`;
        said.push({ text, threadTs, ts, edit: false, blocks });
        return { ts, channelId: channel };
      },
      async updateMessage({ text, ts }) {
        said.push({ text, ts, edit: true });
      },
      findPost: async () => undefined,
    },
    render: (post) =>
      renderPost(
        {
          db: database.db,
          clock,
          settings: () => settings,
          batchWordsOf: () => [],
          abilitiesOf: (name) => (name === 'prod' ? only('retry') : only()),
          downstreamOf: async () => [],
          upstreamOf: async () => [],
          messageUrl: (channel, ts) => `https://slack.example/${channel}/${ts}`,
          ownerName: async (owner) => owner,
          redact: (text) => text,
        },
        post,
      ),
    say: (notice) => renderNotice(notice, { name: 'It', timeZone: 'UTC' }).text,
    channelId: async (channel) => channel,
    sent: () => undefined,
    failed: () => undefined,
  });
  const event = (kind: 'failed' | 'succeeded', pipeline: string): Taken => ({
    event: {
      source: 'test',
      id: randomUUID(),
      kind,
      occurredAt: clock.now(),
      connection: 'prod',
      pipeline,
      run: `${pipeline} ${kind}`,
      attempt: 1,
      final: true,
      startedAt: clock.now(),
    },
  });
  return {
    said,
    files,
    receive: (...batch: Taken[]) => database.db.transaction((tx) => incidents.receive(tx, batch)),
    failed: (pipeline: string, error?: string) => ({
      ...event('failed', pipeline),
      ...(error === undefined ? {} : { cause: createDiagnosis({ rules: [], redact: [] }).diagnoseText(error) }),
    }),
    succeeded: (pipeline: string) => event('succeeded', pipeline),
    takeEdits() {
      areEditsTaken = true;
    },
    /** Time passes; then the channel takes so many posts. */
    async later(seconds: number, posts: number): Promise<Said[]> {
      clock.pass(seconds * 1_000);
      room = posts;
      const before = said.length;
      await outbox.deliver();
      return said.slice(before);
    },
  };
}

const names = Array.from({ length: 8 }, (_, index) => `orders_${index}`);

describe('more alerts than a channel may get', () => {
  it('are told at once by one card, before any alert of their own', async () => {
    const { receive, failed, later } = start();
    await receive(...names.map((name) => failed(name)));
    const [first, ...others] = await later(0, 1);
    expect(others).toEqual([]);
    expect(first?.text).toContain('Storm: 8 pipelines hit, 8 problems');
  });

  it('are mended from the card, all of one cause at once, as far as they are failed and can be retried', async () => {
    const { receive, failed, succeeded, later } = start();
    const noTable = 'relation "src_raw" does not exist';
    await receive(...names.map((name) => failed(name)), ...['a', 'b', 'c'].map((name) => failed(name, noTable)));
    await later(1, 0);
    await receive(succeeded('c'));
    const [card] = await later(61, 1);
    const drawn = JSON.stringify(card?.blocks);
    expect(drawn.match(/retry-all\.v1/g)).toHaveLength(1);
    expect(drawn).toContain('Retry all 2: ');
  });

  it('are told by a card of its own in a channel that has subscribed to them', async () => {
    const { receive, failed, later } = start();
    await database.db.query(
      `insert into subscriptions (subscription_id, channel, channel_name, filter, wording, person_id, created_at)
       values ($1, 'C0OTHER', 'other', '{"pattern": "orders_*"}', 'orders_*', $1, now())`,
      [randomUUID()],
    );
    await receive(...names.map((name) => failed(name)));
    const cards = await later(0, 2);
    expect(cards.map(({ text }) => text)).toEqual([
      expect.stringContaining('Storm: 8 pipelines hit, 8 problems'),
      expect.stringContaining('Storm: 8 pipelines hit, 8 problems'),
    ]);
  });

  it('follow one by one; what recovered before its turn gets none, and stands in the card', async () => {
    const { receive, failed, succeeded, later, said } = start();
    await receive(...names.map((name) => failed(name)));
    await later(0, 1);
    await later(1, 2);
    await later(1, 2);
    await receive(...names.slice(5).map(succeeded));
    await later(61, 20);
    await later(61, 20);
    const tops = said.filter(({ edit, threadTs }) => !edit && !threadTs).map(({ text }) => text);
    expect(tops.filter((text) => text.includes('Storm'))).toHaveLength(1);
    for (const name of names.slice(0, 5))
      expect(tops.filter((text) => text.includes(name) && !text.includes('Storm'))).toHaveLength(1);
    for (const name of names.slice(5))
      expect(tops.filter((text) => text.includes(name) && !text.includes('Storm'))).toHaveLength(0);
    const card = said.filter(({ ts }) => ts === said[0]?.ts).at(-1);
    expect(card?.text).toContain('5 still failing, 3 over it');
    const [left] = await database.db.query<{ count: number }>(
      `select count(*)::int as count from posts where state <> 'sent'`,
    );
    expect(left?.count).toBe(0);
  });

  it('get none of their own for what recovered once a reply under the card told of it, though no edit of the card had its turn', async () => {
    const { receive, failed, succeeded, later, said } = start({ takesEdits: false });
    await receive(...names.map((name) => failed(name)));
    await later(0, 1);
    const latecomers = ['late_1', 'late_2'];
    await receive(...latecomers.map((name) => failed(name)));
    // One look takes them in, the next one tells of them.
    await later(3, 0);
    await receive(...[...names, ...latecomers].map(succeeded));
    const before = said.length;
    await later(61, 1);
    expect(said.slice(before).map(({ text }) => text)).toEqual([expect.stringContaining('Now 10 pipelines hit')]);
    await later(61, 20);
    const tops = said.filter(({ edit, threadTs }) => !edit && !threadTs).map(({ text }) => text);
    expect(tops).toEqual([expect.stringContaining('Storm')]);
  });

  it('are said to be over on the card before the last edits of single alerts', async () => {
    const { receive, failed, succeeded, later, takeEdits } = start({ takesEdits: false });
    await receive(...names.map((name) => failed(name)));
    await later(0, 1);
    await later(61, 5);
    await receive(...names.map(succeeded));
    await later(61, 20);
    takeEdits();
    const [first, ...others] = (await later(61, 20)).filter(({ edit }) => edit).map(({ text }) => text);
    expect(first).toContain('Storm over');
    expect(others.length).toBeGreaterThan(0);
    for (const text of others) expect(text).toContain('Recovered');
  });

  it('list every pipeline in a file that the thread leads to', async () => {
    const { receive, failed, later, files, said } = start();
    await receive(...names.map((name) => failed(name)));
    await later(0, 1);
    await later(61, 20);
    await later(61, 20);
    expect(names.filter((name) => files.at(-1)?.includes(name))).toEqual(names);
    expect(
      said.some(({ text, threadTs }) => threadTs === said[0]?.ts && text.includes('https://files.example/F1')),
    ).toBe(true);
  });

  it('lead to the newest list where one grew longer before its reply had its turn', async () => {
    const { receive, failed, later, files, said } = start();
    await receive(...names.map((name) => failed(name)));
    await later(0, 1);
    for (let minute = 0; minute < 2; minute += 1) await later(61, 0);
    await receive(...names.map((name) => failed(`${name}_too`)));
    for (let minute = 0; minute < 3; minute += 1) await later(61, 0);
    expect(files.length).toBeGreaterThan(1);
    for (let minute = 0; minute < 3; minute += 1) await later(61, 40);
    const listed = said.filter(({ text }) => text.includes('files.example')).map(({ text }) => text);
    expect(listed.at(-1)).toContain(`https://files.example/F${files.length}`);
    expect(listed).toHaveLength(1);
  });

  it('get what happened meanwhile as one reply', async () => {
    const { receive, failed, later, said } = start();
    await receive(...names.map((name) => failed(name)));
    await later(0, 1);
    await receive(failed('orders_7'));
    for (const seconds of [1, 2]) {
      await later(seconds, 0);
      const [again] = [failed('orders_7')];
      if (again) await receive({ ...again, event: { ...again.event, run: `orders_7 after ${seconds}` } });
    }
    await later(61, 30);
    await later(61, 30);
    const own = said.find(({ text, edit, threadTs }) => !edit && !threadTs && /Failed: orders_7/.test(text));
    const replies = said.filter(({ threadTs }) => threadTs === own?.ts);
    expect(replies).toHaveLength(1);
    expect(replies[0]?.text).toContain('What happened before this message');
  });

  it('get what waits in a thread as one reply, where it comes faster than the channel takes it', async () => {
    const { receive, failed, succeeded, later, said } = start();
    const noTable = 'relation "src_raw" does not exist';
    await receive(failed('orders', noTable));
    await later(0, 1);
    await receive(failed('returns', noTable));
    await later(1, 0);
    await receive(succeeded('returns'), succeeded('orders'));
    await later(61, 5);
    const replies = said.filter(({ threadTs }) => threadTs === said[0]?.ts).map(({ text }) => text);
    expect(replies).toHaveLength(1);
    expect(replies[0]).toMatch(/What happened before this message.*hit in all.*ecovered/s);
    const [left] = await database.db.query<{ count: number }>(
      `select count(*)::int as count from posts where state <> 'sent'`,
    );
    expect(left?.count).toBe(0);
  });

  it('get it one by one where the channel keeps pace', async () => {
    const { receive, failed, succeeded, later, said } = start();
    const noTable = 'relation "src_raw" does not exist';
    await receive(failed('orders', noTable));
    await later(0, 1);
    await receive(failed('returns', noTable));
    await later(4, 5);
    await receive(succeeded('returns'), succeeded('orders'));
    await later(4, 5);
    const replies = said.filter(({ threadTs }) => threadTs === said[0]?.ts).map(({ text }) => text);
    expect(replies.length).toBeGreaterThan(1);
    expect(replies.join()).not.toContain('What happened before this message');
  });

  it('are looked at without a lock while nothing is to be done', async () => {
    const { receive, failed, later } = start();
    await receive(...names.map((name) => failed(name)));
    const begun = jest.spyOn(database.db, 'transaction');
    await later(0, 1);
    expect(begun).toHaveBeenCalledTimes(1); // opens the card
    await later(0.6, 0);
    expect(begun).toHaveBeenCalledTimes(2); // and notes what it has seen
    for (let look = 1; look <= 3; look += 1) await later(0.6, 0);
    expect(begun).toHaveBeenCalledTimes(2);
    begun.mockRestore();
  });

  it('leave a channel alone that keeps its pace', async () => {
    const { receive, failed, later } = start();
    await receive(...names.slice(0, 5).map((name) => failed(name)));
    const first = await later(0, 5);
    expect(first.map(({ text }) => text.includes('Storm'))).toEqual([false, false, false, false, false]);
  });
});
