import { createTestDatabase, type TestDatabase } from '../support/database';
import { openTimeStage } from '../support/time-stage';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

/** Wednesday, 10:00 in Berlin. */
async function open(settings: Record<string, unknown> = {}) {
  const stage = await openTimeStage(database.db, {
    channels: [
      { id: 'C0ALERTS', name: 'data-alerts' },
      { id: 'C0OTHER', name: 'other' },
    ],
    settings: { workspace: { timeZone: 'Europe/Berlin' }, noise: { reminders: [] }, ...settings },
  });
  // It is known before it is muted.
  await stage.push('succeeded', 'orders_daily', { run: 'known' });
  return stage;
}

describe('a pipeline that is muted in a channel', () => {
  it('has no alert there until then, and gets it with the end when it still fails', async () => {
    const { type, push, play, alertOf, answers } = await open();
    await play([
      { at: '1 min', does: () => type('mute orders_daily until 11:00') },
      { at: '10 min', does: () => push('failed', 'orders_daily', { run: 'a' }) },
      { at: '20 min', does: () => push('failed', 'orders_daily', { run: 'a', attempt: 2 }) },
      { at: '21 min', does: () => push('failed', 'stock_hourly') },
      { from: '21 min', to: '21 min 1 s', posts: ['stock_hourly'] },
      {
        from: '60 min',
        to: '60 min 3 s',
        posts: ['🔴 Failed: orders_daily', 'No longer muted: the time is over. 1 event was not told meanwhile.'],
      },
      { from: '5 h', to: '5 h', posts: [] },
    ]);
    expect(alertOf('orders_daily')).toContain('🔴 Failed');
    expect(answers).toEqual([
      'orders_daily is muted for everybody in this channel until 25 Nov 2026, 11:00 CET. It has no open alert here; new ones wait until then, and I will say what was hidden. Other channels hear of it as always. To undo it: /pipeline unmute orders_daily.',
    ]);
  });

  it('is told of in one note when all that was hidden is over by then', async () => {
    const { type, push, play } = await open();
    await play([
      { at: '1 min', does: () => type('mute orders_daily 2h') },
      { at: '10 min', does: () => push('failed', 'orders_daily', { run: 'a' }) },
      { at: '15 min', does: () => push('succeeded', 'orders_daily', { run: 'a', attempt: 2 }) },
      { at: '80 min', does: () => push('failed', 'orders_daily', { run: 'b' }) },
      { at: '85 min', does: () => push('succeeded', 'orders_daily', { run: 'b', attempt: 2 }) },
      {
        from: '121 min',
        to: '121 min 3 s',
        posts: [
          '🔔 orders_daily is no longer muted here; @dana had muted it. The time is over. Meanwhile it failed 2 times and is over that again; the last time was 25 Nov 2026, 11:20 CET.',
        ],
      },
      { from: '5 h', to: '5 h', posts: [] },
    ]);
  });

  it('that did nothing meanwhile is not told of', async () => {
    const { type, play } = await open();
    await play([
      { at: '1 min', does: () => type('mute orders_daily') },
      { from: '5 h', to: '5 h', posts: [] },
    ]);
  });

  it('has its open alert fall quiet until then, and says in its thread what was hidden', async () => {
    const { type, push, play, alertOf, answers } = await open();
    await play([
      { at: '0 s', does: () => push('failed', 'orders_daily', { run: 'a' }) },
      { from: '0 s', to: '1 s', posts: ['🔴 Failed'] },
      { at: '1 min', does: () => type('mute orders_daily 1h') },
      { from: '1 min', to: '1 min 1 s', posts: ['🔕 Muted by @dana until'] },
      { at: '2 min', does: () => expect(alertOf('orders_daily')).toContain('🔕 Muted') },
      { at: '10 min', does: () => push('failed', 'orders_daily', { run: 'a', attempt: 2 }) },
      { from: '61 min', to: '61 min 3 s', posts: ['the time is over. 1 event was not told meanwhile.'] },
    ]);
    expect(answers[0]).toContain('Its open alert here falls quiet as well');
  });

  it('is heard of again after unmute, which says what was hidden', async () => {
    const { type, push, play, answers } = await open();
    await play([
      { at: '1 min', does: () => type('mute orders_daily tomorrow') },
      { at: '10 min', does: () => push('failed', 'orders_daily', { run: 'a' }) },
      { at: '15 min', does: () => push('succeeded', 'orders_daily', { run: 'a', attempt: 2 }) },
      { at: '60 min', does: () => push('failed', 'orders_daily', { run: 'b' }) },
      { at: '61 min', does: () => type('unmute orders_daily', { by: 'U0NOAH' }) },
      {
        from: '61 min',
        to: '61 min 1 s',
        posts: ['🔴 Failed: orders_daily', /Ended by @noah\. Meanwhile it failed once/, /^No longer muted by @noah\.$/],
      },
      { at: '62 min', does: () => type('unmute orders_daily') },
      { at: '63 min', does: () => push('failed', 'orders_daily', { run: 'b', attempt: 2 }) },
      { from: '63 min', to: '63 min 1 s', posts: ['Failed again'] },
      { from: '30 h', to: '30 h', posts: [] },
    ]);
    expect(answers.at(-1)).toBe('orders_daily is not muted in this channel. Nothing is muted here.');
  });

  it('is heard of in other channels as always', async () => {
    const { type, push, play } = await open();
    await play([
      { at: '1 min', does: () => type('subscribe orders_daily', { channel: 'C0OTHER' }) },
      { at: '2 min', does: () => type('mute orders_daily 2h') },
      { at: '10 min', does: () => push('failed', 'orders_daily') },
      { from: '10 min', to: '10 min 1 s', posts: [/^🔴 Failed: orders_daily/] },
    ]);
  });

  it('does not speak in the thread of an alert that it shares with others, and counts what it kept', async () => {
    const { type, push, play } = await open();
    const error = { error: 'warehouse down: connection refused' };
    await play([
      { at: '1 min', does: () => type('mute orders_daily 1h') },
      { at: '10 min', does: () => push('failed', 'stock_hourly', error) },
      { from: '10 min', to: '10 min 1 s', posts: ['stock_hourly'] },
      { at: '11 min', does: () => push('failed', 'orders_daily', error) },
      { from: '61 min', to: '61 min 3 s', posts: ['1 event was not told in threads that it shares with others.'] },
    ]);
  });

  it('can be given another end, and the list shows it with how to undo it', async () => {
    const { type, push, play, services, answers } = await open();
    const list = () => services.subscriptions.list({ channelId: 'C0ALERTS', slackId: 'U0DANA' });
    await play([
      { at: '1 min', does: () => type('mute orders_daily 1h') },
      { at: '2 min', does: () => type('mute orders_daily 3h', { by: 'U0NOAH' }) },
      {
        at: '3 min',
        does: async () =>
          expect((await list()).mutes).toEqual([
            { key: 'orders_daily', by: 'U0NOAH', until: new Date('2026-11-25T12:02:00Z') },
          ]),
      },
      { at: '90 min', does: () => push('failed', 'orders_daily') },
      { from: '182 min', to: '182 min 3 s', posts: ['🔴 Failed: orders_daily', 'No longer muted'] },
    ]);
    expect(answers[1]).toContain('(before: by <@U0DANA> until 25 Nov 2026, 11:01 CET)');
  });
});

