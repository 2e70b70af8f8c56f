import { quantile } from '../../src/domain/quantile';

describe('quantile', () => {
  it.each([
    { values: [], fraction: 0.5, is: undefined },
    { values: [7], fraction: 0.5, is: 7 },
    { values: [7], fraction: 0.9, is: 7 },
    { values: [4, 1, 3, 2], fraction: 0.5, is: 2 },
    { values: [5, 1, 4, 2, 3], fraction: 0.5, is: 3 },
    { values: [10, 9, 8, 7, 6, 5, 4, 3, 2, 1], fraction: 0.9, is: 9 },
    { values: [100, 20, 3], fraction: 1, is: 100 },
  ])('of $values at $fraction is $is, by nearest rank', ({ values, fraction, is }) => {
    expect(quantile(values, fraction)).toBe(is);
  });

  it('leaves the values as they were', () => {
    const values = [3, 1, 2];
    quantile(values, 0.5);
    expect(values).toEqual([3, 1, 2]);
  });
});
