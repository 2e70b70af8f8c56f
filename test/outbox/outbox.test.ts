import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '../../src/domain/failure';
import type { Notice } from '../../src/domain/notice';
import type { Urgency } from '../../src/domain/post';
import { createLogger } from '../../src/lib/logger';
import { createOutbox, nextDelayMs, type OutboxDeps } from '../../src/outbox';
import type { Budgets } from '../../src/outbox/budgets';
import type { Message } from '../../src/slack/message';
import type { DuePost, SendablePost } from '../../src/store/post-rows';
import * as postRows from '../../src/store/post-rows';
import { createPresence } from '../../src/store/presence';
import { createTestDatabase, emptyTables, type TestDatabase } from '../support/database';
import { until } from '../support/until';
import { answerLost, createFakeSlack, type Fate, rateLimited, refused, unavailable } from './fake-slack';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase({ maxConnections: 12 });
});
afterAll(() => database.drop());
beforeEach(() => emptyTables(database.db, 'incidents, posts'));

const nine = Date.UTC(2026, 10, 25, 9);

function open(differs: Partial<OutboxDeps> = {}) {
  const { db } = database;
  let now = nine;
  const clock = { now: () => new Date(now) };
  const slack = createFakeSlack(clock);
  const waits: number[] = [];
  const failures: string[] = [];
  const sent: SendablePost[] = [];
  const asked: string[] = [];
  /** What a channel, all `posts`, `edits` or `progress` have to wait for in ms. */
  const used = new Map<string, number>();
  const budgets: Budgets = {
    async takePost(channel) {
      asked.push(channel);
      const waitMs = used.get(channel) ?? used.get('posts');
      return waitMs === undefined
        ? { isTaken: true }
        : { isTaken: false, hold: { waitMs, isForAll: !used.has(channel) } };
    },
    async takeEdit(urgency) {
      const lane = urgency === 'progress' ? 'progress' : 'edits';
      asked.push(lane);
      return used.get(lane) ?? 0;
    },
    takeFile: async () => 0,
    takeView: async () => 0,
    async close() {},
  };
  /** What the parents of each channel show; else their version. */
  const shows = new Map<string, Message>();
  const render = async (post: SendablePost): Promise<Message & { replyBroadcast?: boolean }> => {
    if (post.role === 'parent') {
      const name = (
        await db.query<{ reason: string }>('select reason from incidents where incident_id = $1', [post.incidentId])
      )[0];
      return shows.get(post.channel) ?? { text: `${name?.reason} v${post.wantedVersion}`, blocks: [] };
    }
    const { notice } = post;
    return { text: notice?.kind === 'joined' ? `${notice.count} joined` : `${notice?.kind}`, blocks: [] };
  };
  const deps: OutboxDeps = {
    db,
    clock,
    log: createLogger('silent'),
    sender: slack.sender,
    budgets,
    storms: { watch: async () => false, isGoingOn: () => false, nextMs: () => undefined },
    render,
    say: ({ kind }) => kind,
    channelId: async (channel) => channel,
    sent: (post) => sent.push(post),
    failed: (kind) => failures.push(kind),
    random: () => 1,
    wait: async (ms) => waits.push(ms),
    ...differs,
  };
  return {
    deps,
    slack,
    waits,
    failures,
    sent,
    asked,
    used,
    shows,
    clock,
    deliver: createOutbox(deps).deliver,
    pass(ms: number) {
      now += ms;
    },
    async incident(name: string): Promise<string> {
      const id = randomUUID();
      await db.query(
        `insert into incidents (incident_id, state, opened_at, last_failed_at, reason, saved_at) values ($1, 'open', $2, $2, $3, $2)`,
        [id, clock.now(), name],
      );
      return id;
    },
    want: (incidentId: string, channel = 'C1', urgency: Urgency = 'change') =>
      postRows.wantParents(db, [{ id: randomUUID(), incidentId, channel, urgency }], clock.now()),
    tell: (incidentId: string, channel = 'C1', ...kinds: Notice['kind'][]) =>
      postRows.addStories(
        db,
        kinds.map((kind) => ({
          id: randomUUID(),
          incidentId,
          channel,
          notice: noticeOf(kind),
          urgency: 'change' as const,
        })),
        clock.now(),
      ),
  };
}

function noticeOf(kind: Notice['kind']): Notice {
  const at = new Date(nine);
  switch (kind) {
    case 'joined':
      return { kind, at, pipelines: ['a'], count: 1, total: 2, why: 'same-cause' };
    case 'skipped':
    case 'acknowledge-expired':
      return { kind, at };
    default:
      return { kind: 'acknowledged', at, by: 'U0DANA' };
  }
}

interface Row {
  id: string;
  state: string;
  reason: string | null;
  attempts: number;
  plain: boolean;
  ts: string | null;
}
const rows = () =>
  database.db.query<Row>(
    'select post_id as id, state, parked_reason as reason, attempts, plain, ts from posts order by seq',
  );
const states = async () => (await rows()).map(({ state }) => state);

async function dueNow(house: ReturnType<typeof open>): Promise<DuePost> {
  const {
    posts: [post],
  } = await postRows.due(database.db, house.clock.now(), 1, [], new Date(0));
  if (!post) throw new Error('nothing is due');
  return post;
}

