import { byTrouble, type Standing } from '../../src/pipelines/order';

const standing = (name: string, state: Standing['state'], hasOpenIncident = false): Standing => ({
  name,
  state,
  hasOpenIncident,
});

describe('byTrouble', () => {
  it('puts open incidents first, then failed ones, then the others by name', () => {
    const list = [
      standing('load_10', 'succeeded'),
      standing('Load_2', 'running'),
      standing('zeta', 'failed'),
      standing('beta', 'failed'),
      standing('omega', 'succeeded', true),
      standing('alpha', 'unknown'),
    ];
    expect(list.sort(byTrouble).map(({ name }) => name)).toEqual([
      'omega',
      'beta',
      'zeta',
      'alpha',
      'Load_2',
      'load_10',
    ]);
  });
});
