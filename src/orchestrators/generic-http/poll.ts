import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { PipelineEvent } from '../../domain/pipeline-event';
import type { Run } from '../../domain/run';
import type { Clock } from '../../lib/clock';
import type { Logger } from '../../lib/logger';
import type { Http } from '../http';
import type { Cursor } from '../orchestrator';
import { eventOf } from './events';
import { createReader, readRun, type Statuses } from './fields';
import { readList } from './pages';
import type { GenericHttpSettings } from './settings';

/** What changed less long ago is looked at again: a change is stamped before it can be seen. */
const overlapMs = 120_000;
/** How far back the first look goes for what still runs. */
const firstLookMs = 24 * 3_600_000;

/** Plain values only: it is kept as jsonb. */
const PollCursor = z.object({
  /** What changed before is told for good, in ms of the epoch by the server's clock. */
  since: z.number(),
  /** States that were told of runs that changed since. */
  told: z.array(z.string()),
});
type PollCursor = z.output<typeof PollCursor>;

export interface PollDeps {
  http: Http;
  connection: string;
  settings: GenericHttpSettings;
  statusOf: Statuses;
  log: Logger;
  clock: Clock;
}

/** Asks for runs that changed since the last time; a list without `{since}` is read as a whole each time. */
export function createPoll({ http, connection, settings, statusOf, log, clock }: PollDeps) {
  const wish = settings.runs;
  const only = settings.poll?.pipelines;
  if (!wish) return undefined;
  const fields = { ...settings.run.fields, ...wish.fields };

  const written = (at: Date): string | number => {
    if (settings.times === 'iso') return at.toISOString();
    return settings.times === 'seconds' ? Math.floor(at.getTime() / 1_000) : at.getTime();
  };

  async function changedSince(since: Date): Promise<Run[]> {
    const found: Run[] = [];
    // A list is asked for once, or for each pipeline where it is one of a pipeline.
    const each = wish?.path.includes('{pipeline}') ? (only ?? []) : [undefined];
    for (const pipeline of each) {
      const values = { since: written(since), pipeline };
      for await (const item of readList(
        http,
        { key: 'runs', ...wish, path: wish?.path ?? '', items: wish?.items ?? '@' },
        values,
      )) {
        const run = readRun(createReader(http.where, 'runs.fields', item), fields, statusOf, connection);
        if (only === undefined || only.includes(run.pipeline.key)) found.push(run);
      }
    }
    return found;
  }

  const stateKey = ({ pipeline, run, attempt, status }: Run) =>
    createHash('sha256').update([pipeline.key, run, attempt, status].join('\n')).digest('base64url').slice(0, 16);

  return async (cursor: Cursor | undefined): Promise<{ events: PipelineEvent[]; cursor: PollCursor }> => {
    const before = readCursor(cursor, log);
    const since = before ? new Date(before.since) : new Date(http.serverNow().getTime() - firstLookMs);
    const read = await changedSince(since);
    const now = http.serverNow();
    const known = new Set(before?.told);
    const fresh = read.filter((run) => !known.has(stateKey(run)) && (before || run.status === 'running'));
    const events = fresh.flatMap((run) => eventOf(run, connection, clock.now()) ?? []);
    return {
      events: events.sort((a, b) => a.occurredAt.getTime() - b.occurredAt.getTime()),
      cursor: {
        since: Math.max(before?.since ?? 0, now.getTime() - overlapMs),
        told: [...new Set(read.map(stateKey))],
      },
    };
  };
}

function readCursor(cursor: Cursor | undefined, log: Logger): PollCursor | undefined {
  if (cursor === undefined || cursor === null) return undefined;
  const parsed = PollCursor.safeParse(cursor);
  if (!parsed.success) log.warn('generic-http.cursor-not-readable');
  return parsed.success ? parsed.data : undefined;
}