describe('delivering', () => {
  it('posts a parent once, with its id to be looked for', async () => {
    const house = open();
    await house.want(await house.incident('disk'));
    expect(await house.deliver()).toBeUndefined();
    const [row] = await rows();
    expect(house.slack.messages).toMatchObject([{ channel: 'C1', text: 'disk v1', postId: row?.id }]);
    expect(row).toMatchObject({ state: 'sent', ts: house.slack.messages[0]?.ts });
    expect(house.sent).toHaveLength(1);
    await house.deliver();
    expect(house.slack.calls).toEqual(['post disk v1']);
  });

  it('sends the newest version only, and edits it after', async () => {
    const house = open();
    const id = await house.incident('disk');
    for (let n = 0; n < 3; n += 1) await house.want(id);
    await house.deliver();
    for (let n = 0; n < 4; n += 1) await house.want(id);
    await house.deliver();
    expect(house.slack.calls).toEqual(['post disk v3', 'edit disk v7']);
    expect(house.slack.messages).toMatchObject([{ text: 'disk v7', edits: 1 }]);
  });

  it('edits what became stale while it was being sent', async () => {
    const house = open();
    const id = await house.incident('disk');
    await house.want(id);
    house.slack.whileCalled(() => house.want(id));
    await house.deliver();
    expect(house.slack.calls).toEqual(['post disk v1', 'edit disk v2']);
    expect(await states()).toEqual(['sent']);
  });

  it('makes no edit that changes nothing', async () => {
    const house = open();
    const id = await house.incident('disk');
    house.shows.set('C1', { text: 'the same', blocks: [] });
    await house.want(id);
    await house.deliver();
    await house.want(id);
    await house.deliver();
    expect(house.slack.calls).toEqual(['post the same']);
    expect(await states()).toEqual(['sent']);
  });

  it('tells the story in order, in the thread, after its root', async () => {
    const house = open();
    const id = await house.incident('disk');
    await house.want(id);
    await house.tell(id, 'C1', 'joined', 'acknowledged', 'skipped');
    await house.deliver();
    expect(house.slack.texts()).toEqual(['disk v1', '1 joined', 'acknowledged', 'skipped']);
    const [root, ...replies] = house.slack.messages;
    expect(replies.map(({ threadTs }) => threadTs)).toEqual(replies.map(() => root?.ts));
  });

  it('keeps the story waiting while its root is not there', async () => {
    const house = open();
    const id = await house.incident('disk');
    await house.want(id);
    await house.tell(id, 'C1', 'joined');
    house.slack.fates.post.push(unavailable);
    expect(await house.deliver()).toBe(1_000);
    expect(house.slack.messages).toEqual([]);
    house.pass(1_000);
    await house.deliver();
    expect(house.slack.texts()).toEqual(['disk v1', '1 joined']);
  });

  it('goes on at once with what an end made ready while it was looked for what is due', async () => {
    const house = open();
    const { sender } = house.slack;
    let end: (() => void) | undefined;
    const slow: typeof sender = {
      ...sender,
      async postMessage(message) {
        if (!message.threadTs) await new Promise<void>((resolve) => (end = resolve));
        return sender.postMessage(message);
      },
    };
    const db: OutboxDeps['db'] = {
      ...database.db,
      async query<T extends object>(sql: string, params?: unknown[]) {
        const found = await database.db.query<T>(sql, params);
        if (end && sql.includes('with recursive lane')) {
          end();
          await until(async () => (await states()).includes('sent'));
          // Lets who sent it note that it has ended.
          await new Promise((resolve) => setImmediate(resolve));
        }
        return found;
      },
    };
    const id = await house.incident('disk');
    await house.want(id);
    await house.tell(id, 'C1', 'joined');
    expect(await createOutbox({ ...house.deps, db, sender: slow }).deliver()).toBeUndefined();
    expect(house.slack.texts()).toEqual(['disk v1', '1 joined']);
  });

  it('looks no second time where each lane that gave something rests, and comes back when one may go on', async () => {
    const house = open();
    for (const channel of ['C1', 'C2']) await house.want(await house.incident(`disk of ${channel}`), channel);
    const takePost = async (channel: string) => ({
      isTaken: true,
      hold: { waitMs: channel === 'C1' ? 700 : 400, isForAll: false },
    });
    const asked = jest.spyOn(database.db, 'query');
    const looks = () => asked.mock.calls.filter(([sql]) => sql.includes('with recursive lane')).length;
    const outbox = createOutbox({ ...house.deps, budgets: { ...house.deps.budgets, takePost } });
    expect(await outbox.deliver()).toBe(400);
    expect(house.slack.messages.map(({ channel }) => channel).sort()).toEqual(['C1', 'C2']);
    expect(looks()).toBe(1);
    asked.mockRestore();
  });

  it('keeps the order of a story when one of its replies has to be tried again', async () => {
    const house = open();
    const [id, other] = [await house.incident('disk'), await house.incident('net')];
    await house.want(id);
    await house.deliver();
    await house.tell(id, 'C1', 'joined', 'skipped');
    await house.want(other);
    house.slack.fates.post.push(unavailable, unavailable);
    await house.deliver();
    house.pass(2_000);
    await house.deliver();
    expect(house.slack.texts()).toEqual(['disk v1', 'net v1', '1 joined', 'skipped']);
  });

  it('brings new alerts of a channel before replies', async () => {
    const house = open();
    const [id, other] = [await house.incident('disk'), await house.incident('net')];
    await house.want(id);
    await house.deliver();
    await house.tell(id, 'C1', 'joined', 'skipped');
    await house.want(other);
    await house.deliver();
    expect(house.slack.texts()).toEqual(['disk v1', 'net v1', '1 joined', 'skipped']);
  });

  it('tells a grown story as it is at the moment of sending', async () => {
    const house = open();
    const id = await house.incident('disk');
    await house.want(id);
    await house.deliver();
    await house.tell(id, 'C1', 'joined');
    const seen = await dueNow(house);
    await postRows.replaceNotices(database.db, [
      { id: seen.id, notice: { ...noticeOf('joined'), count: 9 } as Notice },
    ]);
    const claimed = await postRows.claim(database.db, seen, randomUUID(), house.clock.now());
    expect(claimed?.notice).toMatchObject({ count: 9 });
  });

  it('parks a post for which there is nothing to show any more', async () => {
    const house = open({ render: async () => undefined });
    await house.want(await house.incident('disk'));
    await house.deliver();
    expect(await rows()).toMatchObject([{ state: 'parked', reason: 'nothing to show any more' }]);
  });
});

