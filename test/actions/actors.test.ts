import { type ActorsDeps, createActors } from '../../src/actions/actors';
import { createPolicy } from '../../src/actions/policy';
import { Failure } from '../../src/domain/failure';
import { type Settings, SettingsFile } from '../../src/domain/settings';
import { createLogger } from '../../src/lib/logger';
import { createTestDatabase, emptyTables, type TestDatabase } from '../support/database';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  await emptyTables(database.db, 'people, user_groups');
});

const settings: Settings = {
  ...SettingsFile.parse({
    teams: [
      { name: 'orders', members: { usergroup: 'S0ORDERS' } },
      { name: 'billing', members: { usergroup: 'S0BILLING' } },
      { name: 'open' },
    ],
    policies: { roles: { operator: { usergroup: 'S0OPER' } } },
  }),
  orchestrators: [],
  catalogue: [],
};

const person = { name: 'Dana Lee', email: 'dana@data.example', isGuest: false, isBot: false, isDeactivated: false };
const down = async () => {
  throw new Failure('unavailable', 'Slack');
};

function open(differs: Partial<ActorsDeps> = {}) {
  const asked: string[] = [];
  let now = new Date('2026-11-25T09:00:00Z');
  const groups: Record<string, string[]> = {
    S0ORDERS: ['U01DANA'],
    S0BILLING: ['U02SAM'],
    S0OPER: ['U01DANA', 'U02SAM'],
  };
  const fetchPerson = differs.fetchPerson ?? (async (id: string) => (id === 'U09NOBODY' ? undefined : person));
  const fetchGroupMembers = differs.fetchGroupMembers ?? (async (id: string) => groups[id] ?? []);
  const actors = createActors({
    db: database.db,
    settings: () => settings,
    clock: { now: () => now },
    log: createLogger('silent'),
    ...differs,
    fetchPerson: (id) => {
      asked.push(id);
      return fetchPerson(id);
    },
    fetchGroupMembers: (id) => {
      asked.push(id);
      return fetchGroupMembers(id);
    },
  });
  return {
    actors,
    /** What Slack was asked since the last look. */
    asked: () => asked.splice(0).sort(),
    pass(minutes: number) {
      now = new Date(now.getTime() + minutes * 60_000);
    },
  };
}

