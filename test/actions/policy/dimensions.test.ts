import { policyOf } from '../../../src/actions/policy/authorise';
import type { PolicyTarget } from '../../../src/actions/policy/who';
import type { ActionKind } from '../../../src/domain/action';
import { SettingsFile } from '../../../src/domain/settings';
import { person } from './person';

const people = {
  nina: person('U0NINA'),
  nils: person('U0NILS', { groups: ['S0NIGHTS'] }),
  dana: person('U0DANA', { teams: ['orders'] }),
  dora: person('U0DORA', { teams: ['orders'], groups: ['S0NIGHTS'] }),
  fay: person('U0FAY', { teams: ['finance'] }),
};
const names = new Map([
  ['U0NINA', 'Nina'],
  ['U0DORA', 'Dora'],
  ['S0NIGHTS', 'night-shift'],
]);
const orders: PolicyTarget = { connection: 'prod', key: 'orders_daily', team: 'orders' };
const now = new Date('2026-11-25T12:00:00Z');

interface Asked {
  who?: keyof typeof people;
  kind?: ActionKind;
  target?: Partial<PolicyTarget>;
  runs?: number;
}

/** One rule; a question that it fits, and one that differs in this alone. */
interface Row {
  by: string;
  rule: object;
  /** A rule that holds beside it. */
  beside?: object;
  fits: Asked;
  misses: Asked;
  says: string;
  else: string;
  whoMay: string;
}

const team = { allow: ['backfill'], who: 'owningTeam' };
const own = 'members of *orders* or people with the role *admin*';

function judged({ rule, beside }: Pick<Row, 'rule' | 'beside'>, asked: Asked) {
  const settings = SettingsFile.parse({
    teams: [
      { name: 'orders', members: { usergroup: 'S0ORDERS' } },
      { name: 'finance', members: { usergroup: 'S0FINANCE' } },
    ],
    policies: { roles: { admin: { usergroup: 'S0ADMIN' } }, rules: [...(beside ? [beside] : []), rule] },
  });
  const { who = 'dana', kind = 'backfill', target = {}, runs = 1 } = asked;
  return policyOf(settings, names).authorise({
    actor: people[who],
    kind,
    target: { ...orders, ...target },
    runs,
    now,
  });
}

