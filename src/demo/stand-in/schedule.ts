import type { Logger } from '../../lib/logger';

export interface ScheduleDeps {
  entries: { workflowId: string; firstAfterMs: number; everyMs: number }[];
  start(workflowId: string): Promise<unknown>;
  log: Logger;
}

/** Starts runs again and again, in real time. @returns how to end it */
export function startSchedule({ entries, start, log }: ScheduleDeps): () => void {
  const timers = new Set<NodeJS.Timeout>();
  for (const { workflowId, firstAfterMs, everyMs } of entries) {
    const fire = () => {
      start(workflowId).catch((error: unknown) => log.warn({ err: error, workflowId }, 'stand-in.schedule-refused'));
    };
    const first = setTimeout(() => {
      timers.delete(first);
      fire();
      timers.add(setInterval(fire, everyMs));
    }, firstAfterMs);
    timers.add(first);
  }
  return () => {
    for (const timer of timers) clearInterval(timer);
  };
}
