import { type LaneFacts, stormSteps } from '../../src/domain/storm';

const now = new Date('2026-11-25T10:00:00Z');
const ago = (seconds: number): Date => new Date(now.getTime() - seconds * 1_000);
const policy = { stormAbovePostsPerMinute: 20, postsPerSecondPerChannel: 1 };
const done = (facts: LaneFacts): string[] =>
  Object.entries(stormSteps(facts, policy, now)).flatMap(([name, isWanted]) => (isWanted ? [name] : []));

const storm: NonNullable<LaneFacts['storm']> = {
  openedAt: ago(20),
  grewAt: ago(1),
  total: 100,
  toldTotal: 100,
  toldAt: ago(1),
  live: 100,
  shows: 'a',
  shown: 'a',
  shownAt: ago(1),
  filedTotal: 0,
  ended: false,
};

describe('a channel without a card', () => {
  test.each([
    ['gets its alerts one by one while its pace allows', 5, 0, []],
    ['gets a card when alerts would wait longer than 5 s', 6, 0, ['open']],
    ['gets a card when it would get more than 20 in a minute', 1, 20, ['open']],
    ['gets none while nothing waits', 0, 60, []],
    ['gets none for the twentieth of a minute', 1, 19, []],
  ])('%s', (_title, waiting, sentLastMinute, wanted) => {
    expect(done({ waiting, sentLastMinute })).toEqual(wanted);
  });
});

describe('a storm', () => {
  const also = (more: Partial<typeof storm>, waiting = 10): string[] =>
    done({ waiting, sentLastMinute: 0, storm: { ...storm, ...more } });

  test.each<[string, Partial<typeof storm>, number, string[]]>([
    ['takes in what comes, and is quiet while nothing is new', {}, 10, ['takeIn']],
    ['tells at once what it stands for', { toldTotal: 0, toldAt: ago(0) }, 10, ['takeIn', 'tell']],
    ['tells its growth 2.5 s after it told last', { total: 101, toldAt: ago(2.5) }, 10, ['takeIn', 'tell']],
    ['does not tell sooner than that', { total: 101, toldAt: ago(2.4) }, 10, ['takeIn']],
    ['tells seldom once it is a minute old', { total: 101, toldAt: ago(9), openedAt: ago(61) }, 10, ['takeIn']],
    ['edits its card every 10 s at most', { shows: 'b', shownAt: ago(10) }, 10, ['takeIn', 'show']],
    ['keeps its card for a while', { shows: 'b', shownAt: ago(9) }, 10, ['takeIn']],
    ['lists its pipelines once it stands still', { grewAt: ago(5) }, 10, ['takeIn', 'file']],
    ['lists nothing twice', { grewAt: ago(5), filedTotal: 100 }, 10, ['takeIn']],
    [
      'shows at once, when it stands still, that all is over',
      { live: 0, shows: 'b', grewAt: ago(6), filedTotal: 100 },
      0,
      ['takeIn', 'show'],
    ],
    [
      'ends a minute after it grew last, when nothing waits',
      { grewAt: ago(60), filedTotal: 100 },
      0,
      ['takeIn', 'end'],
    ],
    ['goes on while alerts wait', { grewAt: ago(60), filedTotal: 100 }, 1, ['takeIn']],
    [
      'ends after half an hour, so that the next growth gets a fresh card',
      { openedAt: ago(1_800), filedTotal: 100 },
      1,
      ['takeIn', 'end'],
    ],
    ['still shows how things are after its end', { ended: true, shows: 'b', shownAt: ago(10) }, 10, ['show']],
    ['is settled when all is over and said', { ended: true, live: 0, filedTotal: 100 }, 0, ['settle']],
    ['is settled without a list that Slack does not take', { ended: true, live: 0, grewAt: ago(600) }, 0, ['settle']],
    ['is not settled before its card says so', { ended: true, live: 0, filedTotal: 100, shows: 'b' }, 0, []],
  ])('%s', (_title, more, waiting, wanted) => {
    expect(also(more, waiting)).toEqual(wanted);
  });
});
