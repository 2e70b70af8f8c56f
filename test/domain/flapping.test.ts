import { flappingOf, withTrouble } from '../../src/domain/flapping';
import fc from '../support/fast-check';

/** Minutes after nine. */
const at = (minute: number): Date => new Date(Date.UTC(2026, 10, 25, 9, minute));
const minute = (date: Date): number => (date.getTime() - at(0).getTime()) / 60_000;
const seen = (troubles: number[], good: [startedAt: number | undefined, at: number][]) => {
  const found = flappingOf(
    troubles.map(at),
    good.map(([startedAt, end]) => ({ ...(startedAt === undefined ? {} : { startedAt: at(startedAt) }), at: at(end) })),
  );
  return found && [found.times, minute(found.since), minute(found.calmAt)];
};

describe('flapping', () => {
  it.each<{ title: string; troubles: number[]; good: [number | undefined, number][]; is: ReturnType<typeof seen> }>([
    { title: 'is not one failure', troubles: [0], good: [], is: undefined },
    { title: 'is not what fails twice with an end between', troubles: [0, 60], good: [[5, 10]], is: undefined },
    { title: 'is not what fails again and again without an end', troubles: [0, 10, 20, 30], good: [], is: undefined },
    {
      title: 'is a third episode within a day; it is calm after twice the usual gap',
      troubles: [0, 60, 120],
      good: [
        [5, 10],
        [65, 70],
      ],
      is: [3, 0, 240],
    },
    {
      title: 'counts an episode once, however often it fails in it',
      troubles: [0, 5, 60, 65, 120, 121],
      good: [
        [6, 10],
        [66, 70],
      ],
      is: [3, 0, 240],
    },
    {
      title: 'is calm from its last change on, which may be the end of the last episode',
      troubles: [0, 60, 120],
      good: [
        [5, 10],
        [65, 70],
        [125, 150],
      ],
      is: [3, 0, 270],
    },
    {
      title: 'is calm after an hour at the earliest',
      troubles: [0, 10, 20],
      good: [
        [2, 5],
        [12, 15],
      ],
      is: [3, 0, 80],
    },
    {
      title: 'takes no run for an end that was under way when it failed',
      troubles: [0, 60, 120],
      good: [
        [-5, 10],
        [65, 70],
      ],
      is: undefined,
    },
    {
      title: 'takes the end of a run for its start where that is not known',
      troubles: [0, 60, 120],
      good: [
        [undefined, 10],
        [undefined, 70],
      ],
      is: [3, 0, 240],
    },
    {
      title: 'leaves out what is more than a day before the newest episode',
      troubles: [0, 60, 1_440],
      good: [
        [5, 10],
        [65, 70],
      ],
      is: undefined,
    },
    {
      title: 'begins to count anew after it was calm',
      troubles: [0, 10, 20, 600],
      good: [
        [2, 5],
        [12, 15],
        [22, 25],
      ],
      is: undefined,
    },
  ])('$title', ({ troubles, good, is }) => {
    expect(seen(troubles, good)).toEqual(is);
  });

  it('remembers the troubles of a day, the newest fifty, whatever their order and repetition', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 2_000 }), { minLength: 1, maxLength: 80 }),
        fc.gen(),
        (minutes, gen) => {
          const shuffled = gen(fc.shuffledSubarray, minutes, { minLength: minutes.length });
          const remember = (each: number[]) => each.reduce<Date[]>((known, next) => withTrouble(known, at(next)), []);
          const kept = remember([...shuffled, ...shuffled.slice(0, 3)]);
          expect(kept).toEqual(remember(minutes));
          expect(kept.length).toBeLessThanOrEqual(50);
          expect(minute(kept.at(-1) ?? at(-1))).toBe(Math.max(...minutes));
        },
      ),
    );
  });
});
