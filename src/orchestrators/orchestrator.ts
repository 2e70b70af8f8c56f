import type { ZodType } from 'zod';
import type { Lacks } from '../domain/ability';
import type { ActionKind } from '../domain/action';
import type { Change } from '../domain/change';
import type { Edge } from '../domain/edge';
import type { Pipeline, PipelineRef } from '../domain/pipeline';
import type { PipelineEvent } from '../domain/pipeline-event';
import type { Run, RunRef, RunStatus, Start, Step, StepRef } from '../domain/run';
import type { Target } from '../domain/target';
import type { Clock } from '../lib/clock';
import type { Logger } from '../lib/logger';
import type { Authorise } from './authorise';
import type { Http } from './http';

/** One call at `POST /ingest/<connection>`, already authenticated by source. Header names in lower case. */
export interface Delivery {
  headers: Record<string, string>;
  body: string;
  receivedAt: Date;
}

/**
 * What a delivery in the orchestrator's own form comes to.
 * `events`: facts to store. `confirm`: an address that must be read once before deliveries come (Amazon SNS subscription).
 * `refused`: entries of a list that make no sense, by their place in it, while others do.
 */
export interface Normalised {
  events: PipelineEvent[];
  changes?: Change[];
  confirm?: string;
  refused?: { index: number; pointer: string; message: string }[];
}

/** What comes with every change: who asks, and the key under which asking twice is asking once. */
export interface Call {
  kind: ActionKind;
  /** How the person is named to the orchestrator (from `actAs`). */
  actor: string;
  /** A UUID, stable for the action and item over every try. */
  idempotencyKey: string;
  /** When this call was first tried: `lookUp` searches from there. */
  since: Date;
  target: Target;
  signal?: AbortSignal;
}

/** What was accepted, enough to follow it. Stored as jsonb, so plain values only. */
export interface Receipt {
  run?: RunRef;
  /** The orchestrator's id of a batch of many partitions that it paces by itself. */
  batch?: string;
  /** The orchestrator's own words, for people. */
  note?: string;
  /** True if the orchestrator said that it had this request already. */
  duplicate?: boolean;
}

export interface PlannedRun {
  /** Left out for a run that does not exist yet. */
  run?: RunRef;
  partition?: string;
  /** The version of its definition that a run for a partition would have: to be named in its target. */
  version?: string;
  steps?: string[];
  note?: string;
}

export interface Progress {
  status: RunStatus;
  run?: RunRef;
  stepsDone?: number;
  stepsTotal?: number;
  /** The step that runs now. */
  step?: string;
  startedAt?: Date;
  endedAt?: Date;
  error?: string;
  /** Of a batch. What is not in the other three waits. */
  partitions?: { total: number; done: number; failed: number; running: number };
}

/** One line of `pitcrew doctor`. `fix` says how to mend it; present when `ok` is false. */
export interface Finding {
  ok: boolean;
  say: string;
  fix?: string;
  /** What cannot be done because of it, with what people are told who miss it: whole sentences that say what to do instead. */
  lacks?: Lacks;
}

export type Cursor = unknown;

/** How many runs of a pipeline may be asked for at once without any being dropped or standing in another's way, and why no more. */
export interface Concurrency {
  atOnce: number;
  why: string;
}

export interface ActionAbility {
  /** The exact runs and steps it would touch. Changes nothing. */
  plan?(target: Target): Promise<PlannedRun[]>;
  /**
   * A skip, an unblock, a pause, a resume and a redeploy are done when they are taken; all others are followed by the run (else the target's) or the
   * batch of the receipt.
   * @throws Failure `unsure` when the answer was lost after the request may have been sent.
   */
  perform(target: Target, call: Call): Promise<Receipt>;
  /** Where the product limits this by itself, as by a run strategy: whoever paces many asks for no more at a time, and says why. */
  concurrency?(pipeline: PipelineRef): Promise<Concurrency>;
  /**
   * Present where one call takes many partitions and the product paces them by itself; then `progress` follows the batch. Without
   * it each partition is a call of its own, paced by us. The words to a batch may be said again without harm.
   */
  batch?: {
    /** Whether these partitions can go in one call here and now. Left out = always. Where not, each is a call of its own. */
    takes?(pipeline: PipelineRef, partitions: readonly string[]): Promise<boolean>;
    pause?(receipt: Receipt, call: Call): Promise<void>;
    resume?(receipt: Receipt, call: Call): Promise<void>;
    cancel?(receipt: Receipt, call: Call): Promise<void>;
  };
}

