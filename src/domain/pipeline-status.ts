import type { Missing } from './ability';
import type { DisplayState } from './incident';
import type { Pipeline } from './pipeline';
import type { RunStatus } from './run';

/** A row of `/pipeline status`. */
export interface PipelineStatus {
  pipeline: Pipeline;
  /** Title, else key. */
  name: string;
  /** Of the newest run; `unknown` when none was seen. */
  state: RunStatus;
  /** Newest first, at most 5 for a list and 10 for one pipeline. */
  lastRuns: LastRun[];
  owner?: string;
  team?: string;
  openIncident?: { incidentId: string; state: DisplayState; since: Date; causeLine?: string; permalink?: string };
  /** Of the last 30 runs that ended: how many succeeded, and of how many. */
  succeeded?: { count: number; of: number };
  /** Median of the last successful runs, in ms, with n. */
  usuallyTakesMs?: { median: number; n: number };
  /** What people would look for and its connection cannot do. */
  missing: Missing[];
}

export interface LastRun {
  run: string;
  attempt: number;
  status: RunStatus;
  partition?: string;
  startedAt?: Date;
  endedAt?: Date;
  url?: string;
}

/** Why these pipelines and no others: `channel` = a route or a subscription leads here; `mine` = I own them or my team does; `named` = by name. */
export interface StatusAnswer {
  scope: 'channel' | 'mine' | 'named';
  /** Troubled ones first, then by name. */
  pipelines: PipelineStatus[];
  /** How many more there are than shown. */
  more: number;
  /** For `named` with no exact match: nearest names, best first, at most 3. */
  didYouMean?: string[];
  /** What was asked for, when by name. */
  asked?: string;
  now: Date;
}
