import { judgeFirstRun } from '../domain/first-run';
import type { Notice } from '../domain/notice';
import { Target, wayBack } from '../domain/target';
import { storable } from '../lib/storable';
import * as actionRows from '../store/action-rows';
import type { Condition } from '../store/due';
import * as rows from '../store/first-run-rows';
import type { ActionDeps } from './deps';
import type { Ledger } from './ledger';

/** So many are looked at in one go; the rest have their turn the next time. */
const looked = 100;
const causeMax = 400;

/** Watches the first run after each redeploy, and tells its end once, beside the message of the redeploy. */
export function createFirstRuns({ db, clock, ledger }: Pick<ActionDeps, 'db' | 'clock'> & { ledger: Ledger }) {
  async function look(watched: rows.Watched): Promise<boolean> {
    const run = await rows.firstRunAfter(db, watched);
    const { since, overtakenAt, actionId } = watched;
    const now = clock.now();
    const verdict = judgeFirstRun({ since, now, run, overtakenAt });
    if (verdict === 'wait') return false;
    const notice = verdict === 'overtaken' ? undefined : noticeOf(watched, verdict, run, now);
    return db.transaction(async (tx) => {
      if (!(await rows.endWatch(tx, actionId, now))) return false;
      const action = notice && (await actionRows.find(tx, actionId));
      if (action) await ledger.tell(tx, action, notice);
      return true;
    });
  }

  return {
    isDue: (): Condition => rows.isAnyWatched,

    /** @returns how many watches are over */
    async sweep(): Promise<number> {
      let count = 0;
      for (const each of await rows.watched(db, looked)) if (await look(each)) count += 1;
      return count;
    },
  };
}

function noticeOf(
  { pipeline, target: stored, actionId }: rows.Watched,
  verdict: 'none-came' | 'not-over' | 'ended',
  run: rows.FoundRun | undefined,
  at: Date,
): Extract<Notice, { kind: 'first-run' }> | undefined {
  const target = Target.safeParse(stored).data;
  if (target?.kind !== 'version') return undefined;
  const back = wayBack(target);
  const known = {
    kind: 'first-run' as const,
    at,
    actionId,
    pipeline,
    version: target.version,
    ...(back ? { back } : {}),
    ...(run?.url ? { url: run.url } : {}),
  };
  if (verdict !== 'ended' || !run) return { ...known, outcome: verdict === 'ended' ? 'none-came' : verdict };
  const tookMs = run.endedAt ? Math.max(0, run.endedAt.getTime() - run.startedAt.getTime()) : undefined;
  const cause = run.status === 'failed' ? run.cause?.trim().split('\n')[0]?.slice(0, causeMax) : undefined;
  return {
    ...known,
    outcome:
      run.status === 'succeeded' || run.status === 'skipped' || run.status === 'cancelled' ? run.status : 'failed',
    ...(tookMs === undefined ? {} : { tookMs }),
    ...(cause ? { cause: storable(cause) } : {}),
  };
}
