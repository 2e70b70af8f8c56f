import type { Pipeline } from '../../src/domain/pipeline';
import { catalogueFacts, type Route, routeFor, SettingsFile, teamOf } from '../../src/domain/settings';

function pipeline(key: string, facts: Pipeline['facts'] = {}): Pipeline {
  return { connection: 'prod', key, facts };
}

const settings = SettingsFile.parse({
  teams: [{ name: 'orders', channel: '#orders-data' }, { name: 'finance' }],
  routes: [
    { match: { pipeline: 'orders_*', tags: ['tier1', 'sla'] }, channel: '#orders-urgent', mention: 'onCall' },
    { match: { pipeline: 'prod/pay_*' }, channel: 'C0123ABCD', threads: false },
    { match: { tags: ['noisy'] }, channel: '#noise' },
  ],
  defaultChannel: 'data-alerts',
});

describe('routeFor', () => {
  it.each<{ title: string; of: Pipeline; with?: { platformChannel: string }; route: Route }>([
    {
      title: 'takes the first route that fits',
      of: pipeline('orders_daily', { tags: ['noisy', 'sla', 'tier1'] }),
      route: { channel: '#orders-urgent', threads: true, mention: 'onCall', reason: 'route 1' },
    },
    {
      title: 'wants every tag of the list',
      of: pipeline('orders_daily', { tags: ['noisy', 'tier1'] }),
      route: { channel: '#noise', threads: true, mention: 'none', reason: 'route 3' },
    },
    {
      title: 'reads a pattern with a slash as connection and key',
      of: pipeline('pay_daily'),
      route: { channel: 'C0123ABCD', threads: false, mention: 'none', reason: 'route 2' },
    },
    {
      title: 'takes what Pitcrew watches itself to the platform’s channel, before any route',
      of: { connection: 'pitcrew', key: 'orders_* (events)', facts: { tags: ['noisy'] } },
      with: { platformChannel: '#data-platform' },
      route: { channel: '#data-platform', threads: true, mention: 'none', reason: 'a watch of Pitcrew’s own' },
    },
    {
      title: 'takes what Pitcrew watches itself to the default channel without one for the platform',
      of: { connection: 'pitcrew', key: 'prod (polling)', facts: {} },
      route: { channel: '#data-alerts', threads: true, mention: 'none', reason: 'a watch of Pitcrew’s own' },
    },
    {
      title: 'goes to the channel of the team without a route',
      of: pipeline('stock', { team: 'Orders' }),
      route: { channel: '#orders-data', threads: true, mention: 'none', reason: 'team orders' },
    },
    {
      title: 'goes to the default channel when the team has none',
      of: pipeline('stock', { team: 'finance' }),
      route: { channel: '#data-alerts', threads: true, mention: 'none', reason: 'default' },
    },
    {
      title: 'goes to the default channel when nothing is known',
      of: pipeline('stock'),
      route: { channel: '#data-alerts', threads: true, mention: 'none', reason: 'default' },
    },
  ])('$title', ({ of, with: more, route }) => {
    expect(routeFor(of, { ...settings, ...more })).toEqual(route);
  });
});

describe('teamOf', () => {
  it.each([
    { title: 'prefers the team', facts: { team: 'finance', owner: 'orders' }, name: 'finance' },
    { title: 'takes an owner that is the name of a team', facts: { owner: ' ORDERS ' }, name: 'orders' },
    {
      title: 'falls back on the owner when the team is not known here',
      facts: { team: 'gone', owner: 'orders' },
      name: 'orders',
    },
    { title: 'is nobody for a person', facts: { owner: 'dana@example.com' }, name: undefined },
    { title: 'is nobody when nothing is known', facts: {}, name: undefined },
  ])('$title', ({ facts, name }) => {
    expect(teamOf(facts, settings)?.name).toBe(name);
  });
});

describe('catalogueFacts', () => {
  const catalogue = [
    { pipeline: 'orders_daily', title: 'Orders', tier: 2 },
    { pipeline: 'orders_daily', orchestrator: 'prod', title: 'Orders in production' },
    { pipeline: 'stock', orchestrator: 'lab', title: 'Stock' },
  ];

  it.each([
    { connection: 'prod', key: 'orders_daily', facts: { title: 'Orders in production' } },
    { connection: 'lab', key: 'orders_daily', facts: { title: 'Orders', tier: 2 } },
    { connection: 'prod', key: 'stock', facts: undefined },
  ])('knows $facts of $key in $connection', ({ facts, ...ref }) => {
    expect(catalogueFacts(ref, { catalogue })).toEqual(facts);
  });
});