describe('budgets', () => {
  it('that are used up for edits hold back no new post', async () => {
    const house = open();
    const id = await house.incident('disk');
    await house.want(id);
    await house.deliver();
    house.used.set('edits', 1_500).set('progress', 1_500);
    await house.want(id);
    await house.want(await house.incident('net'));
    await house.want(await house.incident('auth'), 'C2');
    expect(await house.deliver()).toBe(1_500);
    expect([...house.slack.calls].sort()).toEqual(['post auth v1', 'post disk v1', 'post net v1']);
    house.used.clear();
    await house.deliver();
    expect(house.slack.calls).toHaveLength(3);
    house.pass(1_500);
    await house.deliver();
    expect(house.slack.calls.at(-1)).toBe('edit disk v2');
  });

  it('that are used up for long do not hide what becomes due meanwhile', async () => {
    const house = open();
    const id = await house.incident('disk');
    await house.want(id);
    await house.deliver();
    house.used.set('edits', 6_000).set('progress', 6_000);
    await house.want(id);
    await house.want(await house.incident('net'), 'C2');
    house.slack.fates.post.push(unavailable);
    expect(await house.deliver()).toBe(1_000);
  });

  it('that are used up for one channel hold back no other, and are not asked again before their time', async () => {
    const house = open();
    house.used.set('C1', 700);
    await house.want(await house.incident('disk'), 'C1');
    await house.want(await house.incident('net'), 'C2');
    expect(await house.deliver()).toBe(700);
    await house.deliver();
    expect(house.slack.calls).toEqual(['post net v1']);
    expect(house.asked).toEqual(['C1', 'C2']);
    house.used.clear();
    house.pass(700);
    await house.deliver();
    expect(house.slack.texts('C1')).toEqual(['disk v1']);
  });

  it('that are used up for the workspace hold back all channels, and then let an alert go before the replies of others', async () => {
    const house = open();
    const known = await house.incident('known');
    for (const channel of ['C1', 'C2']) await house.want(known, channel);
    await house.deliver();
    house.asked.length = 0;
    house.used.set('posts', 400);
    for (const channel of ['C1', 'C2']) await house.tell(known, channel, 'joined');
    expect(await house.deliver()).toBe(400);
    await house.want(await house.incident('new'), 'C3');
    await house.deliver();
    expect(house.asked).toEqual(['C1']);
    house.used.clear();
    house.pass(400);
    await house.deliver();
    expect(house.asked).toEqual(['C1', 'C3', 'C1', 'C2']);
    expect(house.slack.texts('C3')).toEqual(['new v1']);
  });

  it('give edits first to a press, then to changes and ends, last to progress', async () => {
    const house = open();
    const ids = [];
    for (const name of ['progress', 'final', 'change', 'press']) ids.push(await house.incident(name));
    for (const id of ids) await house.want(id);
    await house.deliver();
    house.slack.calls.length = 0;
    house.pass(3_000);
    const urgencies: Urgency[] = ['progress', 'final', 'change', 'press'];
    for (const [index, id] of ids.entries()) await house.want(id, 'C1', urgencies[index]);
    await house.deliver();
    expect(house.slack.calls).toEqual(['edit press v2', 'edit change v2', 'edit final v2', 'edit progress v2']);
  });

  it('that are used up for progress let a press through at once', async () => {
    const house = open();
    const [moving, pressed] = [await house.incident('moving'), await house.incident('pressed')];
    for (const id of [moving, pressed]) await house.want(id);
    await house.deliver();
    house.used.set('progress', 1_500);
    house.pass(3_000);
    await house.want(moving, 'C1', 'progress');
    await house.deliver();
    await house.want(pressed, 'C1', 'press');
    await house.deliver();
    expect(house.slack.calls.at(-1)).toBe('edit pressed v2');
    expect(house.slack.calls).toHaveLength(3);
  });

  it('show progress of one message no oftener than every 3 s, and its last state always', async () => {
    const house = open();
    const id = await house.incident('disk');
    await house.want(id);
    await house.deliver();
    house.pass(10_000);
    for (let n = 0; n < 100; n += 1) {
      await house.want(id, 'C1', 'progress');
      await house.deliver();
      house.pass(100);
    }
    house.pass(3_000);
    await house.deliver();
    expect(house.slack.messages[0]?.text).toBe('disk v101');
    expect(house.slack.messages[0]?.edits).toBeLessThanOrEqual(5);
  });
});

