import { matchesGlob } from '../../src/domain/glob';
import fc from '../support/fast-check';

describe('matchesGlob', () => {
  it.each([
    ['orders_*', 'orders_daily', true],
    ['orders_*', 'orders_', true],
    ['orders_*', 'my_orders_daily', false],
    ['*_daily', 'orders_daily', true],
    ['*_daily', 'orders_daily_2', false],
    ['o*s*y', 'orders_daily', true],
    ['prod/*', 'prod/orders_daily', true],
    ['order?', 'orders', true],
    ['order?', 'order', false],
    ['*', '', true],
    ['', '', true],
    ['', 'a', false],
    ['a.c', 'abc', false],
    ['[a]', 'a', false],
    ['ORDERS', 'orders', false],
  ])('%j on %j is %s', (pattern, text, expected) => {
    expect(matchesGlob(pattern, text)).toBe(expected);
  });

  it('agrees with the same pattern as a regular expression', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), maxLength: 8 });
    fc.assert(
      fc.property(letters, fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 8 }), (pattern, text) => {
        const expression = new RegExp(`^${pattern.replaceAll('*', '.*').replaceAll('?', '.')}$`);
        expect(matchesGlob(pattern, text)).toBe(expression.test(text));
      }),
    );
  });

  it('stays quick on a pattern made to be slow', () => {
    const started = process.hrtime.bigint();
    expect(matchesGlob('*a'.repeat(50), `${'a'.repeat(5_000)}b`)).toBe(false);
    expect(Number(process.hrtime.bigint() - started) / 1e6).toBeLessThan(1_000);
  });
});
