import { Plan } from '../../src/domain/plan';

describe('a plan', () => {
  it('is read back as it was stored', () => {
    const plan: Plan = {
      kind: 'retry',
      plannedAt: new Date('2026-11-25T09:00:00Z'),
      items: [{ target: { kind: 'run', run: { pipeline: { connection: 'prod', key: 'orders_daily' }, run: '118' } } }],
      leftOut: [{ kind: 'succeeded', say: 'Has succeeded meanwhile.', count: 1, names: ['run 117'] }],
      warnings: [],
      how: ['Runs again from where it failed.'],
      downstream: { nodes: [], edges: [], total: 0 },
      verdict: { verdict: 'allow', reason: 'By default owningTeam may retry.', whoMay: 'members of *orders*' },
    };
    expect(Plan.parse(JSON.parse(JSON.stringify(plan)))).toEqual(plan);
  });
});
