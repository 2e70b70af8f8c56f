import { type FirstRun, type FirstRunVerdict, judgeFirstRun } from '../../src/domain/first-run';
import type { RunStatus } from '../../src/domain/run';

const since = new Date('2026-11-25T09:00:00Z');
const minutesOn = (minutes: number) => new Date(since.getTime() + minutes * 60_000);
const day = 24 * 60;
const begun = (minute: number, status: RunStatus): FirstRun => ({ startedAt: minutesOn(minute), status });

describe('the first run after a redeploy', () => {
  it.each<{ title: string; now: number; run?: FirstRun; overtaken?: number; verdict: FirstRunVerdict }>([
    { title: 'is waited for', now: 5, verdict: 'wait' },
    { title: 'is waited for while it runs', now: 50, run: begun(10, 'running'), verdict: 'wait' },
    { title: 'is told when it succeeded', now: 22, run: begun(10, 'succeeded'), verdict: 'ended' },
    { title: 'is told when it failed', now: 22, run: begun(10, 'failed'), verdict: 'ended' },
    { title: 'is told also when we look late', now: 9 * day, run: begun(10, 'failed'), verdict: 'ended' },
    { title: 'is waited for a day at most', now: day, verdict: 'none-came' },
    { title: 'is waited for to the end of that day', now: day - 1, verdict: 'wait' },
    {
      title: 'is not watched for longer, however long it takes',
      now: day,
      run: begun(10, 'running'),
      verdict: 'not-over',
    },
    {
      title: 'says nothing of a version that was replaced before it began',
      now: 30,
      run: begun(20, 'failed'),
      overtaken: 15,
      verdict: 'overtaken',
    },
    { title: 'is not waited for once the version is replaced', now: 30, overtaken: 15, verdict: 'overtaken' },
    {
      title: 'counts when the version was replaced only after it began',
      now: 30,
      run: begun(10, 'failed'),
      overtaken: 15,
      verdict: 'ended',
    },
  ])('$title', ({ now, run, overtaken, verdict }) => {
    const overtakenAt = overtaken === undefined ? undefined : minutesOn(overtaken);
    expect(judgeFirstRun({ since, now: minutesOn(now), run, overtakenAt })).toBe(verdict);
  });
});
