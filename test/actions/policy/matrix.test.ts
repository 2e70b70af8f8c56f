import { policyOf } from '../../../src/actions/policy/authorise';
import type { PolicyTarget } from '../../../src/actions/policy/who';
import type { ActionKind } from '../../../src/domain/action';
import { SettingsFile } from '../../../src/domain/settings';
import { person } from './person';

/** One policy with every word that rules know. */
const settings = SettingsFile.parse({
  workspace: { timeZone: 'Europe/Berlin' },
  teams: [
    { name: 'orders', members: { usergroup: 'S0ORDERS' } },
    { name: 'finance', members: { usergroup: 'S0FINANCE' } },
  ],
  policies: {
    roles: { admin: { usergroup: 'S0ADMIN' }, operator: { usergroup: 'S0OPER' } },
    rules: [
      { allow: ['retry'], who: 'owningTeam' },
      { allow: ['retry'], who: 'S0NIGHTS', when: { environment: 'production' } },
      { allow: ['retry'], who: 'nina@data.example', when: { pipeline: ['stock_*', 'prod/orders_daily'] } },
      { allow: ['backfill'], who: 'owningTeam', maxRuns: 30 },
      { allow: ['backfill'], who: 'operator' },
      { approve: ['backfill'], when: { runsAbove: 10 }, by: 'owningTeam', because: 'Ten days fill the queue' },
      { approve: ['redeploy', 'retry'], when: { tier: [1] }, by: 'operator' },
      { deny: ['kill'], when: { environment: ['production'] }, because: 'In production please stop, do not kill.' },
      { deny: ['retry'], who: 'U0TEMP', when: { tags: ['pii', 'gold'] } },
      { deny: ['skip'], when: { team: 'finance' } },
    ],
    freezes: [{ name: 'year end', from: '2026-12-20T00:00', to: '2027-01-02T00:00', tags: ['ledger'] }],
  },
});
const names = new Map([
  ['S0NIGHTS', 'night-shift'],
  ['U0TEMP', 'Tom'],
]);

const people = {
  dana: person('U0DANA', { teams: ['orders'] }),
  tom: person('U0TEMP', { teams: ['orders'] }),
  nils: person('U0NILS', { groups: ['S0NIGHTS'] }),
  nina: person('U0NINA', { email: 'Nina@data.example' }),
  fay: person('U0FAY', { teams: ['finance'] }),
  olga: person('U0OLGA', { roles: ['operator'] }),
  ada: person('U0ADA', { roles: ['admin'] }),
  zoe: person('U0ZOE'),
  guest: person('U0GUEST', { teams: ['orders'], isGuest: true }),
};

const targets = {
  orders: { connection: 'prod', key: 'orders_daily', team: 'orders' },
  'orders in production': { connection: 'prod', key: 'orders_daily', team: 'orders', environment: 'production' },
  'orders, tier 1': { connection: 'prod', key: 'orders_daily', team: 'orders', tier: 1 },
  'orders, pii': { connection: 'prod', key: 'orders_daily', team: 'orders', tags: ['pii'] },
  'orders, pii and gold': { connection: 'prod', key: 'orders_daily', team: 'orders', tags: ['gold', 'pii', 'x'] },
  'orders of test': { connection: 'test', key: 'orders_daily', team: 'orders' },
  stock: { connection: 'test', key: 'stock_hourly', team: 'finance' },
  ledger: { connection: 'prod', key: 'ledger', team: 'finance', tags: ['ledger'] },
} satisfies Record<string, PolicyTarget>;

const days = { usual: new Date('2026-11-25T12:00:00Z'), frozen: new Date('2026-12-24T12:00:00Z') };

interface Row {
  who: keyof typeof people;
  kind: ActionKind;
  what: keyof typeof targets;
  runs: number;
  day: keyof typeof days;
  says: string;
}