describe('a wish to mute that cannot be carried out', () => {
  it.each([
    ['mute', 'C0ALERTS', 'Please say which pipeline, and if you like until when: /pipeline mute orders_daily 2h'],
    ['mute orders_daily until noon', 'C0ALERTS', 'I cannot read until noon as a time.'],
    ['mute orders_daily 9 days', 'C0ALERTS', 'The longest mute is 7 days.'],
    ['mute order_daily 2h', 'C0ALERTS', 'Did you mean /pipeline mute orders_daily 2h?'],
    ['mute orders_daily 2h', 'D0DANA', 'A mute belongs to a channel'],
    ['unmute', 'C0ALERTS', 'for example /pipeline unmute orders_daily'],
    ['unmute order_daily', 'C0ALERTS', 'Did you mean /pipeline unmute orders_daily?'],
  ])('"%s" in %s is answered with what to type', async (words, channel, says) => {
    const { type, play, answers } = await open();
    await play([{ at: '1 s', does: () => type(words, { channel }) }]);
    expect(answers).toEqual([expect.stringContaining(says)]);
  });

  it('is not for guests', async () => {
    const { type, play, answers } = await open();
    await play([{ at: '1 s', does: () => type('mute orders_daily', { by: 'U0GUEST' }) }]);
    expect(answers).toEqual([expect.stringMatching(/^Guests/)]);
  });
});
