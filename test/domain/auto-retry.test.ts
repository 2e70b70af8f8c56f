import { isWorthSuggesting, judgeAutoRetry } from '../../src/domain/auto-retry';

/** `+` helped, `-` did not; newest first. */
const helped = (history: string) => [...history].map((each) => each === '+');

describe('a retry is suggested to go by itself', () => {
  it.each([
    { history: '', says: false, why: 'nothing is known' },
    { history: '+++++', says: false, why: 'five are too few' },
    { history: '++++++', says: true, why: 'six of six helped' },
    { history: '-+++++', says: true, why: 'five of six helped' },
    { history: '--++++', says: false, why: 'four of six are too few' },
    { history: '--++++++++', says: false, why: 'eight of ten are too few' },
    { history: '+-++++++++', says: true, why: 'nine of ten helped' },
    { history: '++++++++++----------', says: true, why: 'what is older than ten does not count' },
    { history: '+-+++-++++', says: false, why: 'two of the last ten did not help' },
  ])('$says: $why ($history)', ({ history, says }) => {
    expect(isWorthSuggesting(helped(history))).toBe(says);
  });
});

describe('a failure that may be retried by itself', () => {
  const allow = { verdict: 'allow' } as const;
  it.each([
    { title: 'is, for the third time in a day', today: 2, isBulkOff: false, policy: allow, says: { go: true } },
    {
      title: 'is not for the fourth time',
      today: 3,
      isBulkOff: false,
      policy: allow,
      says: { go: false, why: 'day-full', end: false },
    },
    {
      title: 'is not while all bulk work is off',
      today: 0,
      isBulkOff: true,
      policy: allow,
      says: { go: false, why: 'bulk-off', end: false },
    },
    {
      title: 'is not in a freeze, and is again after it',
      today: 0,
      isBulkOff: false,
      policy: { verdict: 'deny', freeze: 'year end' } as const,
      says: { go: false, why: 'freeze', end: false },
    },
    {
      title: 'is no more once who allowed it may not',
      today: 0,
      isBulkOff: false,
      policy: { verdict: 'deny' } as const,
      says: { go: false, why: 'not-allowed', end: true },
    },
    {
      title: 'is no more once the policy wants a second person',
      today: 0,
      isBulkOff: false,
      policy: { verdict: 'needs-approval' } as const,
      says: { go: false, why: 'not-allowed', end: true },
    },
  ])('$title', ({ says, ...facts }) => expect(judgeAutoRetry(facts)).toEqual(says));
});
