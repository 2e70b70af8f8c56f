import { createHash } from 'node:crypto';
import { Failure } from '../../domain/failure';
import type { RunStatus } from '../../domain/run';
import type { Call, Progress, Receipt } from '../orchestrator';
import { byOffset } from '../paging';
import { isSince } from '../since';
import type { BackfillWish, Reprocess } from './api';
import type { ChangeDeps } from './change-deps';
import { withMark } from './notes';
import type { Backfill, DagRun } from './schema';
import { isTaken } from './start';

/** Runs of a backfill that are told who asked for them. */
const runsMarked = 31;
/** Backfills of one pipeline that are searched for a call of ours, newest first. */
const searched = 200;
const runsCounted = 2_000;

interface Wish {
  dag: string;
  partitions: string[];
  conf: Record<string, unknown>;
  atOnce: number;
}

/** The backfills of Airflow 3: a stretch of time in one call, one open at a time for each pipeline. */
export function createOwnBackfills({ api, runs, days, refusals }: ChangeDeps) {
  function spanOf(partitions: readonly string[]): { from: Date; until: Date } {
    const spans = partitions.flatMap((partition) => days.spanOf(partition) ?? []);
    const from = Math.min(...spans.map((span) => span.from.getTime()));
    const until = Math.max(...spans.map((span) => span.until.getTime()));
    return { from: new Date(from), until: new Date(until) };
  }

  /** The end of the stretch, with the key of the call in its microseconds: Airflow keeps them, and by them we know ours again. */
  function endOf(until: Date, key: string): string {
    const micros = createHash('sha256').update(key).digest().readUInt32BE(0) % 1_000_000;
    return `${until.toISOString().slice(0, 19)}.${String(micros).padStart(6, '0')}+00:00`;
  }

  /** Partitions that a backfill over that time would make. Changes nothing. */
  async function namesIn(
    dag: string,
    { from, until }: { from: Date; until: Date },
    reprocess: Reprocess,
  ): Promise<Set<string>> {
    const wish = { dag, from: from.toISOString(), to: until.toISOString(), reprocess, atOnce: 1 };
    const dates = await api.dryBackfill(wish);
    return new Set(await Promise.all(dates.map((date) => days.nameIn(dag, date))));
  }

  /** The gentlest way of doing what exists again that touches exactly these partitions. */
  async function reprocessFor(dag: string, partitions: readonly string[]): Promise<Reprocess | undefined> {
    const wanted = new Set(partitions.map(days.canonical));
    for (const reprocess of ['none', 'failed', 'completed'] as const) {
      const names = await namesIn(dag, spanOf(partitions), reprocess);
      if (names.size === wanted.size && [...wanted].every((partition) => names.has(partition))) return reprocess;
    }
    return undefined;
  }

  async function mustFit(dag: string, partitions: readonly string[]): Promise<Reprocess> {
    const reprocess = await reprocessFor(dag, partitions);
    if (reprocess) return reprocess;
    const what = partitions.length === 1 ? `${partitions[0]}` : 'exactly these days';
    throw refusals.no(
      `Airflow would make no run for ${what}: its schedule has none then, or one is going. Look at its runs, or choose other days.`,
    );
  }

  async function mustBeScheduled(dag: string, partitions: readonly string[]): Promise<void> {
    const possible = await namesIn(dag, spanOf(partitions), 'completed');
    const missing = partitions.filter((partition) => !possible.has(days.canonical(partition)));
    if (missing.length === 0) return;
    throw refusals.no(
      `Airflow would make no run for ${missing.slice(0, 3).join(', ')}: its schedule has none then, or one is going. Choose other days.`,
    );
  }

  async function openOne(dag: string): Promise<Backfill | undefined> {
    for await (const one of byOffset((offset, limit) => api.backfills(dag, offset, limit)))
      if (!one.completed_at) return one;
    return undefined;
  }

  function notWhileOpen(dag: string, open: Backfill | undefined): Failure {
    const which = open ? `Backfill ${open.id} of ${dag}` : `Another backfill of ${dag}`;
    return refusals.notYet(`${which} is open, and Airflow takes one at a time. It is tried again when that is over.`);
  }

  async function runsIn({ dag_id: dag, from_date, to_date, created_at }: Backfill): Promise<DagRun[]> {
    const wish = { logicalFrom: from_date, logicalUntil: new Date(to_date), orderBy: 'logical_date' };
    const found: DagRun[] = [];
    for await (const run of byOffset((offset, limit) => api.runs(dag, wish, offset, limit))) {
      const isOurs = run.run_type === 'backfill' && (!run.queued_at || run.queued_at >= created_at);
      if (isOurs) found.push(run);
      if (found.length >= runsCounted) break;
    }
    return found;
  }

  async function receiptFor(backfill: Backfill, partitions: readonly string[], duplicate?: true): Promise<Receipt> {
    const batch = { batch: String(backfill.id), ...(duplicate ? { duplicate } : {}) };
    if (partitions.length > 1) return batch;
    const [only] = await runsIn(backfill);
    return { ...batch, ...(only ? { run: runs.refOf(only) } : {}) };
  }

  /** Who asked stands in the note of each run; a backfill itself has no place for it. That some lack it does no harm. */
  async function sign(backfill: Backfill, call: Call): Promise<void> {
    const mark = { kind: call.kind, by: call.actor || 'Pitcrew', key: call.idempotencyKey, attempt: 'none' };
    for (const run of (await runsIn(backfill)).slice(0, runsMarked))
      await api.setNote(run.dag_id, run.dag_run_id, withMark(run.note, mark), call.signal);
  }

  async function find(dag: string, partitions: readonly string[], call: Call): Promise<Receipt | undefined> {
    const end = Date.parse(endOf(spanOf(partitions).until, call.idempotencyKey));
    const micros = fractionOf(endOf(spanOf(partitions).until, call.idempotencyKey));
    let seen = 0;
    for await (const one of byOffset((offset, limit) => api.backfills(dag, offset, limit))) {
      const isOurs = Date.parse(one.to_date) === end && fractionOf(one.to_date) === micros;
      if (isOurs && isSince(call, one.created_at)) return receiptFor(one, partitions, true);
      seen += 1;
      if (seen >= searched) break;
    }
    return undefined;
  }

  return {
    find,
    fits: async (dag: string, partitions: readonly string[]) => (await reprocessFor(dag, partitions)) !== undefined,

    /** @returns what is done, for people. @throws Failure `rejected` where these partitions cannot be had */
    async plan(dag: string, partitions: readonly string[]): Promise<string> {
      const open = await openOne(dag);
      // While one is open nothing can be tried out.
      if (open) return `Begins when the backfill that is open now (${open.id}) has ended.`;
      const reprocess = partitions.length > 1 ? await reprocessFor(dag, partitions) : await mustFit(dag, partitions);
      if (!reprocess) {
        await mustBeScheduled(dag, partitions);
        return 'By backfills of one day each, one after the other: in one Airflow would run other days as well.';
      }
      const what = {
        none: 'A new run for each.',
        failed: 'A new run for each that is missing; what failed is run again in its place.',
        completed: 'A new run for each that is missing; what is there is run again in its place, also what succeeded.',
      }[reprocess];
      return `By Airflow’s own backfill. ${what}`;
    },

    async create({ dag, partitions, conf, atOnce }: Wish, call: Call): Promise<Receipt> {
      const earlier = await find(dag, partitions, call);
      if (earlier) return earlier;
      const open = await openOne(dag);
      if (open) throw notWhileOpen(dag, open);
      const reprocess = await mustFit(dag, partitions);
      const { from, until } = spanOf(partitions);
      const to = endOf(until, call.idempotencyKey);
      const wish: BackfillWish = { dag, from: from.toISOString(), to, reprocess, atOnce, conf };
      try {
        const made = await api.createBackfill(wish, call.signal);
        await sign(made, call).catch((error) => {
          if (!(error instanceof Failure)) throw error;
        });
        return await receiptFor(made, partitions);
      } catch (error) {
        if (!isTaken(error)) throw error;
        const found = await find(dag, partitions, call);
        if (found) return found;
        throw notWhileOpen(dag, undefined);
      }
    },

    /** One that is over hears no word any more, which is as well. */
    async tell({ batch }: Receipt, word: 'pause' | 'unpause' | 'cancel', call: Call): Promise<void> {
      if (batch === undefined) return;
      await api.tellBackfill(batch, word, call.signal).catch((error) => {
        if (!isTaken(error)) throw error;
      });
    },

    async progress(id: string): Promise<Progress> {
      const backfill = await api.backfill(id);
      const statuses = (await runsIn(backfill)).map(runs.statusOf);
      const count = (...wanted: RunStatus[]) => statuses.filter((status) => wanted.includes(status)).length;
      const failed = count('failed', 'cancelled');
      const running = count('running');
      // A cancelled one is paused and over at once, while its runs that are going go on.
      const isOver = backfill.completed_at !== undefined && running === 0;
      const status = !isOver ? 'running' : backfill.is_paused ? 'cancelled' : failed > 0 ? 'failed' : 'succeeded';
      return {
        status,
        startedAt: backfill.created_at,
        endedAt: isOver ? backfill.completed_at : undefined,
        error: status === 'failed' ? `${failed} of ${statuses.length} runs failed.` : undefined,
        partitions: { total: statuses.length, done: count('succeeded', 'skipped'), failed, running },
      };
    },
  };
}

/** The part of a second, in microseconds; servers leave it out where it is nought. */
function fractionOf(instant: string): string {
  return (/\.(\d{1,6})/.exec(instant)?.[1] ?? '').padEnd(6, '0');
}
