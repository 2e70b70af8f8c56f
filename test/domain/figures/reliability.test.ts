import { noise, timeToAcknowledge, timeToNotice } from '../../../src/domain/figures/alerting';
import { changeFailures, changeRecovery } from '../../../src/domain/figures/changes';
import { pavedPath } from '../../../src/domain/figures/paved-path';
import {
  backfillSuccess,
  betterPipelines,
  type Ending,
  episodesOf,
  firstAttemptSuccess,
  recoveryOf,
  retryEffectiveness,
  runSuccess,
  worstPipelines,
} from '../../../src/domain/figures/reliability';
import { timeSaved } from '../../../src/domain/figures/time-saved';
import fc from '../../support/fast-check';

const start = new Date('2026-11-16T00:00:00Z').getTime();
const hour = (hours: number) => new Date(start + hours * 3_600_000);
const week = { from: hour(0), to: hour(168) };

describe('success', () => {
  const days = [
    { ended: 10, succeeded: 9, firstTry: 7, backfillEnded: 0, backfillSucceeded: 0 },
    { ended: 25, succeeded: 11, firstTry: 5, backfillEnded: 20, backfillSucceeded: 6 },
  ];
  it('of runs leaves backfills out, which are told apart', () => {
    expect(runSuccess(days)).toEqual({ hits: 14, n: 15 });
    expect(firstAttemptSuccess(days)).toEqual({ hits: 12, n: 15 });
    expect(backfillSuccess(days)).toEqual({ hits: 6, n: 20 });
    expect(runSuccess([])).toEqual({ hits: 0, n: 0 });
  });

  it('names the worst and does not cut a tie silently', () => {
    const pipelines = ['d', 'c', 'b', 'a'].map((name) => ({ name, failed: name === 'a' ? 0 : 2 }));
    const { top, tied } = worstPipelines(pipelines, 2);
    expect(top.map(({ rank, name }) => `${rank} ${name}`)).toEqual(['1 b', '1 c']);
    expect(tied).toBe(1);
  });

  it.each([
    { before: 15, now: 13, isBetter: false },
    { before: 2, now: 0, isBetter: false },
    { before: 40, now: 5, isBetter: true },
    { before: 5, now: 40, isBetter: false },
    { before: 5, now: 5, isBetter: false },
  ])('calls $now after $before failed runs better: $isBetter', ({ before, now, isBetter }) => {
    const { top } = betterPipelines([{ name: 'orders', failed: now, failedBefore: before }], 3);
    expect(top.length > 0).toBe(isBetter);
  });

  it('names what got better most first', () => {
    const pipelines = [
      { name: 'a', failed: 2, failedBefore: 30 },
      { name: 'b', failed: 1, failedBefore: 60 },
    ];
    expect(betterPipelines(pipelines, 1).top.map(({ name }) => name)).toEqual(['b']);
  });
});

const ending = (text: string): Ending[] =>
  text.split('').map((letter, index) => ({
    outcome: letter === 'F' ? 'failed' : letter === 'S' ? 'succeeded' : 'skipped',
    at: hour(index),
    run: `run-${index}`,
  }));
const drawn = (endings: Ending[]) =>
  episodesOf(endings).map(
    ({ startedAt, endedAt, how, failures }) =>
      `${(startedAt.getTime() - start) / 3_600_000}-${endedAt ? (endedAt.getTime() - start) / 3_600_000 : 'open'} ${how ?? ''}×${failures}`,
  );

