import type { Clock } from '../lib/clock';
import type { Condition } from '../store/due';
import type { NudgeDeps, Nudges, Run } from './queue';

export interface PendingNudge {
  name: string;
  key?: string;
  dueAt: Date;
}

export interface ManualNudges extends Nudges {
  /**
   * Runs what is due by the clock, in the order of their times, with what these nudge in turn, until nothing is due.
   * Before `start` nothing is. What a run throws is thrown here, after the others have run.
   */
  runDue(): Promise<void>;
  /** What waits, by time; also for names that nobody registered here. Sweeps are not in it. */
  pending(): PendingNudge[];
}

/** More rounds than this in one `runDue` are two runs that nudge each other for ever. */
const mostRounds = 1_000;

/**
 * The same seam, moved by a test or a replay: nothing runs by itself, and time is the clock it is given.
 *
 * @param options.sweeps  false: only what is nudged runs; whoever drives it finds what is due
 * @param options.leftOut  lanes that are not swept for
 * @param options.whichHold  is asked before a lane is swept for that says when it is due; left out = it is run all the same
 */
export function createManualNudges(
  clock: Clock,
  {
    sweeps = true,
    leftOut = [],
    whichHold,
  }: { sweeps?: boolean; leftOut?: readonly string[]; whichHold?: NudgeDeps['whichHold'] } = {},
): ManualNudges {
  const lanes = new Map<string, { run: Run; everyMs?: number; isDue?(): Condition; sweepDueMs: number }>();
  let waiting: PendingNudge[] = [];
  let started = false;

  function takeDue(): (() => Promise<void>)[] {
    const nowMs = clock.now().getTime();
    const due = waiting.filter((nudge) => nudge.dueAt.getTime() <= nowMs && lanes.has(nudge.name));
    waiting = waiting.filter((nudge) => !due.includes(nudge));
    const runs = due.map((nudge) => async () => lanes.get(nudge.name)?.run(nudge.key));
    for (const [name, lane] of lanes) {
      if (lane.everyMs === undefined || lane.sweepDueMs > nowMs) continue;
      lane.sweepDueMs = nowMs + lane.everyMs;
      runs.push(async () => {
        const isIdle = whichHold && lane.isDue && !(await whichHold([{ name, holds: lane.isDue() }])).has(name);
        if (!isIdle) await lane.run(undefined);
      });
    }
    return runs;
  }

  return {
    async nudge(name, { key, delayMs = 0 } = {}) {
      const dueAt = new Date(clock.now().getTime() + delayMs);
      const same = waiting.some(
        (one) => one.name === name && one.key === key && one.dueAt.getTime() === dueAt.getTime(),
      );
      if (same) return;
      waiting.push(key === undefined ? { name, dueAt } : { name, key, dueAt });
      waiting.sort((a, b) => a.dueAt.getTime() - b.dueAt.getTime());
    },
    on(name, run, { everyMs, isDue } = {}) {
      if (started) throw new Error(`${name} was registered after the start`);
      if (lanes.has(name)) throw new Error(`${name} is registered twice`);
      const isSwept = sweeps && !leftOut.includes(name);
      lanes.set(name, { run, everyMs: isSwept ? everyMs : undefined, isDue, sweepDueMs: Number.NEGATIVE_INFINITY });
    },
    async start() {
      started = true;
    },
    async stop() {
      started = false;
    },
    async ready() {
      return true;
    },
    async runDue() {
      if (!started) return;
      const errors: unknown[] = [];
      for (let round = 1; ; round += 1) {
        const runs = takeDue();
        if (runs.length === 0) break;
        if (round > mostRounds) throw new Error(`after ${mostRounds} rounds there is still something due`);
        for (const run of runs) await run().catch((error) => errors.push(error));
      }
      if (errors.length === 1) throw errors[0];
      if (errors.length > 1) throw new AggregateError(errors, `${errors.length} runs failed`);
    },
    pending: () => [...waiting],
  };
}