describe.each<{ effect: string; rows: Row[] }>([
  {
    effect: 'allows',
    rows: [
      {
        by: 'person',
        rule: { allow: ['backfill'], who: 'U0NINA' },
        fits: { who: 'nina' },
        misses: { who: 'fay' },
        says: 'allow: The policy allows backfill for U0NINA.',
        else: 'deny: Only Nina or people with the role *admin* may backfill this.',
        whoMay: 'Nina or people with the role *admin*',
      },
      {
        by: 'Slack group',
        rule: { allow: ['backfill'], who: 'S0NIGHTS' },
        fits: { who: 'nils' },
        misses: { who: 'fay' },
        says: 'allow: The policy allows backfill for S0NIGHTS.',
        else: 'deny: Only members of @night-shift or people with the role *admin* may backfill this.',
        whoMay: 'members of @night-shift or people with the role *admin*',
      },
      {
        by: 'team that owns it',
        rule: team,
        fits: {},
        misses: { who: 'fay' },
        says: 'allow: The policy allows backfill for owningTeam.',
        else: `deny: Only ${own} may backfill this.`,
        whoMay: own,
      },
      {
        by: 'tag',
        rule: { ...team, when: { tags: ['gold'] } },
        fits: { target: { tags: ['gold'] } },
        misses: { target: { tags: ['silver'] } },
        says: 'allow: The policy allows backfill for owningTeam.',
        else: 'deny: No rule of the policy lets anybody backfill this.',
        whoMay: own,
      },
      {
        by: 'tier',
        rule: { ...team, when: { tier: [2] } },
        fits: { target: { tier: 2 } },
        misses: { target: { tier: 1 } },
        says: 'allow: The policy allows backfill for owningTeam.',
        else: 'deny: No rule of the policy lets anybody backfill this.',
        whoMay: own,
      },
      {
        by: 'environment',
        rule: { ...team, when: { environment: 'test' } },
        fits: { target: { environment: 'test' } },
        misses: { target: { environment: 'production' } },
        says: 'allow: The policy allows backfill for owningTeam.',
        else: 'deny: No rule of the policy lets anybody backfill this.',
        whoMay: own,
      },
      {
        by: 'action',
        rule: { allow: ['skip'], who: 'owningTeam' },
        fits: { kind: 'skip' },
        misses: { kind: 'kill' },
        says: 'allow: The policy allows skip for owningTeam.',
        else: 'deny: Only people with the role *admin* may kill this.',
        whoMay: own,
      },
      {
        by: 'size',
        rule: { ...team, maxRuns: 5 },
        fits: { runs: 5 },
        misses: { runs: 6 },
        says: 'allow: The policy allows backfill for owningTeam.',
        else: 'deny: You may backfill at most 5 runs at once; this is 6.',
        whoMay: own,
      },
    ],
  },
  {
    effect: 'asks for a second person',
    rows: [
      {
        by: 'tag',
        when: { tags: ['gold'] },
        by2: 'U0NINA',
        fits: { target: { tags: ['gold'] } },
        misses: { target: { tags: ['silver'] } },
        yes: 'Nina',
      },
      {
        by: 'tier',
        when: { tier: [1] },
        by2: 'S0NIGHTS',
        fits: { target: { tier: 1 } },
        misses: { target: { tier: 2 } },
        yes: 'members of @night-shift',
      },
      {
        by: 'environment',
        when: { environment: ['production'] },
        by2: 'owningTeam',
        fits: { target: { environment: 'production' } },
        misses: { target: { environment: 'test' } },
        yes: 'members of *orders*',
      },
      {
        by: 'size',
        when: { runsAbove: 10 },
        by2: 'finance',
        fits: { runs: 11 },
        misses: { runs: 10 },
        yes: 'members of *finance*',
      },
      {
        by: 'action',
        when: {},
        by2: 'admin',
        fits: {},
        misses: { kind: 'retry' as const },
        yes: 'people with the role *admin*',
      },
    ].map(
      ({ by, when, by2, fits, misses, yes }): Row => ({
        by,
        rule: { approve: ['backfill'], by: by2, when },
        beside: { allow: ['backfill', 'retry'], who: 'owningTeam' },
        fits,
        misses,
        says: `needs-approval: This needs a yes from ${yes}.`,
        else: `allow: The policy allows ${'kind' in misses ? 'retry' : 'backfill'} for owningTeam.`,
        whoMay: own,
      }),
    ),
  },
  {
    effect: 'denies',
    rows: [
      {
        by: 'person',
        rule: { who: 'U0DORA' },
        fits: { who: 'dora' as const },
        misses: {},
        says: 'does not let Dora backfill this',
      },
      {
        by: 'Slack group',
        rule: { who: 'S0NIGHTS' },
        fits: { who: 'dora' as const },
        misses: {},
        says: 'does not let members of @night-shift backfill this',
      },
      {
        by: 'team that owns it',
        rule: { who: 'owningTeam' },
        fits: {},
        misses: { who: 'fay' as const },
        says: 'does not let members of *orders* backfill this',
      },
      {
        by: 'tag',
        rule: { when: { tags: ['pii'] } },
        fits: { target: { tags: ['pii'] } },
        misses: { target: { tags: ['x'] } },
        says: 'lets nobody backfill this (tagged pii)',
      },
      {
        by: 'tier',
        rule: { when: { tier: [1] } },
        fits: { target: { tier: 1 } },
        misses: { target: { tier: 2 } },
        says: 'lets nobody backfill this (tier 1)',
      },
      {
        by: 'environment',
        rule: { when: { environment: ['production'] } },
        fits: { target: { environment: 'production' } },
        misses: { target: { environment: 'test' } },
        says: 'lets nobody backfill this (in production)',
      },
      {
        by: 'size',
        rule: { when: { runsAbove: 3 } },
        fits: { runs: 4 },
        misses: { runs: 3 },
        says: 'lets nobody backfill this (more than 3 runs)',
      },
      { by: 'action', rule: {}, fits: {}, misses: { kind: 'retry' as const }, says: 'lets nobody backfill this' },
    ].map(
      ({ by, rule, fits, misses, says }): Row => ({
        by,
        rule: { deny: ['backfill'], ...rule },
        beside: { allow: ['backfill', 'retry'], who: by === 'team that owns it' ? 'finance' : 'owningTeam' },
        fits,
        misses,
        says: `deny: The policy ${says}.`,
        else: '',
        whoMay: '',
      }),
    ),
  },
])('a rule that $effect', ({ rows }) => {
  it.each(rows)('by $by says so where it fits, and nothing where it does not', (row) => {
    const fitting = judged(row, row.fits);
    expect(`${fitting.verdict}: ${fitting.reason}`).toBe(row.says);
    if (row.whoMay !== '') expect(fitting.whoMay).toBe(row.whoMay);
    const missing = judged(row, row.misses);
    if (row.else === '') expect(missing.verdict).toBe('allow');
    else expect(`${missing.verdict}: ${missing.reason}`).toBe(row.else);
  });
});
