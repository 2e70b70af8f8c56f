import { type Conducted, type Counts, estimateMs, type NextMove, nextMove } from '../../src/domain/conductor';
import { Pace } from '../../src/domain/plan';

const counts = (differs: Partial<Counts>): Counts => ({
  waiting: 0,
  running: 0,
  succeeded: 0,
  failed: 0,
  left: 0,
  ...differs,
});
const pace = (differs: Partial<Pace> = {}): Pace => Pace.parse(differs);

describe('nextMove', () => {
  interface Case {
    title: string;
    counts: Partial<Counts>;
    state?: Conducted['state'];
    pace?: Partial<Pace>;
    waitingInWave?: number;
    isBulkOff?: boolean;
    move: NextMove;
  }
  const release = (count: number): NextMove => ({ move: 'release', count });
  const wait: NextMove = { move: 'wait' };

  it.each<Case>([
    { title: 'begins with one alone', counts: { waiting: 14 }, move: release(1) },
    { title: 'waits for the first before any other', counts: { waiting: 13, running: 1 }, move: wait },
    {
      title: 'goes on a few at a time when the first has succeeded',
      counts: { waiting: 13, succeeded: 1 },
      move: release(3),
    },
    { title: 'fills up what has become free', counts: { waiting: 11, running: 2, succeeded: 1 }, move: release(1) },
    {
      title: 'begins with a few where no canary is wanted',
      counts: { waiting: 14 },
      pace: { canary: false },
      move: release(3),
    },
    { title: 'takes no more than there are', counts: { waiting: 2, succeeded: 1 }, move: release(2) },
    {
      title: 'takes another first one where the first was needless',
      counts: { waiting: 13, left: 1 },
      move: release(1),
    },
    {
      title: 'stops by itself when the first has failed',
      counts: { waiting: 13, failed: 1 },
      move: { move: 'pause', why: 'canary-failed' },
    },
    {
      title: 'stops by itself when too many have failed',
      counts: { waiting: 5, running: 1, succeeded: 5, failed: 3 },
      move: { move: 'pause', why: 'too-many-failed' },
    },
    { title: 'bears fewer failures than that', counts: { waiting: 5, succeeded: 5, failed: 2 }, move: release(3) },
    {
      title: 'does not count failures that a person has gone on after',
      counts: { waiting: 5, succeeded: 5, failed: 4 },
      pace: { excused: 3 },
      move: release(3),
    },
    {
      title: 'is careful again when a person has gone on after the first one failed',
      counts: { waiting: 12, failed: 1 },
      pace: { excused: 1 },
      move: release(1),
    },
    { title: 'begins nothing while it is paused', counts: { waiting: 5, succeeded: 5 }, state: 'paused', move: wait },
    {
      title: 'ends also while it is paused, when nothing is left to do',
      counts: { succeeded: 5 },
      state: 'paused',
      move: { move: 'settle', state: 'succeeded' },
    },
    { title: 'begins nothing while bulk work is switched off', counts: { waiting: 5 }, isBulkOff: true, move: wait },
    {
      title: 'ends also while bulk work is switched off',
      counts: { succeeded: 5 },
      isBulkOff: true,
      move: { move: 'settle', state: 'succeeded' },
    },
    {
      title: 'lets what runs come to its end when it is cancelled',
      counts: { running: 2, left: 5 },
      state: 'cancelling',
      move: wait,
    },
    {
      title: 'is cancelled when that has ended, whatever came of it',
      counts: { succeeded: 2, failed: 1, left: 5 },
      state: 'cancelling',
      move: { move: 'settle', state: 'cancelled' },
    },
    { title: 'has succeeded when all have', counts: { succeeded: 3 }, move: { move: 'settle', state: 'succeeded' } },
    {
      title: 'has succeeded when all that was not needless has',
      counts: { succeeded: 3, left: 2 },
      move: { move: 'settle', state: 'succeeded' },
    },
    {
      title: 'has failed when one has',
      counts: { succeeded: 3, failed: 1 },
      move: { move: 'settle', state: 'failed' },
    },
    { title: 'is cancelled when nothing was done', counts: { left: 3 }, move: { move: 'settle', state: 'cancelled' } },
    {
      title: 'begins a wave only when the one before is over',
      counts: { waiting: 5, running: 1, succeeded: 4 },
      waitingInWave: 0,
      move: wait,
    },
  ])('$title', ({ counts: differs, state = 'releasing', pace: paced, waitingInWave, isBulkOff = false, move }) => {
    const of = counts(differs);
    expect(
      nextMove({ state, counts: of, waitingInWave: waitingInWave ?? of.waiting, pace: pace(paced), isBulkOff }),
    ).toEqual(move);
  });
});

describe('estimateMs', () => {
  it.each([
    { title: 'is unknown while nothing has ended', of: { waiting: 9, running: 1 }, took: [], ms: undefined },
    { title: 'shares what waits between those at a time', of: { waiting: 9, running: 0 }, took: [60_000], ms: 180_000 },
    { title: 'takes what runs for half done', of: { waiting: 0, running: 3 }, took: [60_000], ms: 30_000 },
    { title: 'goes by the median', of: { waiting: 3, running: 0 }, took: [10, 60_000, 900_000], ms: 60_000 },
  ])('$title', ({ of, took, ms }) => {
    expect(estimateMs(of, pace(), took)).toBe(ms);
  });
});
