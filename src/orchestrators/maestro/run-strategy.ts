import type { Concurrency } from '../orchestrator';
import type { Overview, Properties } from './schema';

/** How many runs of a workflow the server lets go on at once where the definition does not say. */
const parallelDefault = 20;

export interface RunStrategy {
  rule: string;
  /** 1 for every rule but PARALLEL. */
  atOnce: number;
}

export function strategyOf(properties: Properties): RunStrategy {
  const rule = properties?.run_strategy?.rule.toUpperCase() ?? 'SEQUENTIAL';
  return {
    rule,
    atOnce: rule === 'PARALLEL' ? (properties?.run_strategy?.workflow_concurrency ?? parallelDefault) : 1,
  };
}

const reasons: Record<string, string> = {
  SEQUENTIAL: 'It runs one at a time: more would wait in its queue, and its own next run behind them.',
  STRICT_SEQUENTIAL:
    'It runs one at a time, and after a failed run none other starts until that one is retried or unblocked.',
  FIRST_ONLY:
    'It drops every run that is asked for while one is going: paced one at a time, while nothing else of it runs.',
  LAST_ONLY:
    'A new run stops the one that is going: paced one at a time, while nothing else of it runs. Its own next run would stop one of these.',
  SERIAL_LATEST_ONLY: 'Of the runs that wait it keeps only the newest and drops the others: paced one at a time.',
};

/** How many of its runs may be asked for at once without any being dropped, and why. */
export function concurrencyOf({ rule, atOnce }: RunStrategy): Concurrency {
  return { atOnce, why: reasons[rule] ?? `It runs at most ${atOnce} at once.` };
}

/** Why a new run would be dropped, would stop another, or would wait for good; undefined if it would run in its turn. */
export function obstacleToStart(overview: Overview): { say: string; passes: boolean } | undefined {
  const { rule } = strategyOf(overview.properties_snapshot);
  const live = Object.values(overview.nonterminal_instances ?? {}).reduce((sum, count) => sum + count, 0);
  const failed = overview.failed_instances;
  if (rule === 'STRICT_SEQUENTIAL' && failed > 0) {
    const runs = failed === 1 ? 'A failed run holds' : `${failed} failed runs hold`;
    return { say: `${runs} up every other run of this pipeline. Retry or unblock first.`, passes: false };
  }
  if (live === 0) return undefined;
  if (rule === 'FIRST_ONLY')
    return {
      say: 'A run is going, and this pipeline drops others meanwhile. It is tried again when that has ended.',
      passes: true,
    };
  if (rule === 'LAST_ONLY')
    return {
      say: 'A run is going, and a new one would stop it. It is tried again when that has ended.',
      passes: true,
    };
  if (rule === 'SERIAL_LATEST_ONLY' && (overview.nonterminal_instances?.CREATED ?? 0) > 0)
    return {
      say: 'A run waits in the queue, and a new one would take its place. It is tried again when that has begun.',
      passes: true,
    };
  return undefined;
}
