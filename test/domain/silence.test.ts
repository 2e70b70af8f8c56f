import { pollingLimitMs, rhythmOf } from '../../src/domain/silence';

const minuteMs = 60_000;
/** Arrivals with these gaps between them, in minutes. */
function arrivals(gaps: number[]): Date[] {
  let at = Date.parse('2026-11-25T09:00:00Z');
  return [0, ...gaps].map((gap) => {
    at += gap * minuteMs;
    return new Date(at);
  });
}

describe('the rhythm of a source', () => {
  it.each<{ title: string; gaps: number[]; limitMinutes: number | undefined }>([
    { title: 'nine arrivals', gaps: Array(8).fill(1), limitMinutes: undefined },
    { title: 'ten arrivals, one a minute', gaps: Array(9).fill(1), limitMinutes: 30 },
    { title: 'one every ten minutes', gaps: Array(20).fill(10), limitMinutes: 50 },
    { title: 'a rare long pause', gaps: [...Array(30).fill(10), 900], limitMinutes: 50 },
    { title: 'a pause each night', gaps: Array(50).fill([10, 10, 10, 10, 840]).flat(), limitMinutes: 5 * 840 },
    { title: 'another rhythm long ago', gaps: [...Array(60).fill(100), ...Array(50).fill(10)], limitMinutes: 50 },
    { title: 'nothing', gaps: [], limitMinutes: undefined },
  ])('of $title makes $limitMinutes minutes a silence', ({ gaps, limitMinutes }) => {
    expect(rhythmOf(arrivals(gaps))?.limitMs).toBe(limitMinutes === undefined ? undefined : limitMinutes * minuteMs);
  });
});

describe('polling', () => {
  it.each([
    { everySeconds: 10, limitMinutes: 5 },
    { everySeconds: 30, limitMinutes: 5 },
    { everySeconds: 60, limitMinutes: 10 },
  ])('every $everySeconds s is silent after $limitMinutes minutes', ({ everySeconds, limitMinutes }) => {
    expect(pollingLimitMs(everySeconds)).toBe(limitMinutes * minuteMs);
  });
});
