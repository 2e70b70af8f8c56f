/**
 * Owns the silence of those who should be heard: sources and connections by their own rhythm, polled connections by their polls.
 * In: what came into the inbox, and when polls went through. Out: events of Pitcrew's own, one when it gets silent, one when it ends.
 */
import { TZDate } from '@date-fns/tz';
import { format } from 'date-fns/format';
import { type EventKind, ownConnection, ownSources, type PipelineEvent } from '../domain/pipeline-event';
import type { Settings } from '../domain/settings';
import { pollingLimitMs, rhythmOf } from '../domain/silence';
import type { Clock } from '../lib/clock';
import type { Logger } from '../lib/logger';
import type { Db, Tx } from '../store/db';
import type { Condition } from '../store/due';
import * as heardRows from '../store/heard-rows';
import * as inboxRows from '../store/inbox-rows';

export interface SilenceDeps {
  db: Db;
  clock: Clock;
  log: Logger;
  settings(): Pick<Settings, 'ingest' | 'orchestrators' | 'workspace'>;
}

const source = ownSources.silence;
const rowsAtOnce = 25_000;
/** While nobody is silent and nobody's limit has passed, what came in is looked at so often: shorter than any rhythm's limit. */
const listenEveryMs = 10_000;

/** Whoever was put into the settings meanwhile is looked at after this. */
const anywayMs = 60_000;

/** One who should be heard, as it stands now. */
interface Watch {
  /** The name of its alert. */
  name: string;
  lastAt?: Date;
  /** Longer than this without a word is silence; undefined = not known yet. */
  limitMs?: number;
  /** @param since in words */
  say(since: string): string;
}