describe('429', () => {
  it('lets the channel rest for as long as Slack asks, and no other', async () => {
    const house = open();
    house.slack.fates.post.push(rateLimited(30_000));
    await house.want(await house.incident('disk'), 'C1');
    await house.deliver();
    await house.want(await house.incident('net'), 'C1');
    await house.want(await house.incident('auth'), 'C2');
    await house.deliver();
    expect(house.slack.calls).toEqual(['post disk v1', 'post auth v1']);
    expect((await rows())[0]).toMatchObject({ state: 'waiting', attempts: 0 });
    house.pass(30_000);
    await house.deliver();
    expect(house.slack.texts('C1')).toEqual(['disk v1', 'net v1']);
  });

  it('on an edit lets all edits rest, and no new post', async () => {
    const house = open();
    const [disk, net] = [await house.incident('disk'), await house.incident('net')];
    await house.want(disk, 'C1');
    await house.want(net, 'C2');
    await house.deliver();
    house.slack.fates.edit.push(rateLimited(20_000));
    await house.want(disk, 'C1');
    await house.deliver();
    await house.want(net, 'C2', 'press');
    await house.want(await house.incident('auth'), 'C1');
    await house.deliver();
    expect(house.slack.calls.slice(2)).toEqual(['edit disk v2', 'post auth v1']);
    house.pass(20_000);
    await house.deliver();
    expect(house.slack.texts('C1')).toEqual(['disk v2', 'auth v1']);
    expect(house.slack.texts('C2')).toEqual(['net v2']);
  });
});

describe('while Slack is away', () => {
  const many = 40;
  /** Alerts in several channels, at a Slack that answers none of the first `lost` calls. */
  async function away(fate: Fate, lost = 1_000) {
    const house = open();
    for (let n = 0; n < lost; n += 1) {
      for (const kind of ['post', 'edit', 'search'] as const) house.slack.fates[kind].push(fate);
    }
    for (let n = 0; n < many; n += 1) await house.want(await house.incident(`disk ${n}`), `C${1 + (n % 3)}`);
    return house;
  }
  async function forMinutes(house: Awaited<ReturnType<typeof away>>, minutes: number) {
    for (let second = 0; second < minutes * 60; second += 1) {
      await house.deliver();
      house.pass(1_000);
    }
  }
  const back = ({ slack: { fates } }: Awaited<ReturnType<typeof away>>) => {
    for (const kind of ['post', 'edit', 'search'] as const) fates[kind] = [];
  };

  it.each([
    { how: 'refuses', fate: unavailable },
    { how: 'takes calls and never answers', fate: answerLost(false) },
  ])(
    'and $how, one message after the other tries, twice a minute in the end, and the others wait as they are',
    async ({ fate }) => {
      const house = await away(fate);
      await forMinutes(house, 10);
      const early = house.slack.calls.length;
      expect(early).toBeLessThan(60);
      await forMinutes(house, 2);
      expect(house.slack.calls.length - early).toBeLessThanOrEqual(8);
      const untouched = (await rows()).filter(({ attempts, state }) => attempts === 0 && state === 'waiting');
      expect(untouched.length).toBeGreaterThan(many / 3);
    },
  );

  it('all are told within a minute of its being back', async () => {
    const house = await away(unavailable);
    await forMinutes(house, 10);
    back(house);
    await forMinutes(house, 1);
    expect(house.slack.messages.length).toBeGreaterThan(many - 10);
    await forMinutes(house, 5);
    expect(house.slack.messages).toHaveLength(many);
  });

  it('the next absence is met anew: it may be a short one', async () => {
    const house = await away(unavailable);
    await forMinutes(house, 10);
    back(house);
    await forMinutes(house, 6);
    for (let n = 0; n < 200; n += 1) house.slack.fates.post.push(unavailable);
    for (let n = 0; n < many; n += 1) await house.want(await house.incident(`net ${n}`), `C${1 + (n % 3)}`);
    const before = house.slack.calls.length;
    await forMinutes(house, 0.5);
    // After 1, 2, 4, 8 and 15 s; at the gaps of the absence before there would be two.
    expect(house.slack.calls.length - before).toBeGreaterThan(4);
  });

  it('a fault of ours is no sign that it is back', async () => {
    const house = await away(unavailable);
    await forMinutes(house, 2);
    const { deliver } = createOutbox({
      ...house.deps,
      render: async (post) => {
        if (post.channel === 'C2') throw new Error('it cannot be drawn');
        return house.deps.render(post);
      },
    });
    for (let second = 0; second < 120; second += 1) {
      await deliver();
      house.pass(1_000);
    }
    const early = house.slack.calls.length;
    for (let second = 0; second < 120; second += 1) {
      await deliver();
      house.pass(1_000);
    }
    expect(house.slack.calls.length - early).toBeLessThanOrEqual(8);
  });

  it('is not what one message makes of it that never gets an answer: the others go on at once', async () => {
    const house = open();
    const sender = {
      ...house.slack.sender,
      postMessage: async (message: Parameters<typeof house.slack.sender.postMessage>[0]) => {
        if (message.text.startsWith('poison')) throw unavailable.failure;
        return house.slack.sender.postMessage(message);
      },
    };
    const { deliver } = createOutbox({ ...house.deps, sender });
    await house.want(await house.incident('poison'));
    for (let n = 0; n < 5; n += 1) {
      await deliver();
      house.pass(60_000);
    }
    for (let n = 0; n < 10; n += 1) await house.want(await house.incident(`disk ${n}`));
    await deliver();
    expect(house.slack.messages).toHaveLength(10);
  });
});

