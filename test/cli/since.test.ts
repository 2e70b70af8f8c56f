import { instantIn } from '../../src/cli/since';

const now = new Date('2026-11-25T12:00:00Z');
const read = (text: string) => instantIn(text, { option: 'since', now, timeZone: 'Europe/Berlin' });

describe('a time as people type it', () => {
  it.each([
    { text: '90m', is: '2026-11-25T10:30:00.000Z' },
    { text: '36h', is: '2026-11-24T00:00:00.000Z' },
    { text: '7d', is: '2026-11-18T12:00:00.000Z' },
    { text: '2w', is: '2026-11-11T12:00:00.000Z' },
    { text: '2026-11-01', is: '2026-10-31T23:00:00.000Z' },
    { text: '2026-07-01', is: '2026-06-30T22:00:00.000Z' },
    { text: '2026-11-01T09:30', is: '2026-11-01T08:30:00.000Z' },
    { text: '2026-11-01T09:30:00Z', is: '2026-11-01T09:30:00.000Z' },
    { text: '2026-11-01T09:30+05:30', is: '2026-11-01T04:00:00.000Z' },
  ])('$text is $is', ({ text, is }) => {
    expect(read(text).toISOString()).toBe(is);
  });

  it.each(['', 'yesterday', '7', '7y', '2026-13-01', '2026-02-30', '2026-11-01T25:00', '01.11.2026'])(
    'refuses "%s" with an example of what it wants',
    (text) => {
      expect(() => read(text)).toThrow(/--since wants a time such as 7d/);
    },
  );
});
