import { table } from '../../src/cli/table';

describe('table', () => {
  it('lines up its columns and leaves no blanks at the end', () => {
    expect(
      table(
        ['NAME', 'STATE'],
        [
          ['a', 'succeeded'],
          ['orders_daily', 'ok'],
        ],
      ),
    ).toBe('NAME          STATE\na             succeeded\norders_daily  ok\n');
  });

  it('keeps a cell on its line, without what would move the cursor, and cuts a long one', () => {
    expect(table(['X'], [['two\nlines\u001b[2J'], ['y'.repeat(100)]], 12)).toBe(
      `X\ntwo lines […\n${'y'.repeat(11)}…\n`,
    );
  });
});