describe('a post whose outcome is unknown', () => {
  it('is found, not sent again, and corrected by an edit', async () => {
    const house = open();
    house.slack.fates.post.push(answerLost(true));
    await house.want(await house.incident('disk'));
    await house.deliver();
    expect(house.slack.calls).toEqual(['post disk v1', 'search', 'edit disk v1']);
    expect(house.slack.messages).toHaveLength(1);
    expect(house.slack.searches).toMatchObject([{ channel: 'C1', oldest: new Date(nine - 5_000) }]);
    expect(await rows()).toMatchObject([{ state: 'sent', ts: house.slack.messages[0]?.ts }]);
  });

  it('is found in its thread, and a story is not edited', async () => {
    const house = open();
    const id = await house.incident('disk');
    await house.want(id);
    await house.deliver();
    house.slack.fates.post.push(answerLost(true));
    await house.tell(id, 'C1', 'joined', 'skipped');
    await house.deliver();
    expect(house.slack.calls).toEqual(['post disk v1', 'post 1 joined', 'search', 'post skipped']);
    expect(house.slack.searches).toMatchObject([{ threadTs: house.slack.messages[0]?.ts }]);
  });

  it('is sent again after two looks that are 2 s apart', async () => {
    const house = open();
    house.slack.fates.post.push(answerLost(false));
    await house.want(await house.incident('disk'));
    await house.deliver();
    expect(house.slack.calls).toEqual(['post disk v1', 'search', 'search', 'post disk v1']);
    expect(house.waits).toEqual([2_000]);
    expect(house.slack.messages).toHaveLength(1);
  });

  it('is found by the second look when Slack takes a moment to show it', async () => {
    const house = open();
    house.slack.fates.post.push(answerLost(true));
    await house.want(await house.incident('disk'));
    const hidden = house.slack.messages;
    const find = house.slack.sender.findPost;
    const deliver = createOutbox({
      ...house.deps,
      sender: { ...house.slack.sender, findPost: async (where) => (house.waits.length > 0 ? find(where) : undefined) },
    }).deliver;
    await deliver();
    expect(hidden).toHaveLength(1);
    expect(house.waits).toEqual([2_000]);
  });

  it('is looked for at once, though its channel takes no post any more', async () => {
    const house = open();
    house.slack.fates.post.push(answerLost(true));
    await house.want(await house.incident('disk'));
    const takePost = async () => ({ isTaken: true, hold: { waitMs: 60_000, isForAll: false } });
    await createOutbox({ ...house.deps, budgets: { ...house.deps.budgets, takePost } }).deliver();
    expect(house.slack.calls).toEqual(['post disk v1', 'search', 'edit disk v1']);
    expect(house.slack.messages).toHaveLength(1);
    expect(await states()).toEqual(['sent']);
  });

  it('is looked for since the first time that it was in doubt', async () => {
    const house = open();
    house.slack.fates.post.push(answerLost(false), answerLost(false));
    await house.want(await house.incident('disk'));
    house.slack.whileCalled(async () => house.pass(9_000));
    await house.deliver();
    house.pass(60_000);
    await house.deliver();
    expect(house.slack.searches).toHaveLength(4);
    expect(new Set(house.slack.searches.map(({ oldest }) => oldest.getTime()))).toEqual(new Set([nine - 5_000]));
    expect(house.slack.messages).toHaveLength(1);
  });

  it('is tried at growing gaps while every answer is lost', async () => {
    const house = open();
    for (let n = 0; n < 50; n += 1) house.slack.fates.post.push(answerLost(false));
    await house.want(await house.incident('disk'));
    await house.deliver();
    const early = house.slack.calls.filter((call) => call.startsWith('post')).length;
    expect(early).toBeLessThanOrEqual(2);
    for (let n = 0; n < 60; n += 1) {
      house.pass(1_000);
      await house.deliver();
    }
    expect(house.slack.calls.filter((call) => call.startsWith('post')).length).toBeLessThanOrEqual(8);
  });

  it('is parked where the history cannot be read, and holds back nothing else', async () => {
    const house = open();
    house.slack.unreadable.add('C1');
    house.slack.fates.post.push(answerLost(true));
    const id = await house.incident('disk');
    await house.want(id);
    await house.tell(id, 'C1', 'joined');
    await house.want(await house.incident('net'));
    expect(await house.deliver()).toBeUndefined();
    expect(await rows()).toMatchObject([
      { state: 'parked', reason: 'may have been posted; the history cannot be read: not_in_channel' },
      { state: 'parked' },
      { state: 'sent' },
    ]);
    await house.tell(id, 'C1', 'skipped');
    expect(await house.deliver()).toBeUndefined();
    expect(house.slack.texts()).toEqual(['disk v1', 'net v1']);
  });

  it('stays in doubt while Slack does not answer the search, and lets others pass', async () => {
    const house = open();
    house.slack.fates.post.push(answerLost(true));
    house.slack.fates.search.push(unavailable, rateLimited(30_000));
    await house.want(await house.incident('disk'));
    await house.want(await house.incident('net'));
    await house.deliver();
    expect(house.slack.texts()).toEqual(['disk v1', 'net v1']);
    expect(await states()).toEqual(['doubtful', 'sent']);
    house.pass(5_000);
    await house.deliver();
    expect(await states()).toEqual(['doubtful', 'sent']);
    house.pass(30_000);
    await house.deliver();
    expect(await states()).toEqual(['sent', 'sent']);
    expect(house.slack.texts()).toEqual(['disk v1', 'net v1']);
  });

  it('is looked for when the database went away before its success was noted', async () => {
    const house = open();
    let isAway = true;
    const { db } = database;
    const deliver = createOutbox({
      ...house.deps,
      db: {
        ...db,
        async query<T extends object>(sql: string, params?: unknown[]): Promise<T[]> {
          if (isAway && sql.includes('sent_hash = $5')) {
            isAway = false;
            throw new Error('terminating connection');
          }
          return db.query<T>(sql, params);
        },
      },
    }).deliver;
    await house.want(await house.incident('disk'));
    await deliver();
    expect(house.slack.messages).toHaveLength(1);
    expect(house.slack.calls.slice(0, 2)).toEqual(['post disk v1', 'search']);
    expect(await states()).toEqual(['sent']);
  });
});

