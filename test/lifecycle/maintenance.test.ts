import { createTestDatabase, type TestDatabase } from '../support/database';
import { openTimeStage } from '../support/time-stage';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

/** Wednesday, 10:00 in Berlin; the window is from 10:30 until 11:30. */
const start = '2026-11-25T09:00:00.000Z';
const window = { name: 'move', match: { pipeline: 'orders_*' }, from: '2026-11-25T10:30', to: '2026-11-25T11:30' };
const open = (settings: Record<string, unknown> = {}) =>
  openTimeStage(database.db, {
    start,
    settings: {
      workspace: { timeZone: 'Europe/Berlin' },
      noise: { reminders: [10], maintenance: [window] },
      teams: [{ name: 'crm', channel: 'C0CRM0000', onCall: { usergroup: 'S0CRM' } }],
      ...settings,
    },
  });

describe('planned silence', () => {
  it('keeps an alert back, and at its end tells what still fails and counts what came and went', async () => {
    const { push, play } = await open();
    await play([
      { at: '31 min', does: () => push('failed', 'orders_daily', { run: 'a', error: 'disk full' }) },
      { at: '32 min', does: () => push('failed', 'orders_eu', { run: 'b', error: 'timeout' }) },
      { at: '33 min', does: () => push('failed', 'orders_daily', { run: 'a2', error: 'disk full' }) },
      { at: '40 min', does: () => push('succeeded', 'orders_eu', { run: 'b2' }) },
      { at: '41 min', does: () => push('failed', 'contacts', { run: 'c', error: 'other' }) },
      { from: '41 min', to: '41 min 5 s', posts: ['🔴 Failed: contacts'] },
      { at: '42 min', does: () => push('succeeded', 'contacts', { run: 'c2' }) },
      { from: '42 min', to: '42 min 5 s', posts: ['Recovered'] },
      {
        from: '90 min',
        to: '90 min 5 s',
        posts: [
          '🔴 Failed: orders_daily',
          '🔔 Maintenance “move” is over. One alert came and went meanwhile: orders_eu.',
          /^No longer muted/,
        ],
      },
      { from: '100 min', to: '100 min 10 s', posts: [/orders_daily still fails/] },
      { from: '5 h', to: '5 h', posts: [] },
    ]);
  });

  it('says nothing at its end where nothing happened, and speaks at once afterwards', async () => {
    const { push, play } = await open();
    await play([
      { at: '91 min', does: () => push('failed', 'orders_daily', { run: 'a' }) },
      { from: '91 min', to: '91 min 5 s', posts: ['🔴 Failed: orders_daily'] },
    ]);
  });

  it('lets an alert that stood before be: no reminder until it is over', async () => {
    const { push, play } = await open({ noise: { reminders: [20], maintenance: [window] } });
    await play([
      { at: '25 min', does: () => push('failed', 'orders_daily', { run: 'a' }) },
      { from: '25 min', to: '25 min 5 s', posts: ['🔴 Failed: orders_daily'] },
      { from: '45 min', to: '46 min', posts: [] },
      { from: '90 min', to: '91 min', posts: [/orders_daily still fails/] },
    ]);
  });

  it('holds back no pipeline outside of it, whatever the order in which one cause hits both', async () => {
    const failing = (run: string) => ({ run, error: 'relation "raw" does not exist' });
    const first = await open();
    await first.play([
      { at: '31 min', does: () => first.push('failed', 'orders_daily', failing('a')) },
      { at: '32 min', does: () => first.push('failed', 'contacts', failing('b')) },
      { from: '32 min', to: '32 min 5 s', posts: [/🔴 Failed: (orders_daily|contacts)/] },
      { from: '42 min', to: '42 min 10 s', posts: [/still fails/] },
      { from: '90 min', to: '91 min', posts: [] },
    ]);
    const second = await open();
    await second.play([
      { at: '31 min', does: () => second.push('failed', 'contacts', failing('b')) },
      { from: '31 min', to: '31 min 5 s', posts: ['🔴 Failed: contacts'] },
      { at: '32 min', does: () => second.push('failed', 'orders_daily', failing('a')) },
      { from: '32 min', to: '33 min', posts: [] },
      { from: '41 min', to: '41 min 10 s', posts: [/contacts still fails/] },
    ]);
    const parents = (told: typeof first.told) => told.filter(({ how }) => how === 'post').length;
    expect([parents(first.told), parents(second.told)]).toEqual([1, 1]);
  });

  it('holds for a freeze as well, in every channel', async () => {
    const freeze = { name: 'year end', from: '2026-11-25T10:30', to: '2026-11-25T11:30' };
    const { push, play, told } = await open({
      noise: { reminders: [] },
      policies: { freezes: [freeze] },
      platformChannel: 'C0PLATFORM',
    });
    await play([
      { at: '31 min', does: () => push('failed', 'contacts', { run: 'c', team: 'crm', error: 'disk full' }) },
      { at: '32 min', does: () => push('failed', 'orders_daily', { run: 'a', error: 'disk full' }) },
      { from: '32 min', to: '80 min', posts: [] },
      { from: '90 min', to: '90 min 5 s', posts: [/./, /./, /./, /./, /./, /./] },
    ]);
    // In each channel the alert comes before its reply; channels do not wait for each other.
    expect(told.filter(({ how }) => how === 'post').map(({ text }) => /Failed/.test(text))).toEqual([true, true, true]);
  });
});
