import type { ActionKind } from './action';
import { hasEnded, type RunRef, type RunStatus } from './run';
import type { Target } from './target';

/** Ways to mend one run besides going on where it failed. */
export const ways = ['from-start', 'one-step', 'skip-step', 'unblock', 'pause', 'resume', 'kill', 'backfill'] as const;
export type Way = (typeof ways)[number];

/** A way that is open now; `steps`: one of these has to be named. */
export interface OpenWay {
  way: Way;
  steps?: string[];
}

/** Which ways are open for a run as it is now. The orchestrator has the last word when the plan is made. */
export function openWays(of: {
  status: RunStatus;
  steps: readonly { step: string; status: RunStatus }[];
  abilities: readonly ActionKind[];
  /** The run's own. */
  partition?: string | undefined;
}): OpenWay[] {
  const { status, abilities } = of;
  const isGoing = status === 'running' || status === 'queued';
  const stepsThat = (may: (status: RunStatus) => boolean) =>
    of.steps.filter((each) => may(each.status)).map(({ step }) => step);
  const redone = stepsThat(hasEnded);
  const skipped = stepsThat((each) => each === 'failed' || each === 'running' || each === 'queued');
  const found: (OpenWay | false | '' | undefined)[] = [
    !isGoing && abilities.includes('retry') && { way: 'from-start' },
    !isGoing && abilities.includes('retry') && redone.length > 0 && { way: 'one-step', steps: redone },
    abilities.includes('skip') && skipped.length > 0 && { way: 'skip-step', steps: skipped },
    status === 'failed' && abilities.includes('unblock') && { way: 'unblock' },
    abilities.includes('pause') && { way: 'pause' },
    abilities.includes('resume') && { way: 'resume' },
    isGoing && abilities.includes('kill') && { way: 'kill' },
    of.partition && abilities.includes('backfill') && { way: 'backfill' },
  ];
  return found.filter((each): each is OpenWay => Boolean(each));
}

/** What is to be changed for this way; a backfill asks for its days first. @param step for those that need one */
export function aimOf(way: Exclude<Way, 'backfill'>, run: RunRef, step = ''): { kind: ActionKind; target: Target } {
  switch (way) {
    case 'from-start':
      return { kind: 'retry', target: { kind: 'run', run, from: 'start' } };
    case 'one-step':
      return { kind: 'retry', target: { kind: 'steps', run, steps: [step] } };
    case 'skip-step':
      return { kind: 'skip', target: { kind: 'steps', run, steps: [step] } };
    case 'unblock':
      return { kind: 'unblock', target: { kind: 'run', run } };
    case 'pause':
    case 'resume':
      return { kind: way, target: { kind: 'pipeline', pipeline: run.pipeline } };
    case 'kill':
      // Whatever attempt runs now.
      return { kind: 'kill', target: { kind: 'run', run: { pipeline: run.pipeline, run: run.run } } };
  }
}