/** The server notices a closed connection a moment later. */
async function untilGone(name: string | undefined): Promise<void> {
  const key = `hashtextextended(current_schema() || ' presence ' || $1::text, 7)`;
  await database.db.query(`select pg_advisory_xact_lock(${key})`, [name]);
}

describe('a crash', () => {
  it('after Slack took a post leaves it in doubt, and it is found', async () => {
    const house = open();
    await house.want(await house.incident('disk'));
    const lost = await dueNow(house);
    await postRows.claim(database.db, lost, randomUUID(), house.clock.now());
    await house.slack.sender.postMessage({ text: 'disk v1', blocks: [], channel: 'C1', postId: lost.id });
    house.pass(14_000);
    await house.deliver();
    expect(await states()).toEqual(['sending']);
    house.pass(2_000);
    await house.deliver();
    expect(house.slack.messages).toHaveLength(1);
    expect(await states()).toEqual(['sent']);
    expect(house.slack.searches[0]?.oldest).toEqual(new Date(nine - 5_000));
  });

  it('before Slack took it sends it after the search', async () => {
    const house = open();
    await house.want(await house.incident('disk'));
    await postRows.claim(database.db, await dueNow(house), randomUUID(), house.clock.now());
    house.pass(16_000);
    await house.deliver();
    expect(house.slack.calls).toEqual(['search', 'search', 'post disk v1']);
  });

  it('during an edit makes the edit again', async () => {
    const house = open();
    const id = await house.incident('disk');
    await house.want(id);
    await house.deliver();
    await house.want(id);
    await postRows.claim(database.db, await dueNow(house), randomUUID(), house.clock.now());
    house.pass(16_000);
    await house.deliver();
    expect(house.slack.calls).toEqual(['post disk v1', 'edit disk v2']);
  });

  it('is known within seconds where its holder showed that it lived, and while it lives its claim stands', async () => {
    const house = open();
    const presence = createPresence({ pool: database.db.pool, log: house.deps.log });
    const name = await presence.name();
    await house.want(await house.incident('disk'));
    // After the start of the server, by its clock.
    house.pass(Date.now() + 60_000 - nine);
    await postRows.claim(database.db, await dueNow(house), randomUUID(), house.clock.now(), name);
    house.pass(5_000);
    await house.deliver();
    expect(await states()).toEqual(['sending']);
    await presence.close();
    house.pass(1_000);
    await untilGone(name);
    await house.deliver();
    expect(house.slack.calls).toEqual(['search', 'search', 'post disk v1']);
  });

  it('that was none: a claim that was given up meanwhile sends nothing', async () => {
    const house = open();
    await house.want(await house.incident('disk'));
    const { render } = house.deps;
    const slow = createOutbox({
      ...house.deps,
      render: async (post) => {
        house.pass(16_000);
        await house.deliver();
        return render(post);
      },
    });
    await slow.deliver();
    expect(house.slack.calls).toEqual(['search', 'search', 'post disk v1']);
    expect(await states()).toEqual(['sent']);
  });
});

