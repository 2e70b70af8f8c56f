import { policyOf } from '../../../src/actions/policy/authorise';
import type { PolicySettings, PolicyTarget } from '../../../src/actions/policy/who';
import type { ActionKind } from '../../../src/domain/action';
import type { Actor } from '../../../src/domain/actor';
import { SettingsFile } from '../../../src/domain/settings';
import { person } from './person';

const actor = (differs: Partial<Actor> = {}): Actor =>
  person('U01DANA', { name: 'Dana Lee', email: 'dana@data.example', ...differs });
interface Touched extends PolicyTarget {
  size: number;
}
const target = (differs: Partial<Touched> = {}): Touched => ({ team: 'orders', size: 1, ...differs });

const authorise = (who: Actor, kind: ActionKind, { size, ...rest }: Touched, settings: PolicySettings, now: Date) =>
  policyOf(settings).authorise({ actor: who, kind, target: rest, runs: size, now });

const base = {
  workspace: { timeZone: 'Europe/Berlin' },
  teams: [{ name: 'orders', members: { usergroup: 'S0ORDERS' } }, { name: 'open' }],
};
const roles = { admin: { usergroup: 'S0ADMIN' }, operator: { usergroup: 'S0OPER' } };
const settingsWith = (policies: object): PolicySettings => SettingsFile.parse({ ...base, policies });
const byDefault = settingsWith({ roles });

const noon = new Date('2026-11-25T12:00:00Z');
const member = actor({ teams: ['orders'] });
const stranger = actor();

interface Case {
  title: string;
  who: Actor;
  kind: ActionKind;
  of?: Partial<Touched>;
  says: 'allow' | 'needs-approval' | 'deny';
}

describe('authorise without rules', () => {
  it.each<Case>([
    { title: 'lets a member of the owning team retry', who: member, kind: 'retry', says: 'allow' },
    { title: 'lets a member of the owning team stop', who: member, kind: 'stop', says: 'allow' },
    { title: 'keeps backfills from the owning team', who: member, kind: 'backfill', says: 'deny' },
    { title: 'keeps redeploys from the owning team', who: member, kind: 'redeploy', says: 'deny' },
    { title: 'tells another team no', who: stranger, kind: 'retry', says: 'deny' },
    {
      title: 'finds the owning team in the owner field',
      who: member,
      kind: 'retry',
      of: { team: undefined, owner: 'Orders' },
      says: 'allow',
    },
    {
      title: 'lets the named owner retry from outside the team',
      who: stranger,
      kind: 'retry',
      of: { owner: 'dana@data.example' },
      says: 'allow',
    },
    {
      title: 'does not take a display name for the owner',
      who: stranger,
      kind: 'retry',
      of: { owner: 'Dana Lee' },
      says: 'deny',
    },
    { title: 'lets an operator retry anything', who: actor({ roles: ['operator'] }), kind: 'retry', says: 'allow' },
    { title: 'lets an admin backfill', who: actor({ roles: ['admin'] }), kind: 'backfill', says: 'allow' },
    { title: 'gives another role nothing', who: actor({ roles: ['auditor'] }), kind: 'retry', says: 'deny' },
    {
      title: 'lets any full member retry where no team is known',
      who: stranger,
      kind: 'retry',
      of: { team: undefined },
      says: 'allow',
    },
    {
      title: 'lets any full member retry where the team is not of this company',
      who: stranger,
      kind: 'retry',
      of: { team: 'elsewhere' },
      says: 'allow',
    },
    {
      title: 'lets any full member retry where the team has no list of members',
      who: stranger,
      kind: 'retry',
      of: { team: 'open' },
      says: 'allow',
    },
    {
      title: 'lets a guest change nothing, owner or not',
      who: actor({ isGuest: true, teams: ['orders'] }),
      kind: 'retry',
      of: { owner: 'U01DANA' },
      says: 'deny',
    },
    { title: 'lets an app do nothing', who: actor({ isBot: true, teams: ['orders'] }), kind: 'retry', says: 'deny' },
    {
      title: 'lets a deactivated person do nothing',
      who: actor({ isDeactivated: true, roles: ['admin'] }),
      kind: 'retry',
      says: 'deny',
    },
  ])('$title', ({ who, kind, of, says }) => {
    expect(authorise(who, kind, target(of), byDefault, noon).verdict).toBe(says);
  });

  it('says who may', () => {
    expect(authorise(stranger, 'retry', target(), byDefault, noon)).toEqual({
      verdict: 'deny',
      reason:
        'Only members of *orders*, people with the role *operator* or people with the role *admin* may retry this.',
      whoMay: 'members of *orders*, people with the role *operator* or people with the role *admin*',
    });
  });

  it.each([
    {
      title: 'roles that nobody can hold are not named',
      settings: settingsWith({}),
      of: {},
      says: 'members of *orders*',
    },
    {
      title: 'a named owner is mentioned',
      settings: settingsWith({}),
      of: { owner: 'dana@data.example' },
      says: 'members of *orders* or its owner',
    },
    {
      title: 'an open team is everybody',
      settings: settingsWith({}),
      of: { team: 'open' },
      says: 'full members of this workspace',
    },
  ])('words who may: $title', ({ settings, of, says }) => {
    expect(authorise(actor({ isBot: true }), 'retry', target(of), settings, noon).whoMay).toBe(says);
  });

  it('says so when nobody may', () => {
    const { reason } = authorise(member, 'backfill', target(), settingsWith({}), noon);
    expect(reason).toBe('No rule of the policy lets anybody backfill this.');
  });
});

