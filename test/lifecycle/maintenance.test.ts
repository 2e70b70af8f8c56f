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

describe('silence that a person plans', () => {
  const roles = { policies: { roles: { operator: { usergroup: 'S0OPS' } } } };
  const byOpal = { by: 'U0OPAL' };
  async function openKnown(settings: Record<string, unknown> = {}) {
    const stage = await open({ noise: { reminders: [] }, ...roles, ...settings });
    await stage.push('succeeded', 'orders_daily', { run: 'known', team: 'crm' });
    await stage.push('succeeded', 'orders_eu', { run: 'known too' });
    return stage;
  }

  it('holds in every channel until its end, which tells what still fails and what came and went', async () => {
    const { push, play, type, answers } = await openKnown();
    await play([
      { at: '1 min', does: () => type('maintenance orders_* for 1h because migration', byOpal) },
      { at: '10 min', does: () => push('failed', 'orders_daily', { run: 'a', team: 'crm', error: 'disk full' }) },
      { at: '11 min', does: () => push('failed', 'orders_eu', { run: 'b', error: 'time-out' }) },
      { at: '12 min', does: () => push('failed', 'stock', { run: 's', error: 'other' }) },
      { from: '12 min', to: '12 min 1 s', posts: ['🔴 Failed: stock'] },
      { at: '20 min', does: () => push('succeeded', 'orders_eu', { run: 'b', attempt: 2 }) },
      {
        from: '61 min',
        to: '61 min 5 s',
        posts: [
          '🔴 Failed: orders_daily',
          /^🔔 Maintenance “migration .* is over\. One alert came and went meanwhile: orders_eu\.$/,
          /^No longer muted/,
        ],
      },
      { from: '3 h', to: '3 h', posts: [] },
    ]);
    expect(answers).toEqual([
      'Silence is planned for orders_* in every channel until 25 Nov 2026, 11:01 CET: migration. 2 pipelines fit now: orders_daily, orders_eu. New alerts of them wait until then and are not repeated; I will say what came and went. Alerts that stand stay as they are. To end it: /pipeline maintenance end orders_*.',
    ]);
  });

  it('is ended by a person, and then all of it is told at once; both stand in the trail', async () => {
    const { push, play, type, answers, db } = await openKnown();
    await play([
      { at: '1 min', does: () => type('maintenance orders_* until 18:00', byOpal) },
      { at: '10 min', does: () => push('failed', 'orders_daily', { run: 'a', error: 'disk full' }) },
      { at: '20 min', does: () => type('maintenance end orders_*', byOpal) },
      { from: '20 min', to: '20 min 3 s', posts: ['🔴 Failed: orders_daily', /^No longer muted/] },
      { at: '30 min', does: () => push('failed', 'orders_eu', { run: 'b', error: 'time-out' }) },
      { from: '30 min', to: '30 min 1 s', posts: ['🔴 Failed: orders_eu'] },
      { at: '40 min', does: () => type('maintenance end orders_*', byOpal) },
    ]);
    expect(answers.slice(1)).toEqual([
      expect.stringContaining('The silence for orders_* is over.'),
      'Nobody has planned silence for orders_*. Nothing is planned by people.',
    ]);
    expect(await db.query(`select kind, detail ->> 'wording' as of from audit order by seq`)).toEqual([
      { kind: 'plan-silence', of: 'orders_*' },
      { kind: 'end-silence', of: 'orders_*' },
    ]);
  });

  it('can be given another end, which holds for what is kept back already', async () => {
    const { push, play, type, answers, services } = await openKnown();
    await play([
      { at: '1 min', does: () => type('maintenance orders_* for 1h', byOpal) },
      { at: '10 min', does: () => push('failed', 'orders_daily', { run: 'a', error: 'disk full' }) },
      { at: '20 min', does: () => type('maintenance orders_* for 2h because it takes longer', byOpal) },
      {
        at: '30 min',
        does: async () =>
          expect(await services.maintenance.list()).toMatchObject([
            { wording: 'orders_*', by: 'U0OPAL', reason: 'it takes longer', until: new Date('2026-11-25T11:20:00Z') },
          ]),
      },
      { from: '140 min', to: '140 min 5 s', posts: ['🔴 Failed: orders_daily', /^No longer muted/] },
    ]);
    expect(answers[1]).toContain('(before: by <@U0OPAL> until 25 Nov 2026, 11:01 CET)');
  });

  it('is for operators, and for a team whose pipelines alone fit', async () => {
    const teams = [{ name: 'crm', channel: 'C0CRM0000', members: { usergroup: 'S0OPS' } }];
    const { play, type, answers } = await openKnown({ teams, policies: { roles: {} } });
    await play([
      { at: '1 s', does: () => type('maintenance orders_* for 1h') },
      { at: '5 s', does: () => type('maintenance orders_daily for 1h', byOpal) },
      { at: '10 s', does: () => type('maintenance orders_eu for 1h', byOpal) },
      { at: '15 s', does: () => type('maintenance orders_daily for 1h', { by: 'U0GUEST' }) },
    ]);
    expect(answers).toEqual([
      expect.stringMatching(/^orders_\* is not only of pipelines of your team\. .*\/pipeline mute/),
      expect.stringMatching(/^Silence is planned for orders_daily/),
      expect.stringMatching(/^orders_eu is not only of pipelines of your team/),
      expect.stringMatching(/^Guests/),
    ]);
  });

  it.each([
    [
      'maintenance orders_*',
      'Please say until when, for example /pipeline maintenance orders_* for 2h because migration',
    ],
    ['maintenance for 2h', 'Please say for which pipelines'],
    ['maintenance orders_* until noon', 'I cannot read until noon as a time'],
    ['maintenance orders_* for 9 days', 'At most 7 days can be planned so; longer ones belong in noise.maintenance'],
    ['maintenance order_dayly for 2h', 'I know no pipeline named order_dayly. Did you mean orders_daily'],
    ['maintenance orders_* colour:red for 2h', 'I cannot read colour:red'],
    ['maintenance end', 'Please say'],
  ])('"%s" is answered with what to type', async (words, says) => {
    const { play, type, answers } = await openKnown();
    await play([{ at: '1 s', does: () => type(words, byOpal) }]);
    expect(answers).toEqual([expect.stringContaining(says)]);
  });
});
