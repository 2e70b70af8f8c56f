import { sayAgo, sayDuration } from '../../src/slack/duration';

describe('a length of time', () => {
  it.each([
    { ms: -5, said: '0 s' },
    { ms: 45_000, said: '45 s' },
    { ms: 59_700, said: '1 min' },
    { ms: 12 * 60_000, said: '12 min' },
    { ms: 60 * 60_000, said: '1 h' },
    { ms: 65 * 60_000, said: '1 h 5 min' },
    { ms: 51 * 60 * 60_000, said: '2 d 3 h' },
  ])('of $ms ms is $said', ({ ms, said }) => expect(sayDuration(ms)).toBe(said));

  it('ago is just now at first', () => {
    const now = new Date('2026-11-24T09:00:00Z');
    expect(sayAgo(new Date(now.getTime() - 3_000), now)).toBe('just now');
    expect(sayAgo(new Date(now.getTime() - 120_000), now)).toBe('2 min ago');
  });
});