describe('authorise by rules', () => {
  const strict = settingsWith({
    roles,
    rules: [
      { allow: ['retry'], who: 'operator' },
      { allow: ['backfill'], who: 'owningTeam', maxRuns: 30 },
      { allow: ['backfill'], who: 'operator', maxRuns: 300 },
      { allow: ['skip'], who: 'open', when: { tier: [2, 3] } },
      { approve: ['backfill', 'redeploy'], when: { tier: [1] }, by: 'operator' },
    ],
  });
  it.each<Case>([
    {
      title: 'takes a retry from the owning team when a rule gives it to others',
      who: member,
      kind: 'retry',
      says: 'deny',
    },
    { title: 'gives it to whom the rule names', who: actor({ roles: ['operator'] }), kind: 'retry', says: 'allow' },
    { title: 'always means an admin too', who: actor({ roles: ['admin'] }), kind: 'retry', says: 'allow' },
    { title: 'leaves a kind that no rule names to the default', who: member, kind: 'stop', says: 'allow' },
    {
      title: 'allows a backfill of up to its most runs',
      who: member,
      kind: 'backfill',
      of: { size: 30 },
      says: 'allow',
    },
    { title: 'refuses one run more', who: member, kind: 'backfill', of: { size: 31 }, says: 'deny' },
    {
      title: 'lets a later rule allow more',
      who: actor({ teams: ['orders'], roles: ['operator'] }),
      kind: 'backfill',
      of: { size: 31 },
      says: 'allow',
    },
    {
      title: 'bounds an admin by the widest rule',
      who: actor({ roles: ['admin'] }),
      kind: 'backfill',
      of: { size: 301 },
      says: 'deny',
    },
    {
      title: 'asks for approval on the tiers of the rule',
      who: member,
      kind: 'backfill',
      of: { tier: 1, size: 2 },
      says: 'needs-approval',
    },
    {
      title: 'asks an operator for a second person too',
      who: actor({ roles: ['operator'] }),
      kind: 'backfill',
      of: { tier: 1 },
      says: 'needs-approval',
    },
    { title: 'does not let a stranger ask', who: stranger, kind: 'backfill', of: { tier: 1 }, says: 'deny' },
    {
      title: 'does not take an unknown tier for the first',
      who: member,
      kind: 'backfill',
      of: { tier: undefined },
      says: 'allow',
    },
    {
      title: 'lets the owning team ask where only approval is ruled',
      who: member,
      kind: 'redeploy',
      of: { tier: 1 },
      says: 'needs-approval',
    },
    {
      title: 'keeps the default for that kind on other tiers',
      who: member,
      kind: 'redeploy',
      of: { tier: 2 },
      says: 'deny',
    },
    { title: 'reads a team as who', who: actor({ teams: ['Open'] }), kind: 'skip', of: { tier: 2 }, says: 'allow' },
    {
      title: 'gives nothing on a tier that the allowing rule leaves out',
      who: actor({ teams: ['open'], roles: ['admin'] }),
      kind: 'skip',
      of: { tier: 1 },
      says: 'deny',
    },
  ])('$title', ({ who, kind, of, says }) => {
    expect(authorise(who, kind, target(of), strict, noon).verdict).toBe(says);
  });

  it('says how many runs are too many, and who approves', () => {
    expect(authorise(member, 'backfill', target({ size: 31 }), strict, noon).reason).toBe(
      'You may backfill at most 30 runs at once; this is 31.',
    );
    expect(authorise(member, 'backfill', target({ tier: 1 }), strict, noon)).toMatchObject({
      approveBy: 'operator',
      reason: 'This needs a yes from people with the role *operator*.',
    });
  });

  it.each([
    { title: 'another operator', approver: actor({ personId: 'other', roles: ['operator'] }), may: true },
    { title: 'the one who asked', approver: actor({ roles: ['operator'] }), may: false },
    { title: 'someone without the role', approver: actor({ personId: 'other' }), may: false },
    {
      title: 'a guest with the role',
      approver: actor({ personId: 'other', roles: ['operator'], isGuest: true }),
      may: false,
    },
  ])('takes the yes of $title: $may', ({ approver, may }) => {
    expect(policyOf(strict).mayApprove(approver, member, 'operator', target())).toBe(may);
  });
});

