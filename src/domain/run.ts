import type { PipelineRef } from './pipeline';

export const runStatuses = ['queued', 'running', 'succeeded', 'failed', 'cancelled', 'skipped', 'unknown'] as const;
export type RunStatus = (typeof runStatuses)[number];

/**
 * One execution of a Pipeline. `run` is the orchestrator's id of it; a restart of the same run is the same `run` with a higher `attempt`
 * where the orchestrator counts that way (Maestro does), or another `run` where it does not.
 */
export interface RunRef {
  pipeline: PipelineRef;
  run: string;
  /** Counted from 1. Left out = the newest. */
  attempt?: number;
}

export interface Run extends Omit<RunRef, 'attempt'> {
  attempt: number;
  status: RunStatus;
  partition?: string;
  startedAt?: Date;
  endedAt?: Date;
  /** The step that failed for good, or is running now. */
  step?: string;
  error?: string;
  url?: string;
  logUrl?: string;
  owner?: string;
  /** Who started it by hand, as the orchestrator names people. */
  startedBy?: string;
  tags?: string[];
}

export interface StepRef extends RunRef {
  step: string;
  /** Try of the step inside the run, counted from 1. Left out = the newest. */
  stepAttempt?: number;
}

export interface Step extends StepRef {
  status: RunStatus;
  startedAt?: Date;
  endedAt?: Date;
  error?: string;
}

/** A person had the orchestrator run something, there and not from here. */
export interface Start extends RunRef {
  attempt: number;
  /** As the orchestrator names people: an address or a login. */
  by: string;
  at: Date;
}

export function hasEnded(status: RunStatus): boolean {
  return status === 'succeeded' || status === 'failed' || status === 'cancelled' || status === 'skipped';
}