describe('a refusal', () => {
  const tooMany = { text: 'short', blocks: Array.from({ length: 51 }, () => ({ type: 'divider' as const })) };

  it('of the content is met with the plain form', async () => {
    const house = open();
    house.shows.set('C1', tooMany);
    await house.want(await house.incident('disk'));
    await house.deliver();
    expect(house.slack.messages).toMatchObject([{ text: 'short', blocks: [] }]);
    expect(await rows()).toMatchObject([{ state: 'sent', plain: true }]);
  });

  it('of the plain form too parks it, and the lane goes on', async () => {
    const house = open();
    house.shows.set('C1', { text: '', blocks: [] });
    await house.want(await house.incident('disk'), 'C1');
    await house.deliver();
    house.shows.clear();
    await house.want(await house.incident('net'), 'C1');
    expect(await house.deliver()).toBeUndefined();
    expect(house.slack.texts()).toEqual(['net v1']);
    expect(await rows()).toMatchObject([{ state: 'parked', reason: 'no_text' }, { state: 'sent' }]);
  });

  it('of the channel parks the alert with its story', async () => {
    const house = open();
    const id = await house.incident('disk');
    await house.want(id, 'CGONE');
    await house.tell(id, 'CGONE', 'joined');
    await house.want(id, 'C1');
    expect(await house.deliver()).toBeUndefined();
    expect(await rows()).toMatchObject([
      { state: 'parked', reason: 'channel_not_found' },
      { state: 'parked', reason: 'channel_not_found' },
      { state: 'sent' },
    ]);
  });

  it('of an edit whose message is gone parks it', async () => {
    const house = open();
    const id = await house.incident('disk');
    await house.want(id);
    await house.deliver();
    house.slack.messages.length = 0;
    await house.want(id);
    await house.deliver();
    expect(await rows()).toMatchObject([{ state: 'parked', reason: 'message_not_found' }]);
  });

  it('in words that we do not know is tried eight times at growing gaps, then parked', async () => {
    const house = open();
    for (let n = 0; n < 20; n += 1) house.slack.fates.post.push(refused('some_new_word'));
    await house.want(await house.incident('disk'));
    const gaps: number[] = [];
    for (let ms = await house.deliver(); ms !== undefined; ms = await house.deliver()) {
      gaps.push(ms);
      house.pass(ms);
    }
    expect(gaps).toEqual([1, 2, 4, 8, 16, 32, 64].map((seconds) => seconds * 1_000));
    expect(await rows()).toMatchObject([{ state: 'parked', reason: 'some_new_word' }]);
    expect(house.failures).toEqual(Array(8).fill('rejected'));
  });

  it('of our rights is tried for as long as it takes somebody to mend them', async () => {
    const house = open();
    const failure = new Failure('not-allowed', 'Slack', { detail: 'token_revoked' });
    for (let n = 0; n < 30; n += 1) house.slack.fates.post.push({ failure });
    await house.want(await house.incident('disk'));
    for (let n = 0; n < 30; n += 1) {
      await house.deliver();
      house.pass(300_000);
    }
    await house.deliver();
    expect(await states()).toEqual(['sent']);
  });

  it('by a fault of ours is tried again and parked at last, while others go on', async () => {
    const house = open();
    const { render } = house.deps;
    const broken = await house.incident('broken');
    const { deliver } = createOutbox({
      ...house.deps,
      render: async (post) => {
        if (post.incidentId === broken) throw new TypeError('undefined is not a function');
        return render(post);
      },
    });
    await house.want(broken);
    await house.want(await house.incident('net'));
    for (let n = 0; n < 10; n += 1) {
      await deliver();
      house.pass(300_000);
    }
    expect(house.slack.texts()).toEqual(['net v1']);
    expect(await rows()).toMatchObject([
      { state: 'parked', reason: 'a fault of ours, see the log' },
      { state: 'sent' },
    ]);
    expect(house.failures).toEqual(Array(8).fill('fault'));
  });
});

