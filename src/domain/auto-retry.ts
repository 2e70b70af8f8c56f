/** Of the newest plain retries of one cause of a pipeline, so many are looked at. */
export const retriesJudged = 10;
const fewest = 6;
const helpedAtLeast = 5 / 6;

/** In 24 hours, of one pipeline, whatever the cause. */
export const autoRetriesADay = 3;
export const autoRetryDayMs = 24 * 3_600_000;

/**
 * Is it worth asking people whether this may go by itself? Of the last ten plain retries whose end is known at least six are there,
 * and five in six of them helped.
 *
 * @param helped newest first
 */
export function isWorthSuggesting(helped: readonly boolean[]): boolean {
  const judged = helped.slice(0, retriesJudged);
  return judged.length >= fewest && judged.filter(Boolean).length / judged.length >= helpedAtLeast;
}

/** Why a retry that was allowed to go by itself does not. */
export type Reluctance = 'day-full' | 'bulk-off' | 'freeze' | 'not-allowed';

/**
 * May this failure be retried now without anybody's press? `end`: what allowed it does not hold any more, and is ended.
 *
 * @param today  retries by itself of this pipeline in the last 24 hours
 * @param policy what it says now of the person who allowed it
 */
export function judgeAutoRetry({
  today,
  isBulkOff,
  policy,
}: {
  today: number;
  isBulkOff: boolean;
  policy: { verdict: 'allow' | 'needs-approval' | 'deny'; freeze?: string };
}): { go: true } | { go: false; why: Reluctance; end: boolean } {
  if (today >= autoRetriesADay) return { go: false, why: 'day-full', end: false };
  if (isBulkOff) return { go: false, why: 'bulk-off', end: false };
  if (policy.freeze !== undefined) return { go: false, why: 'freeze', end: false };
  if (policy.verdict !== 'allow') return { go: false, why: 'not-allowed', end: true };
  return { go: true };
}

/** One cause of a pipeline that is retried without anybody's press, as people are shown it. */
export interface AutoRetry {
  id: string;
  connection: string;
  pipeline: string;
  cause: string;
  /** A Slack id. */
  by: string;
  since: Date;
  done: number;
  helped: number;
  /** In the last 24 hours, of the pipeline. */
  today: number;
}
