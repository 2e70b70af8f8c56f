import { createTheirClock } from '../../src/orchestrators/their-clock';

/** What was heard: asked and answered at these moments of our clock, with that header. All in seconds. */
interface Heard {
  asked: number;
  answered: number;
  date: number;
}

function skewAfter(heard: Heard[]): number {
  let now = 0;
  const their = createTheirClock({ now: () => new Date(now) });
  for (const { asked, answered, date } of heard) {
    now = answered * 1_000;
    their.heard(new Date(date * 1_000).toUTCString(), new Date(asked * 1_000));
  }
  return (their.now().getTime() - now) / 1_000;
}

describe('the clock of the other side', () => {
  it.each<{ title: string; heard: Heard[]; skew: number }>([
    { title: 'is ours before anything was heard', heard: [], skew: 0 },
    { title: 'is what a quick answer says', heard: [{ asked: 100, answered: 100, date: 160 }], skew: 60 },
    {
      title: 'does not go back for an answer that was slow to come',
      heard: [
        { asked: 100, answered: 100, date: 100 },
        { asked: 101, answered: 106, date: 101 },
      ],
      skew: 0,
    },
    {
      title: 'does not go back for a header that is a second old',
      heard: [
        { asked: 100, answered: 100, date: 100 },
        { asked: 102, answered: 102, date: 101 },
      ],
      skew: 0,
    },
    {
      title: 'is known better after a quicker answer',
      heard: [
        { asked: 100, answered: 106, date: 101 },
        { asked: 107, answered: 107, date: 107 },
      ],
      skew: 0,
    },
    {
      title: 'goes back when it was set back',
      heard: [
        { asked: 100, answered: 100, date: 100 },
        { asked: 101, answered: 101, date: 41 },
      ],
      skew: -60,
    },
    {
      title: 'is read anew when ours was set forward',
      heard: [
        { asked: 100, answered: 100, date: 100 },
        { asked: 221, answered: 221, date: 101 },
      ],
      skew: -120,
    },
  ])('$title', ({ heard, skew }) => {
    expect(skewAfter(heard)).toBe(skew);
  });

  it('pays no heed to what is no time', () => {
    const their = createTheirClock({ now: () => new Date(5_000) });
    their.heard('soon', new Date(5_000));
    their.heard(undefined, new Date(5_000));
    expect(their.now().getTime()).toBe(5_000);
  });
});
