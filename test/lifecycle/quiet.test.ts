import { createQuiet } from '../../src/incidents/quiet';
import { createTestDatabase, type TestDatabase } from '../support/database';
import { openTimeStage } from '../support/time-stage';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const teams = [
  { name: 'orders', members: { usergroup: 'S0ORDERS' }, onCall: { usergroup: 'S0ONCALL' } },
  { name: 'crm', members: { usergroup: 'S0CRM' } },
];
const berlin = { timeZone: 'Europe/Berlin' };
/** Wednesday, 10:00 in Berlin. */
const open = (settings: Record<string, unknown> = {}, start = '2026-11-25T09:00:00.000Z') =>
  openTimeStage(database.db, { start, settings: { workspace: berlin, teams, ...settings } });

describe('an alert that nobody takes', () => {
  it('is told at once, and repeated in its thread after 30, 60 and 120 minutes; the last time its people are called', async () => {
    const { push, play } = await open();
    await play([
      { at: '1.2 s', does: () => push('failed', 'orders_daily', { team: 'orders' }) },
      { from: '1.2 s', to: '1.5 s', posts: ['🔴 Failed: orders_daily'] },
      { from: '30 min 1.2 s', to: '30 min 4 s', posts: [/^orders_daily still fails .* Reminder 1 of 3\.$/] },
      { from: '60 min 1.2 s', to: '60 min 4 s', posts: [/^orders_daily still fails .* Reminder 2 of 3\.$/] },
      {
        from: '120 min 1.2 s',
        to: '120 min 4 s',
        posts: [/^<!subteam\^S0ONCALL> orders_daily still fails .* Reminder 3 of 3\. This is the last reminder\.$/],
      },
      { from: '24 h', to: '24 h', posts: [] },
    ]);
  });

  it('calls all members of a team that has nobody on call, and nobody where there is no team', async () => {
    const { push, play } = await open({ noise: { reminders: [5] } });
    await play([
      { at: '0 s', does: () => push('failed', 'contacts', { team: 'crm' }) },
      { at: '1 s', does: () => push('failed', 'stray') },
      { from: '0 s', to: '2 s', posts: ['contacts', 'stray'] },
      { from: '5 min', to: '5 min 5 s', posts: [/^<!subteam\^S0CRM> contacts still fails/, /^stray still fails/] },
    ]);
  });

  it('is repeated no more once it has recovered', async () => {
    const { push, play } = await open();
    await play([
      { at: '0 s', does: () => push('failed', 'orders_daily') },
      { from: '0 s', to: '1 s', posts: ['Failed'] },
      { at: '10 min', does: () => push('succeeded', 'orders_daily') },
      { from: '10 min', to: '10 min 1 s', posts: ['Recovered'] },
      { from: '5 h', to: '5 h', posts: [] },
    ]);
  });

  it('is repeated once, however many replicas look', async () => {
    const { push, play, db, clock, settings } = await open({ noise: { reminders: [30] } });
    await play([
      { at: '0 s', does: () => push('failed', 'orders_daily') },
      { from: '0 s', to: '1 s', posts: ['Failed'] },
    ]);
    clock.pass(30 * 60_000);
    const tell: string[] = [];
    const replica = () =>
      createQuiet({
        db,
        clock,
        settings: () => settings,
        refresh: async () => undefined,
        tell: async (_tx, stories) => void tell.push(...stories.map(({ notice }) => notice.kind)),
      });
    await Promise.all(Array.from({ length: 4 }, () => replica().sweep()));
    expect(tell).toEqual(['reminder']);
  });

  it('is not repeated where its channel wants no threads', async () => {
    const { push, play } = await open({ routes: [{ match: {}, channel: 'C0QUIET', threads: false }] });
    await play([
      { at: '0 s', does: () => push('failed', 'orders_daily') },
      { from: '0 s', to: '1 s', posts: ['Failed'] },
      { from: '5 h', to: '5 h', posts: [] },
    ]);
  });

  it('is not repeated while it runs again, and a reminder that fell due meanwhile comes when that has failed', async () => {
    const { push, play } = await open({ noise: { reminders: [10] } });
    await play([
      { at: '0 s', does: () => push('failed', 'orders_daily', { run: 'a' }) },
      { from: '0 s', to: '1 s', posts: ['Failed'] },
      { at: '9 min', does: () => push('started', 'orders_daily', { run: 'a', attempt: 2 }) },
      { from: '9 min', to: '9 min 1 s', posts: ['runs again'] },
      { at: '14 min', does: () => push('failed', 'orders_daily', { run: 'a', attempt: 2 }) },
      { from: '14 min', to: '14 min 4 s', posts: ['Failed again', 'Reminder 1 of 1'] },
    ]);
  });

  describe('out of working hours', () => {
    /** Friday, 17:50 in Berlin. */
    const fridayEvening = '2026-11-27T16:50:00.000Z';
    it('waits for Monday morning, and keeps its gaps from there', async () => {
      const { push, play } = await open({}, fridayEvening);
      await play([
        { at: '0 s', does: () => push('failed', 'contacts', { team: 'crm' }) },
        { from: '0 s', to: '1 s', posts: ['Failed'] },
        { from: '2 d 15 h 10 min', to: '2 d 15 h 10 min 3 s', posts: ['Reminder 1 of 3'] },
        { from: '2 d 15 h 40 min', to: '2 d 15 h 40 min 5 s', posts: ['Reminder 2 of 3'] },
        { from: '2 d 16 h 40 min', to: '2 d 16 h 40 min 7 s', posts: ['Reminder 3 of 3'] },
      ]);
    });

    it.each([
      { title: 'of tier 1', data: { tier: 1, team: 'crm' }, waits: false },
      { title: 'of unknown tier, whose team has somebody on call', data: { team: 'orders' }, waits: false },
      { title: 'of tier 2, whose team has somebody on call', data: { tier: 2, team: 'orders' }, waits: true },
      { title: 'of unknown tier and nobody on call', data: { team: 'crm' }, waits: true },
    ])('the alert $title waits: $waits', async ({ data, waits }) => {
      const { push, play } = await open({ noise: { reminders: [30] } }, fridayEvening);
      await play([
        { at: '0 s', does: () => push('failed', 'jobs', data) },
        { from: '0 s', to: '1 s', posts: ['Failed'] },
        { from: '30 min', to: '30 min 3 s', posts: waits ? [] : ['Reminder 1 of 1'] },
        { from: '6 h', to: '6 h', posts: [] },
      ]);
    });
  });
});