describe('SettingsFile', () => {
  it('needs nothing: everything has a default', () => {
    expect(SettingsFile.parse({})).toMatchObject({
      workspace: {
        timeZone: 'UTC',
        workingHours: { days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '09:00', to: '18:00' },
      },
      defaultChannel: '#data-alerts',
      noise: {
        sameCauseWindowMinutes: 10,
        acknowledgeExpiresMinutes: 120,
        reminders: [30, 60, 120],
        stormAbovePostsPerMinute: 20,
      },
      budgets: {
        postsPerSecondPerChannel: 1,
        postsPerMinute: 300,
        editsPerMinute: 50,
        viewsPerMinute: 100,
        filesPerMinute: 100,
      },
      support: {
        emoji: 'ticket',
        categories: ['question', 'bug', 'access', 'data', 'idea'],
        targets: { firstResponseMinutes: 60, resolutionMinutes: 960 },
      },
      digest: { at: { day: 'mon', time: '09:00' }, teams: true },
      commands: { pipeline: '/pipeline', support: '/support' },
    });
  });

  it.each([
    {
      title: 'a time zone that does not exist',
      file: { workspace: { timeZone: 'Europe/Berlln' } },
      path: 'workspace.timeZone',
    },
    {
      title: 'a day that does not exist',
      file: { workspace: { holidays: ['2026-02-30'] } },
      path: 'workspace.holidays.0',
    },
    {
      title: 'an hour that does not exist',
      file: { workspace: { workingHours: { to: '24:00' } } },
      path: 'workspace.workingHours.to',
    },
    {
      title: 'hours that end before they begin',
      file: { workspace: { workingHours: { from: '19:00' } } },
      path: 'workspace.workingHours.to',
    },
    {
      title: 'a weekday that does not exist',
      file: { workspace: { workingHours: { days: ['monday'] } } },
      path: 'workspace.workingHours.days.0',
    },
    { title: 'a digest at no time', file: { digest: { at: 'monday 9' } }, path: 'digest.at' },
    { title: 'a team given twice', file: { teams: [{ name: 'orders' }, { name: 'Orders' }] }, path: 'teams.1.name' },
    {
      title: 'an orchestrator given twice',
      file: {
        orchestrators: [
          { name: 'prod', kind: 'maestro' },
          { name: 'prod', kind: 'maestro' },
        ],
      },
      path: 'orchestrators.1.name',
    },
    {
      title: 'an orchestrator named like the common door',
      file: { orchestrators: [{ name: 'events', kind: 'maestro' }] },
      path: 'orchestrators.0.name',
    },
    {
      title: 'an orchestrator named like what Pitcrew watches itself',
      file: { orchestrators: [{ name: 'pitcrew', kind: 'maestro' }] },
      path: 'orchestrators.0.name',
    },
    { title: 'a source without proof', file: { ingest: { sources: [{ name: 'ci' }] } }, path: 'ingest.sources.0' },
    {
      title: 'a source with two proofs',
      file: { ingest: { sources: [{ name: 'ci', token: 'x', hmac: { secret: 'y', header: 'x-sig' } }] } },
      path: 'ingest.sources.0',
    },
    {
      title: 'a rule that both allows and asks for approval',
      file: { policies: { rules: [{ allow: ['retry'], who: 'owningTeam', by: 'owningTeam' }] } },
      path: 'policies.rules.0',
    },
    {
      title: 'a rule for a role that is not there',
      file: { policies: { rules: [{ approve: ['backfill'], by: 'operator' }] } },
      path: 'policies.rules.0.by',
    },
    {
      title: 'a rule that denies and bounds',
      file: { policies: { rules: [{ deny: ['kill'], maxRuns: 3 }] } },
      path: 'policies.rules.0',
    },
    {
      title: 'a rule for a team that is not there',
      file: { teams: [{ name: 'ops' }], policies: { rules: [{ deny: ['kill'], when: { team: 'sales' } }] } },
      path: 'policies.rules.0.when.team',
    },
    {
      title: 'a role named like a team',
      file: { teams: [{ name: 'ops' }], policies: { roles: { ops: { usergroup: 'S12' } } } },
      path: 'policies.roles.ops',
    },
    {
      title: 'a freeze that ends before it begins',
      file: { policies: { freezes: [{ name: 'x', from: '2026-12-20T00:00', to: '2026-12-19T00:00' }] } },
      path: 'policies.freezes.0.to',
    },
    {
      title: 'a freeze with an offset',
      file: { policies: { freezes: [{ name: 'x', from: '2026-12-20T00:00Z', to: '2026-12-21T00:00' }] } },
      path: 'policies.freezes.0.from',
    },
    { title: 'reminders that do not rise', file: { noise: { reminders: [30, 30] } }, path: 'noise.reminders' },
    {
      title: 'more posts than Slack takes',
      file: { budgets: { postsPerSecondPerChannel: 2 } },
      path: 'budgets.postsPerSecondPerChannel',
    },
    { title: 'support by a team that is not there', file: { support: { team: 'enablement' } }, path: 'support.team' },
    {
      title: 'a category of requests given twice',
      file: { support: { categories: ['Access', 'access'] } },
      path: 'support.categories',
    },
    {
      title: 'a category longer than a choice in Slack',
      file: { support: { categories: ['a'.repeat(76)] } },
      path: 'support.categories.0',
    },
    {
      title: 'more categories than a list in Slack holds',
      file: { support: { categories: Array.from({ length: 101 }, (_, n) => `c${n}`) } },
      path: 'support.categories',
    },
    { title: 'two commands of one name', file: { commands: { support: '/pipeline' } }, path: 'commands.support' },
    {
      title: 'a person who is not a member id',
      file: { orchestrators: [{ name: 'p', kind: 'm', actAs: { dana: 'dana' } }] },
      path: 'orchestrators.0.actAs',
    },
    { title: 'a key that nobody knows', file: { chanel: '#x' }, path: '' },
  ])('refuses $title', ({ file, path }) => {
    const outcome = SettingsFile.safeParse(file);
    expect(outcome.error?.issues.map((issue) => issue.path.join('.'))).toEqual([path]);
  });

  it('tells that an unquoted channel is a comment in YAML', () => {
    const outcome = SettingsFile.safeParse({ routes: [{ match: {}, channel: null }] });
    expect(outcome.error?.issues[0]?.message).toMatch(/in quotes, such as "#data-alerts"/);
  });
});