describe('a policy with every word that rules know', () => {
  it.each`
    who        | kind          | what                      | runs  | day         | says
    ${'dana'}  | ${'retry'}    | ${'orders'}               | ${1}  | ${'usual'}  | ${'allow: The policy allows retry for owningTeam.'}
    ${'zoe'}   | ${'retry'}    | ${'orders'}               | ${1}  | ${'usual'}  | ${'deny: Only members of *orders*, nina@data.example or people with the role *admin* may retry this.'}
    ${'guest'} | ${'retry'}    | ${'orders'}               | ${1}  | ${'usual'}  | ${'deny: Guests may look, but not change anything.'}
    ${'olga'}  | ${'retry'}    | ${'orders'}               | ${1}  | ${'usual'}  | ${'deny: Only members of *orders*, nina@data.example or people with the role *admin* may retry this.'}
    ${'ada'}   | ${'retry'}    | ${'orders'}               | ${1}  | ${'usual'}  | ${'allow: The policy allows retry for admin.'}
    ${'nils'}  | ${'retry'}    | ${'orders'}               | ${1}  | ${'usual'}  | ${'deny: Only members of *orders*, nina@data.example or people with the role *admin* may retry this.'}
    ${'nils'}  | ${'retry'}    | ${'orders in production'} | ${1}  | ${'usual'}  | ${'allow: The policy allows retry for S0NIGHTS.'}
    ${'zoe'}   | ${'retry'}    | ${'orders in production'} | ${1}  | ${'usual'}  | ${'deny: Only members of *orders*, members of @night-shift, nina@data.example or people with the role *admin* may retry this.'}
    ${'nina'}  | ${'retry'}    | ${'orders'}               | ${1}  | ${'usual'}  | ${'allow: The policy allows retry for nina@data.example.'}
    ${'nina'}  | ${'retry'}    | ${'orders of test'}       | ${1}  | ${'usual'}  | ${'deny: Only members of *orders* or people with the role *admin* may retry this.'}
    ${'nina'}  | ${'retry'}    | ${'stock'}                | ${1}  | ${'usual'}  | ${'allow: The policy allows retry for nina@data.example.'}
    ${'dana'}  | ${'retry'}    | ${'orders, tier 1'}       | ${1}  | ${'usual'}  | ${'needs-approval: This needs a yes from people with the role *operator*.'}
    ${'ada'}   | ${'retry'}    | ${'orders, tier 1'}       | ${1}  | ${'usual'}  | ${'needs-approval: This needs a yes from people with the role *operator*.'}
    ${'tom'}   | ${'retry'}    | ${'orders, pii'}          | ${1}  | ${'usual'}  | ${'allow: The policy allows retry for owningTeam.'}
    ${'tom'}   | ${'retry'}    | ${'orders, pii and gold'} | ${1}  | ${'usual'}  | ${'deny: The policy does not let Tom retry this (tagged pii, gold).'}
    ${'dana'}  | ${'retry'}    | ${'orders, pii and gold'} | ${1}  | ${'usual'}  | ${'allow: The policy allows retry for owningTeam.'}
    ${'dana'}  | ${'backfill'} | ${'orders'}               | ${10} | ${'usual'}  | ${'allow: The policy allows backfill for owningTeam.'}
    ${'dana'}  | ${'backfill'} | ${'orders'}               | ${11} | ${'usual'}  | ${'needs-approval: This needs a yes from members of *orders*. Ten days fill the queue.'}
    ${'dana'}  | ${'backfill'} | ${'orders'}               | ${31} | ${'usual'}  | ${'deny: You may backfill at most 30 runs at once; this is 31.'}
    ${'olga'}  | ${'backfill'} | ${'orders'}               | ${31} | ${'usual'}  | ${'needs-approval: This needs a yes from members of *orders*. Ten days fill the queue.'}
    ${'fay'}   | ${'backfill'} | ${'orders'}               | ${1}  | ${'usual'}  | ${'deny: Only members of *orders*, people with the role *operator* or people with the role *admin* may backfill this.'}
    ${'dana'}  | ${'redeploy'} | ${'orders'}               | ${1}  | ${'usual'}  | ${'deny: Only people with the role *operator* or people with the role *admin* may redeploy this.'}
    ${'dana'}  | ${'redeploy'} | ${'orders, tier 1'}       | ${1}  | ${'usual'}  | ${'needs-approval: This needs a yes from people with the role *operator*.'}
    ${'olga'}  | ${'kill'}     | ${'orders'}               | ${1}  | ${'usual'}  | ${'allow: By default operator may kill.'}
    ${'olga'}  | ${'kill'}     | ${'orders in production'} | ${1}  | ${'usual'}  | ${'deny: In production please stop, do not kill.'}
    ${'ada'}   | ${'kill'}     | ${'orders in production'} | ${1}  | ${'usual'}  | ${'deny: In production please stop, do not kill.'}
    ${'ada'}   | ${'skip'}     | ${'ledger'}               | ${1}  | ${'usual'}  | ${'deny: The policy lets nobody skip this (of finance).'}
    ${'ada'}   | ${'skip'}     | ${'orders'}               | ${1}  | ${'usual'}  | ${'allow: By default admin may skip.'}
    ${'fay'}   | ${'retry'}    | ${'ledger'}               | ${1}  | ${'usual'}  | ${'allow: The policy allows retry for owningTeam.'}
    ${'fay'}   | ${'retry'}    | ${'ledger'}               | ${1}  | ${'frozen'} | ${'deny: Changes are frozen until 2 Jan 2027, 00:00, Europe/Berlin (year end).'}
    ${'ada'}   | ${'backfill'} | ${'ledger'}               | ${99} | ${'frozen'} | ${'deny: Changes are frozen until 2 Jan 2027, 00:00, Europe/Berlin (year end).'}
    ${'dana'}  | ${'retry'}    | ${'ledger'}               | ${1}  | ${'frozen'} | ${'deny: Only members of *finance* or people with the role *admin* may retry this.'}
    ${'dana'}  | ${'retry'}    | ${'orders'}               | ${1}  | ${'frozen'} | ${'allow: The policy allows retry for owningTeam.'}
    ${'ada'}   | ${'skip'}     | ${'ledger'}               | ${1}  | ${'frozen'} | ${'deny: The policy lets nobody skip this (of finance).'}
  `(
    'tells $who who wants to $kind $runs of $what on a $day day: $says',
    ({ who, kind, what, runs, day, says }: Row) => {
      const { verdict, reason } = policyOf(settings, names).authorise({
        actor: people[who],
        kind,
        target: targets[what],
        runs,
        now: days[day],
      });
      expect(`${verdict}: ${reason}`).toBe(says);
    },
  );

  it('names nobody where a rule lets nobody', () => {
    const { whoMay } = policyOf(settings, names).authorise({
      actor: people.ada,
      kind: 'skip',
      target: targets.ledger,
      runs: 1,
      now: days.usual,
    });
    expect(whoMay).toBe('nobody so far');
  });

  it.each([
    { kind: 'backfill', target: targets.orders, runs: 11, calls: 'S0ORDERS' },
    { kind: 'redeploy', target: targets['orders, tier 1'], runs: 1, calls: 'S0OPER' },
  ] as const)('calls $calls in Slack for the yes that a $kind needs', ({ kind, target, runs, calls }) => {
    const asked = { actor: people.dana, kind, target, runs, now: days.usual };
    expect(policyOf(settings, names).authorise(asked)).toMatchObject({ verdict: 'needs-approval', calls });
  });

  it('names the owning team as approvers, and takes the yes of any of them but the asker’s', () => {
    const policy = policyOf(settings, names);
    const asked = { actor: people.dana, kind: 'backfill', target: targets.orders, runs: 11, now: days.usual } as const;
    const { approveBy = '' } = policy.authorise(asked);
    const yes = Object.entries(people).filter(([, who]) =>
      policy.mayApprove(who, people.dana, approveBy, targets.orders),
    );
    expect(yes.map(([name]) => name)).toEqual(['tom']);
  });
});