describe('authorise in a freeze', () => {
  const frozen = settingsWith({
    roles,
    freezes: [{ name: 'year end', from: '2026-12-20T00:00', to: '2027-01-02T00:00', tags: ['tier1'] }],
  });
  const berlin = (utc: string) => new Date(utc);
  it.each([
    { title: 'a minute before it', now: berlin('2026-12-19T22:59:59Z'), tags: ['tier1'], says: 'allow' },
    {
      title: 'from its first minute, in local time',
      now: berlin('2026-12-19T23:00:00Z'),
      tags: ['tier1'],
      says: 'deny',
    },
    { title: 'in its last minute', now: berlin('2027-01-01T22:59:59Z'), tags: ['tier1', 'daily'], says: 'deny' },
    { title: 'when it is over', now: berlin('2027-01-01T23:00:00Z'), tags: ['tier1'], says: 'allow' },
    { title: 'for pipelines without its tags', now: berlin('2026-12-24T12:00:00Z'), tags: ['daily'], says: 'allow' },
  ])('says $says $title', ({ now, tags, says }) => {
    expect(authorise(member, 'retry', target({ tags }), frozen, now).verdict).toBe(says);
  });

  it('is named to those alone who might do it otherwise, since only they could go over it', () => {
    const now = berlin('2026-12-24T12:00:00Z');
    expect(authorise(member, 'retry', target({ tags: ['tier1'] }), frozen, now).freeze).toBe('year end');
    expect(authorise(stranger, 'retry', target({ tags: ['tier1'] }), frozen, now)).toMatchObject({ verdict: 'deny' });
    expect(authorise(stranger, 'retry', target({ tags: ['tier1'] }), frozen, now).freeze).toBeUndefined();
  });

  it('stops admins too, and says until when', () => {
    const now = berlin('2026-12-24T12:00:00Z');
    const admin = actor({ roles: ['admin'] });
    expect(authorise(admin, 'retry', target({ tags: ['tier1'] }), frozen, now)).toMatchObject({
      verdict: 'deny',
      reason: 'Changes are frozen until 2 Jan 2027, 00:00, Europe/Berlin (year end).',
    });
  });
});
