import { createTestDatabase, type TestDatabase } from '../support/database';
import { openTimeStage } from '../support/time-stage';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const open = (settings: Record<string, unknown> = {}) =>
  openTimeStage(database.db, { settings: { noise: { reminders: [30] }, ...settings } });
const unneeded = { value: { close: 'unneeded' } };

describe('an alert that a person closes as skipped on purpose', () => {
  it('is over for good: no reminders, the reason in the thread and the trail', async () => {
    const { push, press, play, alertOf, db } = await open();
    await play([
      { at: '0 s', does: () => push('failed', 'orders_daily', { run: 'a' }) },
      { from: '0 s', to: '1 s', posts: ['🔴 Failed'] },
      { at: '5 min', does: () => press('alert-more.v1', 'orders_daily', unneeded) },
      {
        from: '5 min',
        to: '5 min 1 s',
        posts: [/^⚪ Skipped on purpose by @dana: orders_daily \(not needed\)\. If it fails anew, it is told\.$/],
      },
      { from: '5 h', to: '5 h', posts: [] },
    ]);
    expect(alertOf('orders_daily')).toMatch(/^⚪ Skipped: orders_daily\. Skipped on purpose by @dana: not needed\./);
    expect(await db.query('select kind, pipeline, run from audit')).toEqual([
      { kind: 'close', pipeline: 'orders_daily', run: 'a' },
    ]);
  });

  it('is open again when that is taken back, with its reminders', async () => {
    const { push, press, play, alertOf, db } = await open();
    await play([
      { at: '0 s', does: () => push('failed', 'orders_daily', { run: 'a' }) },
      { from: '0 s', to: '1 s', posts: ['🔴 Failed'] },
      { at: '5 min', does: () => press('alert-more.v1', 'orders_daily', unneeded) },
      { from: '5 min', to: '5 min 1 s', posts: ['⚪ Skipped on purpose'] },
      { at: '6 min', does: () => press('undo-close.v1', 'orders_daily', { by: 'U0NOAH' }) },
      { from: '6 min', to: '6 min 1 s', posts: [/^@noah took back that orders_daily is skipped/] },
      { at: '7 min', does: () => expect(alertOf('orders_daily')).toContain('🔴 Failed') },
      { at: '8 min', does: () => press('undo-close.v1', 'orders_daily') },
      { from: '30 min', to: '30 min 3 s', posts: ['Reminder 1 of 1'] },
    ]);
    expect((await db.query('select kind from audit order by seq')).map((row) => ({ ...row }))).toEqual([
      { kind: 'close' },
      { kind: 'reopen' },
    ]);
  });

  it('is told again when it fails anew, and as recovered when it runs well after all', async () => {
    const { push, press, play, alertOf } = await open();
    await play([
      { at: '0 s', does: () => push('failed', 'orders_daily', { run: 'a' }) },
      { from: '0 s', to: '1 s', posts: ['🔴 Failed'] },
      { at: '5 min', does: () => press('alert-more.v1', 'orders_daily', unneeded) },
      { from: '5 min', to: '5 min 1 s', posts: ['⚪ Skipped on purpose'] },
      { at: '10 min', does: () => push('failed', 'orders_daily', { run: 'a', attempt: 2 }) },
      { from: '10 min', to: '10 min 1 s', posts: ['Failed again'] },
      { at: '11 min', does: () => press('alert-more.v1', 'orders_daily', unneeded) },
      { from: '11 min', to: '11 min 1 s', posts: ['⚪ Skipped on purpose'] },
      { at: '20 min', does: () => push('succeeded', 'orders_daily', { run: 'a', attempt: 3 }) },
      { from: '20 min', to: '20 min 1 s', posts: ['🟢 Recovered'] },
    ]);
    expect(alertOf('orders_daily')).toContain('🟢 Recovered');
  });

  it('is closed for the pipelines of that channel alone', async () => {
    const error = { error: 'warehouse down: connection refused' };
    const routes = [{ match: { pipeline: 'crm_*' }, channel: 'C0CRMTEAM' }];
    const { push, press, play, told } = await open({ routes, noise: { reminders: [] } });
    await play([
      { at: '0 s', does: () => push('failed', 'orders_daily', error) },
      { from: '0 s', to: '1 s', posts: ['🔴 Failed: orders_daily'] },
      { at: '10 s', does: () => push('failed', 'crm_daily', error) },
      { from: '10 s', to: '12 s', posts: [/crm_daily/] },
      { at: '5 min', does: () => press('alert-more.v1', 'orders_daily', unneeded) },
      { from: '5 min', to: '5 min 1 s', posts: ['⚪ Skipped on purpose'] },
    ]);
    const last = (channel: string) => told.filter((each) => each.channel === channel && each.how !== 'reply').at(-1);
    expect(last('C0ALERTS')?.text).toMatch(/^⚪ Skipped/);
    expect(last('C0CRMTEAM')?.text).toMatch(/^🔴 Failed: crm_daily/);
  });

  it('tells those who follow it that this run will not come', async () => {
    const { push, press, play, type } = await open();
    await play([
      { at: '0 s', does: () => push('failed', 'orders_daily', { run: 'a' }) },
      { from: '0 s', to: '1 s', posts: ['🔴 Failed'] },
      { at: '1 min', does: () => type('follow orders_daily', { by: 'U0NOAH' }) },
      { at: '5 min', does: () => press('alert-more.v1', 'orders_daily', unneeded) },
      {
        from: '5 min',
        to: '5 min 1 s',
        posts: [/^⚪ Skipped: orders_daily was skipped, so this run will not come/, '⚪ Skipped on purpose'],
      },
    ]);
  });
});

describe('a run that the orchestrator skips', () => {
  it('stands for what failed: the alert is skipped, not recovered', async () => {
    const { push, play, alertOf } = await open();
    await play([
      { at: '0 s', does: () => push('failed', 'orders_daily', { run: 'a' }) },
      { from: '0 s', to: '1 s', posts: ['🔴 Failed'] },
      { at: '5 min', does: () => push('skipped', 'orders_daily', { run: 'a' }) },
      { from: '5 min', to: '5 min 1 s', posts: ['⚪ Skipped: orders_daily. Nobody needs to do anything.'] },
      { from: '5 h', to: '5 h', posts: [] },
    ]);
    expect(alertOf('orders_daily')).toContain('⚪ Skipped');
  });
});