describe('an episode', () => {
  it.each([
    { runs: 'SSS', episodes: [] },
    { runs: 'F', episodes: ['0-open ×1'] },
    { runs: 'FS', episodes: ['0-1 succeeded×1'] },
    { runs: 'FFFS', episodes: ['0-3 succeeded×3'] },
    { runs: 'SFFSSF', episodes: ['1-3 succeeded×2', '5-open ×1'] },
    { runs: 'FKF', episodes: ['0-1 skipped×1', '2-open ×1'] },
    { runs: 'KS', episodes: [] },
  ])('of $runs is $episodes', ({ runs, episodes }) => {
    expect(drawn(ending(runs))).toEqual(episodes);
  });

  it('begins before it ends where both are said to be of one moment', () => {
    const [failed, mended] = ending('FS');
    if (!failed || !mended) throw new Error('two were made');
    expect(drawn([{ ...mended, at: failed.at }, failed])).toEqual(['0-0 succeeded×1']);
  });

  it('covers each failure exactly once, in any order in which they are heard', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('F', 'S', 'K'), { maxLength: 12 }).chain((letters) => {
          const all = ending(letters.join('')).filter((_, index) => letters[index] !== undefined);
          return fc.shuffledSubarray(all, { minLength: all.length });
        }),
        (heard) => {
          const inOrder = [...heard].sort((a, b) => a.at.getTime() - b.at.getTime());
          // Slow: a failure is of the episode of the nearest good end after it.
          const ends = new Map<number | 'open', number>();
          for (const { outcome, at } of inOrder) {
            if (outcome !== 'failed') continue;
            const end = inOrder.find((other) => other.at > at && other.outcome !== 'failed')?.at.getTime() ?? 'open';
            ends.set(end, (ends.get(end) ?? 0) + 1);
          }
          expect(episodesOf(heard).map(({ endedAt, failures }) => [endedAt?.getTime() ?? 'open', failures])).toEqual([
            ...ends,
          ]);
        },
      ),
    );
  });
});

describe('recovery', () => {
  const episode = (from: number, to?: number, how: 'succeeded' | 'skipped' = 'succeeded') => ({
    startedAt: hour(from),
    ...(to === undefined ? {} : { endedAt: hour(to), how }),
  });
  it('tells closed durations and open ages apart', () => {
    const recovery = recoveryOf(
      [
        episode(-10, -1),
        episode(-5, 1),
        episode(2, 4),
        episode(3, 5, 'skipped'),
        episode(100),
        episode(160, 170),
        episode(169),
      ],
      week,
    );
    expect(recovery.closed).toEqual({ n: 2, median: 2 * 3_600_000, p90: 6 * 3_600_000, max: 6 * 3_600_000 });
    expect(recovery.skipped).toBe(1);
    expect(recovery.open).toEqual({ n: 2, median: 8 * 3_600_000, p90: 68 * 3_600_000, max: 68 * 3_600_000 });
    expect(recovery.longest.map(({ startedAt }) => startedAt)).toEqual([hour(-5), hour(2)]);
  });
});

describe('recovery at the edges', () => {
  const of = (...spans: [from: number, to?: number][]) =>
    recoveryOf(
      spans.map(([from, to]) => ({
        startedAt: hour(from),
        ...(to === undefined ? {} : { endedAt: hour(to), how: 'succeeded' as const }),
      })),
      week,
    );
  it.each([
    { title: 'ends with the week: it is of the next, and open in this', spans: [[160, 168]], closed: 0, open: 1 },
    { title: 'ends as the week begins: it is of this one', spans: [[-1, 0]], closed: 1, open: 0 },
    { title: 'begins with the next week', spans: [[168, 169]], closed: 0, open: 0 },
    { title: 'takes no time', spans: [[5, 5]], closed: 1, open: 0 },
    { title: 'was never', spans: [], closed: 0, open: 0 },
  ] as { title: string; spans: [number, number][]; closed: number; open: number }[])(
    'of what $title',
    ({ spans, closed, open }) => {
      const recovery = of(...spans);
      expect([recovery.closed.n, recovery.open.n]).toEqual([closed, open]);
    },
  );

  it('says how many are as long as the last of the three that are named', () => {
    const { longest, longestTied } = of([0, 9], [0, 2], [10, 12], [20, 22], [30, 32], [40, 41]);
    expect([longest.length, longestTied]).toEqual([3, 2]);
    expect(of([0, 2], [10, 12], [20, 22]).longestTied).toBe(0);
  });

  it.each([
    { name: 'of 167 hours', to: '2026-03-29T22:00:00Z', from: '2026-03-22T23:00:00Z', hours: 167 },
    { name: 'of 169 hours', to: '2026-10-25T23:00:00Z', from: '2026-10-18T22:00:00Z', hours: 169 },
  ])('has in a week $name the ages that there really were', ({ from, to, hours }) => {
    const [began, end] = [new Date(from), new Date(to)];
    const { open } = recoveryOf([{ startedAt: began }], { from: began, to: end });
    expect(open.max).toBe(hours * 3_600_000);
  });
});

