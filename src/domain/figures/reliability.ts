import { rank, tiedAfter } from './ranking';
import { changeOfCount, type Share, share } from './share';
import { type Spread, spreadOf } from './spread';

/**
 * Runs of one pipeline that ended on one local day, counted by run, not by attempt: the final state is that of the last attempt
 * which the orchestrator made by itself. Cancelled and skipped runs are in no count.
 */
export interface RunDay {
  connection: string;
  pipeline: string;
  day: string;
  ended: number;
  succeeded: number;
  /** Ended well on their first attempt. */
  firstTry: number;
  /** Of the ended ones, those started by a backfill: reported apart. */
  backfillEnded: number;
  backfillSucceeded: number;
}

export type Counts = Pick<RunDay, 'ended' | 'succeeded' | 'firstTry' | 'backfillEnded' | 'backfillSucceeded'>;

const total = (days: readonly Counts[], of: keyof Counts): number => days.reduce((sum, day) => sum + day[of], 0);

/** Final state success / ended, without backfills. */
export const runSuccess = (days: readonly Counts[]): Share =>
  share(
    total(days, 'succeeded') - total(days, 'backfillSucceeded'),
    total(days, 'ended') - total(days, 'backfillEnded'),
  );

export const backfillSuccess = (days: readonly Counts[]): Share =>
  share(total(days, 'backfillSucceeded'), total(days, 'backfillEnded'));

/** Ended well on the first attempt / ended. What it lacks against run success was bought by retries. */
export const firstAttemptSuccess = (days: readonly Counts[]): Share =>
  share(total(days, 'firstTry'), total(days, 'ended') - total(days, 'backfillEnded'));

/** Failed runs by pipeline, most first. */
export function worstPipelines<T extends { name: string; failed: number }>(pipelines: readonly T[], shown: number) {
  const failing = pipelines.filter(({ failed }) => failed > 0);
  return rank(failing, { value: ({ failed }) => failed, name: ({ name }) => name }, shown);
}

/** Fewer failed runs than in the week before, beyond what chance alone would do, the largest difference first. */
export function betterPipelines<T extends { name: string; failed: number; failedBefore: number }>(
  pipelines: readonly T[],
  shown: number,
) {
  const better = pipelines.filter(
    ({ failed, failedBefore }) => changeOfCount(failed, failedBefore).direction === 'down',
  );
  return rank(better, { value: ({ failed, failedBefore }) => failedBefore - failed, name: ({ name }) => name }, shown);
}

/** The end of one run of a pipeline and partition. */
export interface Ending {
  outcome: 'failed' | 'succeeded' | 'skipped';
  at: Date;
  run: string;
  fingerprint?: string;
}

/** From the first final failure of a pipeline and partition to the first later success of the same one, or an explicit skip. */
export interface Episode {
  startedAt: Date;
  endedAt?: Date;
  how?: 'succeeded' | 'skipped';
  failures: number;
  firstRun: string;
  fingerprint?: string;
}

/** Episodes of one pipeline and partition. At one and the same moment a failure comes before what mends it. */
export function episodesOf(endings: readonly Ending[]): Episode[] {
  const order = { failed: 0, skipped: 1, succeeded: 2 };
  const sorted = [...endings].sort(
    (a, b) => a.at.getTime() - b.at.getTime() || order[a.outcome] - order[b.outcome] || (a.run < b.run ? -1 : 1),
  );
  const episodes: Episode[] = [];
  let open: Episode | undefined;
  for (const { outcome, at, run, fingerprint } of sorted) {
    if (outcome === 'failed') {
      if (open) open.failures += 1;
      else {
        open = { startedAt: at, failures: 1, firstRun: run, ...(fingerprint ? { fingerprint } : {}) };
        episodes.push(open);
      }
    } else if (open) {
      open.endedAt = at;
      open.how = outcome;
      open = undefined;
    }
  }
  return episodes;
}

export interface Recovery<T> {
  /** Durations of those that ended with a success in the week. */
  closed: Spread;
  skipped: number;
  /** Ages, at the week's end, of those that were open then. */
  open: Spread;
  longest: T[];
  /** As long as the last of these, and not among them. */
  longestTied: number;
}

const longestShown = 3;

/** No arrow is ever drawn on these: at such counts a change of them shows nothing. */
export function recoveryOf<T extends Pick<Episode, 'startedAt' | 'endedAt' | 'how'>>(
  episodes: readonly T[],
  week: { from: Date; to: Date },
): Recovery<T> {
  const lasted = ({ startedAt, endedAt }: T) => (endedAt ?? week.to).getTime() - startedAt.getTime();
  const ended = episodes.filter(({ endedAt }) => endedAt !== undefined && endedAt >= week.from && endedAt < week.to);
  const closed = ended.filter(({ how }) => how === 'succeeded');
  const open = episodes.filter(
    ({ startedAt, endedAt }) => startedAt < week.to && (endedAt === undefined || endedAt >= week.to),
  );
  const byLength = [...closed].sort((a, b) => lasted(b) - lasted(a));
  return {
    closed: spreadOf(closed.map(lasted)),
    skipped: ended.length - closed.length,
    open: spreadOf(open.map(({ startedAt }) => week.to.getTime() - startedAt.getTime())),
    longest: byLength.slice(0, longestShown),
    longestTied: tiedAfter(byLength.map(lasted), longestShown),
  };
}

/** Ended retries that a person clicked, by what was wrong. Not over at the week's end: counted apart, in no rate. */
export interface RetryClick {
  cause: string;
  outcome: 'worked' | 'did not' | 'not over';
  /** From the click to green. */
  ms?: number;
}

export interface RetryEffect {
  cause: string;
  worked: Share;
  notOver: number;
  toGreen: Spread;
}

export function retryEffectiveness(clicks: readonly RetryClick[]): RetryEffect[] {
  return [...new Set(clicks.map(({ cause }) => cause))]
    .map((cause) => {
      const own = clicks.filter((click) => click.cause === cause);
      const over = own.filter(({ outcome }) => outcome !== 'not over');
      const worked = own.filter(({ outcome }) => outcome === 'worked');
      return {
        cause,
        worked: share(worked.length, over.length),
        notOver: own.length - over.length,
        toGreen: spreadOf(worked.flatMap(({ ms }) => (ms === undefined ? [] : [ms]))),
      };
    })
    .sort((a, b) => b.worked.n + b.notOver - (a.worked.n + a.notOver) || (a.cause < b.cause ? -1 : 1));
}