describe('an acknowledge', () => {
  it('stops the reminders, and runs out when nothing follows: then the alert is nobody’s again and the reminders go on', async () => {
    const { push, press, play, alertOf } = await open({ noise: { reminders: [30, 60, 120] } });
    await play([
      { at: '0 s', does: () => push('failed', 'orders_daily', { team: 'orders' }) },
      { from: '0 s', to: '1 s', posts: ['🔴 Failed'] },
      { from: '30 min', to: '30 min 3 s', posts: ['Reminder 1 of 3'] },
      { at: '40 min', does: () => press('acknowledge.v1', 'orders_daily') },
      { from: '40 min', to: '40 min 1 s', posts: ['👀 Acknowledged by'] },
    ]);
    expect(alertOf('orders_daily')).toContain('👀 Acknowledged');
    await play([
      { from: '160 min', to: '160 min 2.5 s', posts: ['The acknowledgement has run out'] },
      { at: '160 min 3 s', does: () => expect(alertOf('orders_daily')).toContain('🔴 Failed') },
      { from: '190 min', to: '190 min 5 s', posts: ['Reminder 2 of 3'] },
      { from: '250 min', to: '250 min 7 s', posts: ['Reminder 3 of 3'] },
      { from: '24 h', to: '24 h', posts: [] },
    ]);
  });

  it('does not run out while it runs again', async () => {
    const { push, press, play, alertOf } = await open({ noise: { acknowledgeExpiresMinutes: 20, reminders: [] } });
    await play([
      { at: '0 s', does: () => push('failed', 'orders_daily', { run: 'a' }) },
      { at: '1 min', does: () => press('acknowledge.v1', 'orders_daily') },
      { at: '2 min', does: () => push('started', 'orders_daily', { run: 'a', attempt: 2 }) },
      { from: '0 s', to: '2 min 1 s', posts: ['Failed', 'Acknowledged', 'runs again'] },
      { from: '60 min', to: '60 min', posts: [] },
    ]);
    expect(alertOf('orders_daily')).toContain('🟡 Retrying');
  });

  it('that is handed back lets the reminders begin with their gap, not at once', async () => {
    const { push, press, play } = await open({ noise: { reminders: [30] } });
    await play([
      { at: '0 s', does: () => push('failed', 'orders_daily', { team: 'orders' }) },
      { at: '5 min', does: () => press('acknowledge.v1', 'orders_daily') },
      { from: '0 s', to: '5 min 1 s', posts: ['Failed', 'Acknowledged'] },
      { at: '50 min', does: () => press('unacknowledge.v1', 'orders_daily') },
      { from: '80 min', to: '80 min 3 s', posts: ['Reminder 1 of 1'] },
    ]);
  });
});