describe('change failure rate', () => {
  const change = (at: number, pipeline = 'p') => ({ pipeline, at: hour(at) });
  const failed = (at: number, fingerprint = 'x', more = {}) => ({
    pipeline: 'p',
    at: hour(at),
    failed: true,
    fingerprint,
    ...more,
  });
  const good = (at: number) => ({ pipeline: 'p', at: hour(at), failed: false });
  it.each([
    { title: 'the next run fails', runs: [failed(2)], hits: 1 },
    { title: 'the second run fails', runs: [good(1), failed(2)], hits: 1 },
    { title: 'the third run is outside', runs: [good(1), good(2), failed(3)], hits: 0 },
    { title: 'a day later is outside', runs: [failed(24.1)], hits: 0 },
    { title: 'a day later sharp is inside', runs: [failed(24)], hits: 1 },
    { title: 'it failed so before', runs: [failed(-1), failed(2)], hits: 0 },
    { title: 'it failed so more than 7 days before', runs: [failed(-169), failed(2)], hits: 1 },
    { title: 'it failed otherwise before', runs: [failed(-1, 'y'), failed(2)], hits: 1 },
    { title: 'an outage of the platform', runs: [failed(2, 'x', { isElsewhere: true })], hits: 0 },
    { title: 'an outage, then its own fault', runs: [failed(1, 'y', { isElsewhere: true }), failed(2)], hits: 1 },
    { title: 'another pipeline', runs: [{ ...failed(2), pipeline: 'q' }], hits: 0 },
    { title: 'nothing ran', runs: [], hits: 0 },
    { title: 'a run that failed at the very moment of the change was of the old version', runs: [failed(0)], hits: 0 },
    { title: 'failed so exactly 7 days before', runs: [failed(-168), failed(2)], hits: 1 },
    { title: 'nobody knows of either why', runs: [failed(-1, ''), failed(2, '')], hits: 0 },
  ])('$title', ({ runs, hits }) => {
    expect(changeFailures([change(0)], runs).rate).toEqual({ hits, n: 1 });
  });

  it('counts each of two changes before one failure, and marks both as ambiguous', () => {
    const { rate, ambiguous } = changeFailures([change(0), change(1)], [failed(2)]);
    expect(rate).toEqual({ hits: 2, n: 2 });
    expect(ambiguous).toBe(2);
  });
});

describe('alerts', () => {
  it('are told so long after the failure, the untold apart', () => {
    const alerts = [
      { failedAt: hour(0), toldAt: hour(1), touchedAt: hour(3) },
      { failedAt: hour(0), toldAt: hour(2) },
      { failedAt: hour(3), toldAt: hour(2) },
      { failedAt: hour(0) },
    ];
    expect(timeToNotice(alerts)).toEqual({
      spread: { n: 3, median: 3_600_000, p90: 7_200_000, max: 7_200_000 },
      p95: 7_200_000,
      neverTold: 1,
    });
    expect(timeToAcknowledge(alerts)).toEqual({
      spread: { n: 1, median: 7_200_000, p90: 7_200_000, max: 7_200_000 },
      never: 2,
    });
    expect(timeToNotice([])).toEqual({ spread: { n: 0 }, neverTold: 0 });
  });

  it('are noise where nobody touched them and they went away', () => {
    const alerts = [
      { isTouched: false, recoveredByItself: true },
      { isTouched: true, recoveredByItself: true },
      { isTouched: false, recoveredByItself: false },
    ];
    expect(noise(alerts)).toEqual({ hits: 1, n: 3 });
  });
});

