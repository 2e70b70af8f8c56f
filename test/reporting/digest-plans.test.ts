import { SettingsFile } from '../../src/domain/settings';
import { createDigestPlans } from '../../src/reporting/digest-plans';
import { actorOf } from '../handlers/crew';
import { createTestDatabase, emptyTables, type TestDatabase } from '../support/database';
import { createSetClock } from '../support/set-clock';

const friday = {
  kind: 'plan',
  scope: 'team:orders',
  weekday: 'fri',
  time: '16:00',
  timeZone: 'Europe/Berlin',
} as const;
const dana = actorOf('UDANA', { personId: 'd0000000-0000-4000-8000-000000000000', teams: ['orders'] });
const eve = actorOf('UEVE', { personId: 'e0000000-0000-4000-8000-000000000000', teams: [] });

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(() => emptyTables(database.db, 'digest_choices, people'));

const clock = createSetClock('2026-11-25T09:00:00.000Z');
const settings = {
  ...SettingsFile.parse({
    workspace: { timeZone: 'Europe/Berlin' },
    teams: [
      { name: 'orders', channel: '#orders' },
      { name: 'refunds', channel: '#refunds' },
    ],
    digest: { channel: '#enablement' },
  }),
  orchestrators: [],
  catalogue: [],
};
const plans = () =>
  createDigestPlans({
    db: database.db,
    clock,
    settings: () => settings,
    channelId: async (channel) => channel.replace('#', 'C0').toUpperCase(),
    channelName: async (id) => (id === 'C0PRIVATE' ? undefined : id.slice(2).toLowerCase()),
    mayOperate: (actor) => ({ may: actor.roles.includes('operator'), whoMay: 'people with the role *operator*' }),
  });
const choose = (of: Omit<Parameters<ReturnType<typeof plans>['choose']>[1], never>) =>
  database.db.transaction((tx) => plans().choose(tx, of));
const lines = async () =>
  (await plans().all()).map(({ channel, scope, weekday, time }) => `${channel} ${scope} ${weekday} ${time}`);
const trail = () =>
  database.db.query<{ kind: string; detail: object }>(
    `select kind, detail from audit where kind = 'change-digest' order by seq`,
  );

describe('a choice about the digest of a channel', () => {
  it('holds instead of pitcrew.yaml, until its word is chosen again, and each is in the audit trail', async () => {
    const before = await lines();
    expect(before).toEqual([
      'C0ENABLEMENT all mon 09:00',
      'C0ORDERS team:orders mon 09:00',
      'C0REFUNDS team:refunds mon 09:00',
    ]);
    expect(await choose({ actor: dana, channel: 'C0ORDERS', choice: friday })).toMatchObject({
      kind: 'set',
      next: new Date('2026-11-27T15:00:00Z'),
    });
    expect(await lines()).toContain('C0ORDERS team:orders fri 16:00');
    expect(await choose({ actor: dana, channel: 'C0ORDERS', choice: { kind: 'none' } })).toEqual({ kind: 'off' });
    expect(await lines()).toEqual([before[0], before[2]]);
    expect(await choose({ actor: dana, channel: 'C0ORDERS', choice: { kind: 'file' } })).toMatchObject({
      kind: 'as-file',
      next: new Date('2026-11-30T08:00:00Z'),
    });
    expect(await lines()).toEqual(before);
    expect((await trail()).map(({ detail }) => detail)).toEqual([
      { channel: 'C0ORDERS', name: 'orders', ...friday },
      { channel: 'C0ORDERS', name: 'orders', kind: 'none' },
      { channel: 'C0ORDERS', name: 'orders', kind: 'file' },
    ]);
  });

  it.each([
    { title: 'in the channel of another team', of: { actor: eve, channel: 'C0ORDERS' }, answer: 'not-allowed' },
    { title: 'in that of the organisation', of: { actor: dana, channel: 'C0ENABLEMENT' }, answer: 'not-allowed' },
    { title: 'where the bot is not', of: { actor: dana, channel: 'C0PRIVATE' }, answer: 'not-invited' },
    { title: 'in a direct message', of: { actor: dana, channel: 'D0DANA' }, answer: 'no-channel' },
    {
      title: 'for a team that is none',
      of: { actor: eve, channel: 'C0OTHER', choice: { ...friday, scope: 'team:gone' } },
      answer: 'unknown-team',
    },
  ])('is refused $title, and changes nothing', async ({ of, answer }) => {
    const count = (await trail()).length;
    const before = await lines();
    expect((await choose({ choice: friday, ...of })).kind).toBe(answer);
    expect((await plans().would({ choice: friday, ...of })).kind).toBe(answer);
    expect(await lines()).toEqual(before);
    expect(await trail()).toHaveLength(count);
  });

  it('is told with the name of who made it, and what it would be without', async () => {
    await database.db.query(
      `insert into people (person_id, slack_id, name, fetched_at) values ($1, 'UDANA', 'Dana', $2)`,
      [dana.personId, clock.now()],
    );
    await choose({ actor: dana, channel: 'C0ORDERS', choice: friday });
    expect(await plans().of({ actor: dana, channel: 'C0ORDERS' })).toMatchObject({
      kind: 'found',
      channelName: 'orders',
      file: { scope: 'team:orders', weekday: 'mon' },
      chosen: { by: 'Dana', choice: friday },
      inForce: { scope: 'team:orders', weekday: 'fri' },
      scopes: ['all', 'team:orders', 'team:refunds'],
    });
  });
});