describe('a mute', () => {
  const hour = { value: { minutes: 60 } };

  it('keeps reminders and stories back, tells how many when it is over, and lets the reminders go on after their gap', async () => {
    const { push, press, play, alertOf } = await open();
    await play([
      { at: '0 s', does: () => push('failed', 'orders_daily', { team: 'orders', run: 'a' }) },
      { at: '5 min', does: () => press('alert-more.v1', 'orders_daily', hour) },
      { from: '0 s', to: '5 min 1 s', posts: ['🔴 Failed', /^🔕 Muted by .* until 25 Nov 2026, 11:05 CET\.$/] },
      { at: '6 min', does: () => expect(alertOf('orders_daily')).toContain('🔕 Muted') },
      { at: '10 min', does: () => push('started', 'orders_daily', { run: 'a', attempt: 2 }) },
      { at: '15 min', does: () => push('failed', 'orders_daily', { run: 'a', attempt: 2 }) },
      { at: '20 min', does: () => push('failed', 'orders_daily', { run: 'a', attempt: 3 }) },
      {
        from: '65 min',
        to: '65 min 2.5 s',
        posts: ['No longer muted: the time is over. 3 events were not told meanwhile.'],
      },
      { at: '65 min 3 s', does: () => expect(alertOf('orders_daily')).toContain('🔴 Failed') },
      { from: '95 min', to: '95 min 5 s', posts: ['Reminder 1 of 3'] },
    ]);
  });

  it('lets the recovery through, and says no more when its time is over', async () => {
    const { push, press, play, alertOf } = await open();
    await play([
      { at: '0 s', does: () => push('failed', 'orders_daily', { run: 'a' }) },
      { at: '1 min', does: () => press('alert-more.v1', 'orders_daily', hour) },
      { from: '0 s', to: '1 min 1 s', posts: ['Failed', 'Muted'] },
      { at: '10 min', does: () => push('failed', 'orders_daily', { run: 'a', attempt: 2 }) },
      { at: '20 min', does: () => push('succeeded', 'orders_daily', { run: 'a', attempt: 3 }) },
      { from: '20 min', to: '20 min 1 s', posts: ['🟢 Recovered'] },
      { from: '24 h', to: '24 h', posts: [] },
    ]);
    expect(alertOf('orders_daily')).toContain('🟢 Recovered');
  });

  it('is ended by a press, which tells who pressed and what was hidden', async () => {
    const { push, press, play } = await open({ noise: { reminders: [120] } });
    await play([
      { at: '0 s', does: () => push('failed', 'orders_daily', { run: 'a' }) },
      { at: '1 min', does: () => press('alert-more.v1', 'orders_daily', hour) },
      { from: '0 s', to: '1 min 1 s', posts: ['Failed', 'Muted'] },
      { at: '10 min', does: () => push('failed', 'orders_daily', { run: 'a', attempt: 2 }) },
      { at: '20 min', does: () => press('unmute.v1', 'orders_daily', { by: 'U0NOAH' }) },
      { from: '20 min', to: '20 min 1 s', posts: [/^No longer muted by .*\. 1 event was not told meanwhile\.$/] },
      { at: '21 min', does: () => press('unmute.v1', 'orders_daily') },
      { from: '100 min', to: '100 min', posts: [] },
    ]);
  });
});