it('judges the retry button by cause, and what is not over in no rate', () => {
  expect(
    retryEffectiveness([
      { cause: 'network', outcome: 'worked', ms: 60_000 },
      { cause: 'network', outcome: 'worked', ms: 120_000 },
      { cause: 'network', outcome: 'not over' },
      { cause: 'code', outcome: 'did not' },
    ]),
  ).toEqual([
    {
      cause: 'network',
      worked: { hits: 2, n: 2 },
      notOver: 1,
      toGreen: { n: 2, median: 60_000, p90: 120_000, max: 120_000 },
    },
    { cause: 'code', worked: { hits: 0, n: 1 }, notOver: 0, toGreen: { n: 0 } },
  ]);
});

it('is nothing where nobody pressed, nothing was told, and nothing was done', () => {
  expect(retryEffectiveness([])).toEqual([]);
  expect(timeToAcknowledge([])).toEqual({ spread: { n: 0 }, never: 0 });
  expect(noise([])).toEqual({ hits: 0, n: 0 });
  expect(changeFailures([], [])).toEqual({ rate: { hits: 0, n: 0 }, failures: [], ambiguous: 0 });
});

it('counts the stones of the paved path, and repositories once', () => {
  const all = { hasOwner: true, hasTests: true, hasRunbook: true, hasDeadline: true };
  const paved = pavedPath([
    { ...all, team: 'a', repository: 'r1' },
    { ...all, hasTests: false, team: 'a', repository: 'r1' },
    { ...all, hasOwner: false, team: 'b', repository: 'r2' },
    { hasOwner: false, hasTests: false, hasRunbook: false, hasDeadline: false },
  ]);
  expect(paved).toEqual({
    pipelines: 4,
    with: {
      owner: { hits: 2, n: 4 },
      tests: { hits: 2, n: 4 },
      runbook: { hits: 3, n: 4 },
      deadline: { hits: 3, n: 4 },
    },
    paved: { hits: 1, n: 4 },
    repositories: 2,
    byTeam: [
      { team: 'a', repositories: 1 },
      { team: 'b', repositories: 1 },
    ],
  });
  expect(pavedPath([]).paved).toEqual({ hits: 0, n: 0 });
});

describe('time saved', () => {
  const baselines = [{ action: 'retry', minutes: 12, measured: 9 }];
  const done = (group: string, actualMinutes: number, action = 'retry') => ({ action, group, actualMinutes });
  it('is no figure where nothing was measured', () => {
    expect(timeSaved([done('1', 2)], [])).toBeUndefined();
  });
  it('counts a group once, with the time of all its presses, and what took longer against it', () => {
    expect(timeSaved([done('1', 2), done('1', 3), done('2', 20), done('3', 1, 'backfill')], baselines)).toEqual({
      minutes: 12 - 5 + (12 - 20),
      counted: 2,
      withoutBaseline: 1,
      baselines,
    });
  });
});

describe('recovery from a change', () => {
  const failure = (failedAt: number) => ({
    change: { pipeline: 'p', at: hour(failedAt - 1) },
    failedAt: hour(failedAt),
    isAmbiguous: false,
  });
  const episode = (startedAt: number, endedAt?: number, pipeline = 'p') => ({
    pipeline,
    startedAt: hour(startedAt),
    ...(endedAt === undefined ? {} : { endedAt: hour(endedAt) }),
  });
  it.each([
    { title: 'from the failure to the success', episodes: [episode(10, 14)], is: { n: 1, median: 4 } },
    { title: 'in the episode that began last', episodes: [episode(2, 90), episode(10, 12)], is: { n: 1, median: 2 } },
    {
      title: 'in no episode that was over before, or of another pipeline',
      episodes: [episode(2, 9), episode(10, 12, 'q')],
      is: { n: 0 },
    },
    { title: 'as open at the end of the week', episodes: [episode(10)], is: { n: 1, open: 1 } },
    { title: 'as open where it was over only later', episodes: [episode(10, 200)], is: { n: 1, open: 1 } },
  ])('is told $title', ({ episodes, is }) => {
    const { median, n, open } = changeRecovery([failure(10)], episodes, week.to);
    const hours = median === undefined ? {} : { median: median / 3_600_000 };
    expect({ n, ...hours, ...(open ? { open } : {}) }).toEqual(is);
  });
});