export function createSilenceWatch({ db, clock, log, settings }: SilenceDeps) {
  /** Before we ran nobody could be heard. */
  const listeningSince = clock.now();
  let listenedAt = Number.NEGATIVE_INFINITY;
  /** The first moment at which somebody may be silent, or be heard again, as known when last listened. */
  let dueAt = Number.NEGATIVE_INFINITY;

  /** What came is heard since then; before we ran nobody could be. */
  const heardSince = (lastAt: Date | undefined): Date => (lastAt && lastAt > listeningSince ? lastAt : listeningSince);

  async function listen(tx: Tx): Promise<void> {
    const sources = new Set(settings().ingest.sources.map(({ name }) => name));
    const connections = new Set(settings().orchestrators.map(({ name }) => name));
    const times = new Map<string, Date[]>();
    for (const arrivals of await heardRows.nextArrivals(tx, rowsAtOnce)) {
      const { from, connection } = arrivals;
      const who = sources.has(from)
        ? from
        : connection !== null && connections.has(connection)
          ? connection
          : undefined;
      // What we said ourselves (a watch, a followed action) is nobody's sign of life.
      if (who === undefined || from === 'pitcrew') continue;
      times.set(eventsOf(who), [...(times.get(eventsOf(who)) ?? []), ...arrivals.times]);
    }
    await heardRows.hear(
      tx,
      [...times].map(([name, all]) => ({ name, times: all.sort((a, b) => a.getTime() - b.getTime()) })),
    );
  }

  function watches(heard: heardRows.Heard[], polls: heardRows.LastPoll[]): Watch[] {
    const { ingest, orchestrators } = settings();
    const names = new Set([...ingest.sources, ...orchestrators].map(({ name }) => name));
    return [
      ...[...names].map((who): Watch => {
        const arrivals = heard.find(({ name }) => name === eventsOf(who))?.arrivals ?? [];
        const rhythm = rhythmOf(arrivals);
        return {
          name: eventsOf(who),
          lastAt: arrivals.at(-1),
          limitMs: rhythm?.limitMs,
          say: (since) =>
            `nothing has come from ${who} since ${since}; before, the next came within ${sayMs(rhythm?.p95GapMs ?? 0)} (p95, n ${rhythm?.n ?? 0})`,
        };
      }),
      ...orchestrators.flatMap(({ name: who, poll }): Watch[] => {
        if (!poll) return [];
        const last = polls.find(({ connection }) => connection === who);
        const why = last?.fault ? `: ${last.fault}` : '';
        return [
          {
            name: `${who} (polling)`,
            lastAt: last?.succeededAt ?? undefined,
            limitMs: pollingLimitMs(poll.everySeconds),
            say: (since) => `no poll of ${who} has gone through since ${since}${why}`,
          },
        ];
      }),
    ];
  }

  /** @returns what is to be told of it now, if anything */
  async function judge(tx: Tx, watch: Watch, silentSince: Date | null, now: Date): Promise<PipelineEvent | undefined> {
    const { name, lastAt, limitMs } = watch;
    if (silentSince) {
      if (!lastAt || lastAt <= silentSince) return undefined;
      await heardRows.markHeard(tx, name);
      return eventOf('succeeded', name, silentSince, now);
    }
    const since = heardSince(lastAt);
    if (limitMs === undefined || now.getTime() - since.getTime() <= limitMs) return undefined;
    const from = lastAt ?? since;
    await heardRows.markSilent(tx, name, from);
    const { timeZone } = settings().workspace;
    const text = watch.say(`${format(new TZDate(from, timeZone), 'd MMM yyyy, HH:mm')} (${timeZone})`);
    return { ...eventOf('check-failed', name, from, now), error: text };
  }

  async function watchAll(tx: Tx): Promise<number> {
    if (!(await heardRows.take(tx))) return 0;
    await listen(tx);
    const now = clock.now();
    const heard = await heardRows.all(tx);
    const watched = watches(heard, await heardRows.lastPolls(tx));
    const events: PipelineEvent[] = [];
    for (const watch of watched) {
      const known = heard.find(({ name }) => name === watch.name);
      const event = await judge(tx, watch, known?.silentSince ?? null, now);
      if (event) events.push(event);
    }
    // Nobody waits any more for what was taken out of the settings.
    for (const { name, silentSince } of heard) {
      if (!silentSince || watched.some((watch) => watch.name === name)) continue;
      await heardRows.markHeard(tx, name);
      events.push(eventOf('skipped', name, silentSince, now));
    }
    const isAnySilent = events.length > 0 || heard.some(({ silentSince }) => silentSince);
    const limits = watched.map(
      ({ lastAt, limitMs = Number.POSITIVE_INFINITY }) => heardSince(lastAt).getTime() + limitMs,
    );
    dueAt = isAnySilent ? Number.NEGATIVE_INFINITY : Math.min(...limits);
    listenedAt = now.getTime();
    await inboxRows.store(tx, events.map(entryOf), now);
    for (const { kind, pipeline } of events) log.info({ kind, who: pipeline }, 'silence.told');
    return events.length;
  }

  return {
    isDue(): Condition {
      const now = clock.now().getTime();
      if (now > dueAt || now - listenedAt >= anywayMs) return () => 'true';
      return now - listenedAt >= listenEveryMs ? heardRows.isAnyUnheard : () => 'false';
    },

    /** @returns how much there is to decide */
    sweep: (): Promise<number> => db.transaction(watchAll),
  };
}

export type SilenceWatch = ReturnType<typeof createSilenceWatch>;

const eventsOf = (who: string): string => `${who} (events)`;

/** One silence is one run: it fails once, and ends once. */
function eventOf(kind: EventKind, pipeline: string, since: Date, now: Date): PipelineEvent {
  const run = `silent-since-${since.toISOString()}`;
  return {
    source,
    id: `${pipeline}:${run}:${kind}`,
    kind,
    occurredAt: now,
    connection: ownConnection,
    pipeline,
    run,
    attempt: 1,
    final: true,
  };
}

function entryOf(event: PipelineEvent): inboxRows.InboxEntry {
  const { id, connection, occurredAt } = event;
  return { source, id, kind: 'run', connection, payload: event, occurredAt };
}

function sayMs(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  if (minutes < 1) return `${Math.max(1, Math.round(ms / 1_000))} s`;
  return minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
}