/** The port that every adapter implements. A key present IS the ability: buttons, help, doctor and docs read it. */
export interface Orchestrator {
  /** One delivery, already authenticated, to facts. Pure. A kind we do not follow gives no events. @throws Failure `bad-response` for a malformed one. */
  normalise(delivery: Delivery): Normalised;
  /**
   * For deliveries that carry a signature of their own: `verified` needs no token beside it, `refused` must not be taken at all,
   * `not-signed` says nothing, so the door asks for its token.
   */
  authenticate?(delivery: Delivery): Promise<'verified' | 'refused' | 'not-signed'>;
  /** @throws Failure `not-found`, `not-allowed`, `unavailable`, `bad-response` */
  fetchRun(run: RunRef): Promise<Run>;
  /** The least calls that prove address, credential and rights, the address first. Never throws: a fault is a finding. */
  check(): Promise<Finding[]>;
  discover?(): AsyncIterable<Pipeline>;
  /**
   * Everything that happened after the cursor, oldest first; never skips, may repeat. `cursor` undefined = first poll: only what is going on
   * now. Takes a thousand runs or so at once: `isBehind` says that more is there already. `starts`: of these runs the ones that a
   * person started by hand over there, where the product tells who.
   */
  poll?(
    cursor: Cursor | undefined,
  ): Promise<{ events: PipelineEvent[]; changes?: Change[]; starts?: Start[]; cursor: Cursor; isBehind?: boolean }>;
  steps?(run: RunRef): Promise<Step[]>;
  /** The log as a stream, oldest first; whoever reads may stop at any time. */
  openLog?(step: StepRef): AsyncIterable<Buffer>;
  /** The newest run of each of these partitions that there is one for: what a backfill may leave out. */
  runsOf?(pipeline: PipelineRef, partitions: string[]): Promise<Run[]>;
  actions: Partial<Record<ActionKind, ActionAbility>>;
  progress?(receipt: Receipt): Promise<Progress>;
  /**
   * What became of a call whose answer was lost. `undefined` = not taken, or harmless to make again. Without it such a call stays `unsure`.
   * @throws Failure `unsure` where that cannot be found out
   */
  lookUp?(call: Call): Promise<Receipt | undefined>;
  versions?(pipeline: PipelineRef): Promise<Change[]>;
  lineage?(): AsyncIterable<Edge>;
}

/** One entry of `orchestrators` in pitcrew.yaml, common part. `settings` is checked by the adapter's own schema. */
export interface Connection<Settings> {
  name: string;
  settings: Settings;
  http: Http;
  log: Logger;
  clock: Clock;
  /** Counts a word of the product that we do not know, such as a new status; it is shown as `unknown`. */
  unknownWord(word: string): void;
  /** Keys of pipelines of this connection that were met elsewhere (in events), for products that cannot list what they have. */
  known?(): Promise<string[]>;
}

/** Where a connection's calls go, and what every one of them carries. */
export interface Address {
  baseUrl: string;
  headers?: Record<string, string>;
  /** For one try of one call. Default 10 s. */
  timeoutMs?: number;
  /** How calls are signed in, where headers that never change are not enough. */
  authorise?: Authorise;
}

export interface OrchestratorKind<Settings> {
  /** The word in `kind:` of the configuration, and the folder's name. */
  id: string;
  title: string;
  /** Its keys in pitcrew.yaml besides `name` and `kind`. */
  settings: ZodType<Settings>;
  /** Why abilities that its port may leave out are left out, in whole sentences that say what to do instead. */
  lacks: Lacks;
  address(settings: Settings): Address;
  connect(connection: Connection<Settings>): Orchestrator;
}

/** Gives the settings their type inside `connect`; nothing else. */
export function defineOrchestrator<Settings>(kind: OrchestratorKind<Settings>): OrchestratorKind<Settings> {
  return kind;
}
