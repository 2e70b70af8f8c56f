/** One question a quarter, to those who could use Pitcrew: when who is asked, and what may be shown of the answers. */
import { TZDate } from '@date-fns/tz';
import { quantile } from './quantile';
import { afterWorkingTime, type Schedule } from './working-time';

/** Nobody is asked again within this time. */
export const restMs = 60 * 86_400_000;
/** A round that would begin later than this before the end of its quarter is left to the next one. */
const leastLeftMs = 28 * 86_400_000;
/** How long after the last question answers are taken. */
const answeredWithinMs = 14 * 86_400_000;
const dayMs = 86_400_000;

export interface Round {
  /** `2026-Q4` */
  quarter: string;
  closesAt: Date;
}

/** The round that begins now, by the quarter of the schedule's zone; nothing where too little of it is left. */
export function roundAt(now: Date, { timeZone }: Pick<Schedule, 'timeZone'>, spreadDays: number): Round | undefined {
  const here = new TZDate(now, timeZone);
  const index = Math.floor(here.getMonth() / 3);
  const end = new TZDate(here.getFullYear(), index * 3 + 3, 1, timeZone);
  if (end.getTime() - now.getTime() < leastLeftMs) return undefined;
  // A working day in five is none, and then some holidays.
  const spreadMs = Math.ceil(spreadDays * 2) * dayMs;
  return {
    quarter: `${here.getFullYear()}-Q${index + 1}`,
    closesAt: new Date(now.getTime() + spreadMs + answeredWithinMs),
  };
}

/**
 * When one person is asked: some moment of the next `spreadDays` days of work, in working hours of their own zone.
 *
 * @param share of those days, from 0 to below 1: the same for the same person and quarter
 */
export function askAt(from: Date, share: number, of: { schedule: Schedule; spreadDays: number }): Date {
  const { workingHours } = of.schedule;
  const lengthMs = Math.max(minutesOf(workingHours.to) - minutesOf(workingHours.from), 1) * 60_000;
  // A minute at least: nobody is asked at the very stroke at which the day begins.
  return afterWorkingTime(from, 60_000 + share * (of.spreadDays * lengthMs - 120_000), of.schedule);
}

function minutesOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return hours * 60 + minutes;
}

/** What a round came to. While it goes on, and where too few have answered, only how many did: so nobody can tell who said what. */
export interface PulseResult {
  quarter: string;
  asked: number;
  answered: number;
  closesAt: Date;
  shown?: {
    /** How many said 1, 2, 3, 4 and 5. */
    counts: [number, number, number, number, number];
    median: number;
    /** 4 and 5. */
    satisfied: number;
    /** In an order that tells nothing. */
    words: string[];
  };
}

/** @param minimum of answers below which nothing is shown of them */
export function resultOf(
  round: Round & { asked: number; answers: readonly { score: number; words?: string }[] },
  { now, minimum }: { now: Date; minimum: number },
): PulseResult {
  const { quarter, asked, answers, closesAt } = round;
  const common = { quarter, asked, answered: answers.length, closesAt };
  if (now < closesAt || answers.length < minimum) return common;
  const scores = answers.map(({ score }) => score);
  const said = (score: number) => scores.filter((each) => each === score).length;
  return {
    ...common,
    shown: {
      counts: [said(1), said(2), said(3), said(4), said(5)],
      median: quantile(scores, 0.5) ?? 0,
      satisfied: said(4) + said(5),
      words: answers.flatMap(({ words }) => (words ? [words] : [])).sort(),
    },
  };
}