describe('an actor', () => {
  it('is who Slack says, with the teams and roles of their user groups', async () => {
    const { actors } = open();
    await expect(actors.get('U01DANA')).resolves.toEqual({
      personId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      slackId: 'U01DANA',
      ...person,
      timeZone: undefined,
      teams: ['orders'],
      roles: ['operator'],
    });
  });

  it('is known to be in a user group that a rule names, whose handle is said where it is spoken of', async () => {
    const ruled: Settings = {
      ...settings,
      policies: { ...settings.policies, rules: [{ effect: 'allow', kinds: ['retry'], who: 'S0NIGHTS', when: {} }] },
    };
    const { actors } = open({
      settings: () => ruled,
      fetchGroups: async () => [{ id: 'S0NIGHTS', handle: 'night-shift', members: ['U02SAM'] }],
    });
    const [sam, dana] = [await actors.get('U02SAM'), await actors.get('U01DANA')];
    expect([sam.groups, dana.groups]).toEqual([['S0NIGHTS'], undefined]);
    const policy = createPolicy({ db: database.db, settings: () => ruled, clock: { now: () => new Date() } });
    const pipeline = { connection: 'prod', key: 'orders_daily', facts: {} };
    expect(await policy.authorise(sam, 'retry', pipeline, 1)).toMatchObject({ verdict: 'allow' });
    expect(await policy.authorise(dana, 'retry', pipeline, 1)).toMatchObject({
      verdict: 'deny',
      reason: 'Only members of @night-shift may retry this.',
    });
  });

  it('is asked for again after ten minutes, their groups after five', async () => {
    const { actors, asked, pass } = open();
    await actors.get('U01DANA');
    expect(asked()).toEqual(['S0BILLING', 'S0OPER', 'S0ORDERS', 'U01DANA']);
    pass(4);
    await actors.get('U01DANA');
    expect(asked()).toEqual([]);
    pass(2);
    await actors.get('U01DANA');
    expect(asked()).toEqual(['S0BILLING', 'S0OPER', 'S0ORDERS']);
    pass(4.5);
    await actors.get('U01DANA');
    expect(asked()).toEqual(['U01DANA']);
  });

  it('keeps one surrogate id, whoever was first to meet them', async () => {
    const [one, other] = [open(), open()];
    const met = await Promise.all([one, other, one, other].map(({ actors }) => actors.get('U01DANA')));
    expect(new Set(met.map(({ personId }) => personId)).size).toBe(1);
    one.pass(60);
    expect((await one.actors.get('U01DANA')).personId).toBe(met[0]?.personId);
  });

  it('is asked for once while many wait for the same answer', async () => {
    const { actors, asked } = open();
    await Promise.all(Array.from({ length: 5 }, () => actors.get('U01DANA')));
    expect(asked()).toEqual(['S0BILLING', 'S0OPER', 'S0ORDERS', 'U01DANA']);
  });

  it('is whom we knew while Slack does not answer, and Slack is left alone for half a minute', async () => {
    await open().actors.get('U01DANA');
    const { actors, asked, pass } = open({ fetchPerson: down, fetchGroupMembers: down });
    pass(60);
    await expect(actors.get('U01DANA')).resolves.toMatchObject({ name: 'Dana Lee', teams: ['orders'] });
    expect(asked()).toHaveLength(4);
    pass(0.4);
    await actors.get('U01DANA');
    expect(asked()).toEqual([]);
    pass(0.2);
    await actors.get('U01DANA');
    expect(asked()).toHaveLength(4);
  });

  it('is whom we knew when Slack takes too long', async () => {
    await open().actors.get('U01DANA');
    const never = () => new Promise<never>(() => undefined);
    const { actors, pass } = open({ fetchPerson: never, fetchGroupMembers: never, patienceMs: 5 });
    pass(60);
    await expect(actors.get('U01DANA')).resolves.toMatchObject({ name: 'Dana Lee', teams: ['orders'] });
  });

  it('has the members of many groups read in one call', async () => {
    let calls = 0;
    const { actors, asked, pass } = open({
      async fetchGroups() {
        calls++;
        return [
          { id: 'S0OPER', members: ['U01DANA'] },
          { id: 'S0BILLING', members: ['U02SAM'] },
          { id: 'S0ELSE', members: ['U01DANA'] },
        ];
      },
    });
    await expect(actors.get('U01DANA')).resolves.toMatchObject({ teams: [], roles: ['operator'] });
    await expect(actors.get('U02SAM')).resolves.toMatchObject({ teams: ['billing'], roles: [] });
    expect(calls).toBe(1);
    expect(asked()).toEqual(['U01DANA', 'U02SAM']);
    pass(6);
    await actors.get('U01DANA');
    expect(calls).toBe(2);
  });

  it('keeps the rights of before while the groups cannot be read in one call', async () => {
    await open().actors.get('U01DANA');
    const { actors, pass } = open({ fetchGroups: down });
    pass(6);
    await expect(actors.get('U01DANA')).resolves.toMatchObject({ teams: ['orders'], roles: ['operator'] });
  });

  it('has no rights from a group that could never be read', async () => {
    const { actors } = open({ fetchGroupMembers: down });
    await expect(actors.get('U01DANA')).resolves.toMatchObject({ teams: [], roles: [] });
  });

  it('loses the rights of a group they have left', async () => {
    const members: Record<string, string[]> = { S0ORDERS: ['U01DANA'] };
    const { actors, pass } = open({ fetchGroupMembers: async (id) => members[id] ?? [] });
    await expect(actors.get('U01DANA')).resolves.toMatchObject({ teams: ['orders'] });
    members.S0ORDERS = [];
    pass(6);
    await expect(actors.get('U01DANA')).resolves.toMatchObject({ teams: [] });
  });

  it('is not found when Slack knows nobody, and unknown when Slack cannot be asked', async () => {
    await expect(open().actors.get('U09NOBODY')).rejects.toMatchObject({ kind: 'not-found' });
    await expect(open({ fetchPerson: down }).actors.get('U01DANA')).rejects.toMatchObject({ kind: 'unavailable' });
  });
});

describe('the name of an owner', () => {
  const fetchByEmail = async (email: string) =>
    email.toLowerCase() === 'mei@data.example' ? { ...person, slackId: 'U03MEI', name: 'Mei Tanaka' } : undefined;

  it.each([
    { title: 'somebody met before', owner: 'DANA@data.example', says: 'Dana Lee' },
    { title: 'somebody whom Slack knows', owner: ' mei@data.example ', says: 'Mei Tanaka' },
    { title: 'nobody of this workspace', owner: 'old.hand@data.example', says: 'old.hand' },
    { title: 'a team', owner: 'orders', says: 'orders' },
    { title: 'a Slack id', owner: 'U01DANA', says: 'U01DANA' },
    { title: 'words with an address in them', owner: 'ask dana@data.example', says: 'ask dana@data.example' },
  ])('of $title is $says', async ({ owner, says }) => {
    const { actors } = open({ fetchByEmail });
    await actors.get('U01DANA');
    await expect(actors.ownerName(owner)).resolves.toBe(says);
  });

  it('is asked for once in half an hour, and falls back to the address while Slack does not answer', async () => {
    let asked = 0;
    const { actors, pass } = open({
      fetchByEmail: async () => {
        asked += 1;
        if (asked === 1) throw new Failure('unavailable', 'Slack');
        return { ...person, slackId: 'U03MEI', name: 'Mei Tanaka', email: 'mei@data.example' };
      },
    });
    await expect(actors.ownerName('mei@data.example')).resolves.toBe('mei');
    await expect(actors.ownerName('mei@data.example')).resolves.toBe('mei');
    expect(asked).toBe(1);
    pass(31);
    await expect(actors.ownerName('mei@data.example')).resolves.toBe('Mei Tanaka');
  });
});