describe('several outboxes', () => {
  it('never send a post twice, and keep every thread in order', async () => {
    const house = open();
    const { sender } = house.slack;
    const slow = {
      ...sender,
      postMessage: async (message: Parameters<typeof sender.postMessage>[0]) => {
        await sleep(Math.random() * 4);
        return sender.postMessage(message);
      },
    };
    const ids = [];
    for (let n = 0; n < 12; n += 1) ids.push(await house.incident(`i${n}`));
    for (const [n, id] of ids.entries()) {
      const channel = `C${(n % 3) + 1}`;
      await house.want(id, channel);
      await house.tell(id, channel, 'joined', 'acknowledged', 'skipped');
    }
    const outboxes = [1, 2, 3].map(() => createOutbox({ ...house.deps, sender: slow }));
    const restless = (async () => {
      for (let n = 0; n < 20; n += 1) {
        for (const [index, id] of ids.entries()) if (index % 4 === n % 4) await house.want(id, `C${(index % 3) + 1}`);
        await sleep(3);
      }
    })();
    await Promise.all([restless, ...outboxes.map(({ deliver }) => deliver())]);
    await house.deliver();
    expect(new Set(house.slack.messages.map(({ postId }) => postId)).size).toBe(house.slack.messages.length);
    expect(house.slack.messages).toHaveLength(12 * 4);
    for (const root of house.slack.messages.filter(({ threadTs }) => !threadTs)) {
      const replies = house.slack.messages.filter(({ threadTs }) => threadTs === root.ts);
      expect(replies.map(({ text }) => text)).toEqual(['1 joined', 'acknowledged', 'skipped']);
    }
    expect(house.failures).toEqual([]);
  });

  it('do not post a parent a second time that was posted and made stale since it was looked at', async () => {
    const house = open();
    const id = await house.incident('disk');
    await house.want(id);
    const seen = await dueNow(house);
    await house.deliver();
    await house.want(id);
    expect(await postRows.claim(database.db, seen, randomUUID(), house.clock.now())).toBeUndefined();
  });

  it('take one post for one of them only', async () => {
    const house = open();
    await house.want(await house.incident('disk'));
    const seen = await dueNow(house);
    const claims = await Promise.all(
      Array.from({ length: 6 }, () => postRows.claim(database.db, seen, randomUUID(), house.clock.now())),
    );
    expect(claims.filter(Boolean)).toHaveLength(1);
  });
});

describe('a reply that says what waits behind it', () => {
  const stories = () =>
    database.db.query<{ kind: string; count?: number; claimed: boolean }>(
      `select notice ->> 'kind' as kind, (notice ->> 'count')::int as count, claim is not null as claimed
       from posts where kind = 'story' order by seq`,
    );
  /** A reply that is claimed, and two behind it. */
  async function claimed() {
    const house = open();
    const incidentId = await house.incident('disk');
    await house.want(incidentId);
    await house.deliver();
    await house.tell(incidentId, 'C1', 'joined', 'joined', 'joined');
    const claimId = randomUUID();
    const reply = await postRows.claim(database.db, await dueNow(house), claimId, house.clock.now());
    if (!reply) throw new Error('not claimed');
    const told = reply.behind ?? [];
    const notice: Notice = { kind: 'caught-up', at: house.clock.now(), facts: ['all three'] };
    const tell = () =>
      postRows.tellAsOne(database.db, { id: reply.id, claimId, incidentId, notice, told }, house.clock.now());
    return { told, tell };
  }

  it('says it instead of them', async () => {
    const { told, tell } = await claimed();
    expect(told).toHaveLength(2);
    expect(await tell()).toBe(true);
    expect(await stories()).toEqual([{ kind: 'caught-up', count: null, claimed: true }]);
  });

  it.each([
    { title: 'one of them says more by now', change: `notice = notice || '{"count": 7}'` },
    { title: 'one of them was tried', change: 'attempts = 1' },
    { title: 'somebody else sends one of them', change: `state = 'sending', claim = gen_random_uuid()` },
    { title: 'one of them is gone', change: undefined },
  ])('says its own alone, and changes nothing, where $title', async ({ change }) => {
    const { told, tell } = await claimed();
    const id = told.at(-1)?.id;
    if (change === undefined) await database.db.query('delete from posts where post_id = $1', [id]);
    else await database.db.query(`update posts set ${change} where post_id = $1`, [id]);
    const before = await stories();
    expect(await tell()).toBe(false);
    expect(await stories()).toEqual(before);
  });

  it('says its own alone where one of them changes while it waits for who decides on the incident', async () => {
    const { told, tell } = await claimed();
    const waits = `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
    const isWaiting = async () => (await database.db.query(waits)).length > 0;
    let telling: Promise<boolean> | undefined;
    await database.db.transaction(async (tx) => {
      await tx.query('select from incidents for update');
      telling = tell();
      await until(isWaiting);
      await tx.query(`update posts set notice = notice || '{"count": 7}' where post_id = $1`, [told.at(-1)?.id]);
    });
    expect(await telling).toBe(false);
    expect((await stories()).map(({ count }) => count)).toEqual([1, 1, 7]);
  });

  it('says nothing for others once its claim is lost', async () => {
    const { tell } = await claimed();
    await database.db.query(`update posts set claim = gen_random_uuid() where state = 'sending'`);
    const before = await stories();
    expect(await tell()).toBe(false);
    expect(await stories()).toEqual(before);
  });
});

describe('nextDelayMs', () => {
  it.each([
    { tries: 1, asked: undefined, random: 1, ms: 1_000 },
    { tries: 1, asked: undefined, random: 0, ms: 500 },
    { tries: 4, asked: undefined, random: 1, ms: 8_000 },
    { tries: 30, asked: undefined, random: 1, ms: 300_000 },
    { tries: 1, asked: 60_000, random: 1, ms: 60_000 },
    { tries: 9, asked: 1_000, random: 0, ms: 128_000 },
  ])('is $ms after try $tries (asked $asked, random $random)', ({ tries, asked, random, ms }) => {
    expect(nextDelayMs(tries, asked, () => random)).toBe(ms);
  });
});
