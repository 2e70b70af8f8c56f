import { createTestDatabase, type TestDatabase } from '../support/database';
import { openTimeStage } from '../support/time-stage';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

async function open(refuses: (message: { channel: string; blocks: unknown[] }) => string | undefined) {
  const settings = {
    platformChannel: 'C0PLATFORM',
    policies: { roles: { operator: { usergroup: 'S0OPS' } } },
    noise: { reminders: [] },
  };
  const stage = await openTimeStage(database.db, { settings, refuses });
  const actor = await stage.services.actors.get('U0OPAL');
  const list = async () => {
    const found = await stage.services.parked.list({ actor, page: 1 });
    if ('whoMay' in found) throw new Error('an operator may look');
    return found;
  };
  const id = async () => (await list()).posts[0]?.id ?? '';
  const press = async (name: string, value: Record<string, unknown>, by = 'U0OPAL') =>
    stage.store({
      key: `${name} ${stage.clock.now().getTime()} ${by}`,
      name,
      value,
      slackId: by,
      channel: 'C0OPS',
      messageTs: '1764061200.000001',
      receivedAt: stage.clock.now(),
    });
  return { ...stage, list, id, operate: press };
}

const notInvited = () => {
  const channel = { isOpen: false };
  const refuses = (message: { channel: string }) =>
    message.channel === 'C0ALERTS' && !channel.isOpen ? 'not_in_channel' : undefined;
  return { channel, refuses };
};

describe('a post that its channel does not take', () => {
  it('is set aside with its replies, told to the platform’s people, and comes when an operator sends it again', async () => {
    const { channel, refuses } = notInvited();
    const { push, play, list, id, operate, answers, db } = await open(refuses);
    await play([
      { at: '0 s', does: () => push('failed', 'orders_daily', { run: 'a' }) },
      { from: '0 s', to: '5 s', posts: [/^🔴 Failed: alerts in C0ALERTS\. .*: not_in_channel/] },
      { at: '10 s', does: () => push('failed', 'orders_daily', { run: 'a', attempt: 2 }) },
      {
        at: '11 s',
        does: async () =>
          expect(await list()).toMatchObject({
            total: 1,
            causes: [{ cause: 'unseen', count: 1 }],
            posts: [{ role: 'parent', pipeline: 'orders_daily', reason: 'not_in_channel', replies: 1 }],
          }),
      },
      { at: '20 s', does: async () => operate('resend-parked.v1', { id: await id() }, 'U0DANA') },
      {
        at: '60 s',
        does: async () => {
          expect(answers).toEqual([
            expect.stringMatching(/^This is for people with the role \*operator\*\. You can ask one of them\.$/),
          ]);
          channel.isOpen = true;
          await operate('resend-parked.v1', { id: await id() });
        },
      },
      {
        from: '60 s',
        to: '64 s',
        posts: ['🔴 Failed: orders_daily', 'Failed again', /^🟢 Recovered after .*: alerts in C0ALERTS/],
      },
      { from: '30 min', to: '30 min', posts: [] },
    ]);
    expect(await list()).toMatchObject({ total: 0, posts: [] });
    expect(answers.at(-1)).toMatch(/^1 post will be sent again as soon as the channel has room\. \/pipeline parked/);
    const trail = await db.query('select kind, what, detail from audit');
    expect(trail).toEqual([
      { kind: 'resend-post', what: 'succeeded', detail: expect.objectContaining({ posts: 1, channels: ['C0ALERTS'] }) },
    ]);
  });

  it('that is refused once more is set aside and told once more', async () => {
    const { push, play, id, operate } = await open(notInvited().refuses);
    await play([
      { at: '0 s', does: () => push('failed', 'orders_daily') },
      { from: '0 s', to: '5 s', posts: ['🔴 Failed: alerts in C0ALERTS'] },
      { at: '60 s', does: async () => operate('resend-parked.v1', { id: await id() }) },
      { from: '60 s', to: '65 s', posts: ['🟢 Recovered', 'Failed again after it had recovered: alerts in C0ALERTS'] },
    ]);
  });

  it('is dropped for good: its news go nowhere, and nobody is asked about it again', async () => {
    const { push, play, list, id, operate, answers } = await open(notInvited().refuses);
    await play([
      { at: '0 s', does: () => push('failed', 'orders_daily', { run: 'a' }) },
      { from: '0 s', to: '5 s', posts: ['🔴 Failed: alerts in C0ALERTS'] },
      { at: '60 s', does: async () => operate('drop-parked.v1', { id: await id() }) },
      { from: '60 s', to: '64 s', posts: ['🟢 Recovered'] },
      { at: '2 min', does: () => push('failed', 'orders_daily', { run: 'a', attempt: 2 }) },
      { from: '1 h', to: '1 h', posts: [] },
    ]);
    expect(await list()).toMatchObject({ total: 0 });
    expect(answers).toEqual([expect.stringMatching(/^1 post dropped\./)]);
  });

  it('is sent again together with all others of the same reason, and only with those', async () => {
    const { channel, refuses } = notInvited();
    const { push, play, list, operate } = await open((message) =>
      message.channel === 'C0ALERTS' && JSON.stringify(message).includes('poison')
        ? 'invalid_blocks'
        : refuses(message),
    );
    await play([
      { at: '0 s', does: () => push('failed', 'poison', { run: 'a' }) },
      { at: '1 s', does: () => push('failed', 'orders_daily') },
      { at: '2 s', does: () => push('failed', 'stock_hourly') },
      {
        from: '0 s',
        to: '8 s',
        posts: [/alerts in C0ALERTS/, /again: alerts in C0ALERTS/, /again: alerts in C0ALERTS/],
      },
      {
        at: '20 s',
        does: async () => {
          channel.isOpen = true;
          await operate('resend-alike.v1', { cause: 'unseen' });
        },
      },
      { from: '20 s', to: '24 s', posts: ['orders_daily', 'stock_hourly', '🟢 Recovered'] },
    ]);
    expect((await list()).causes).toEqual([{ cause: 'content', count: 1 }]);
  });
});

describe('a post that Slack refuses for its content', () => {
  it('comes at once in a plain form, and holds up nothing behind it', async () => {
    const { push, play, told, list } = await open(({ blocks }) =>
      JSON.stringify(blocks).includes('poison') ? 'invalid_blocks: must be valid' : undefined,
    );
    await play([
      { at: '0 s', does: () => push('failed', 'poison') },
      { at: '0 s', does: () => push('failed', 'orders_daily') },
      { from: '0 s', to: '1 s', posts: [/: (poison|orders_daily)/, /: (poison|orders_daily)/] },
    ]);
    expect(told).toHaveLength(2);
    expect((await list()).total).toBe(0);
  });

  it('is set aside where the plain form is refused too, and holds up nothing behind it', async () => {
    const { push, play, list } = await open((message) =>
      JSON.stringify(message).includes('poison') && message.channel === 'C0ALERTS' ? 'msg_too_long' : undefined,
    );
    await play([
      { at: '0 s', does: () => push('failed', 'poison') },
      { at: '0 s', does: () => push('failed', 'orders_daily') },
      { from: '0 s', to: '5 s', posts: ['orders_daily', /alerts in C0ALERTS/] },
    ]);
    expect(await list()).toMatchObject({ posts: [{ pipeline: 'poison', reason: 'msg_too_long' }] });
  });
});

describe('what was set aside', () => {
  it('is shown to operators alone', async () => {
    const { services } = await open(() => undefined);
    const actor = await services.actors.get('U0DANA');
    expect(await services.parked.list({ actor, page: 1 })).toEqual({ whoMay: 'people with the role *operator*' });
  });
});
