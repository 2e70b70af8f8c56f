import { setTimeout as sleep } from 'node:timers/promises';
import type { Product } from './product';

/** One pipeline and partition that fails, once or twice, and is well again in the end or not. */
export interface StreamRun {
  pipeline: string;
  team: number;
  /** A word that only the error texts of its cause hold. */
  cause: string;
  events: StreamEvent[];
  endsWell: boolean;
}

export interface StreamEvent {
  kind: 'failed' | 'succeeded';
  id: string;
  /** ms after the start of the stream; and not before the one before it was answered 2xx. */
  atMs: number;
  after?: StreamEvent;
  data: Record<string, unknown>;
  time?: string;
  state: 'waits' | 'under way' | 'stored';
}

/** Where events go at this moment; nothing while nobody is up. */
export type Target = () => Pick<Product, 'url' | 'ingestToken'> | undefined;

/** Members of one cause at most: so few are all named by their alert and its thread. */
const causeMax = 4;

/**
 * Runs that fail one after the other over so long; most of them recover some seconds later, some fail again after that. Four in ten
 * share their cause with others, in the same channel or another.
 */
export function planRuns(options: {
  random: () => number;
  runs: number;
  teams: number;
  overMs: number;
  /** The longest that a run takes to its next event. @default 12,000 */
  paceMs?: number;
  name?: string;
}): StreamRun[] {
  const { random, runs, teams, overMs, paceMs = 12_000, name = 'p' } = options;
  const planned: StreamRun[] = [];
  for (let cause = 0; planned.length < runs; cause += 1) {
    const size = random() < 0.75 ? 1 : 2 + Math.floor(random() * (causeMax - 1));
    const word = `src_${inLetters(cause)}_raw`;
    const fromMs = random() * overMs;
    for (let n = 0; n < size && planned.length < runs; n += 1) {
      planned.push(planRun(planned.length, word, fromMs + random() * paceMs));
    }
  }
  return planned;

  function planRun(index: number, cause: string, fromMs: number): StreamRun {
    const team = Math.floor(random() * teams);
    const pipeline = `${name}${team}_run_${String(index).padStart(5, '0')}`;
    const kinds: StreamEvent['kind'][] = ['failed'];
    if (random() < 0.75) {
      kinds.push('succeeded');
      if (random() < 0.2) {
        kinds.push('failed');
        if (random() < 0.6) kinds.push('succeeded');
      }
    }
    const events: StreamEvent[] = [];
    let atMs = fromMs;
    for (const [n, kind] of kinds.entries()) {
      events.push({
        kind,
        id: `${pipeline}-${n}`,
        atMs,
        after: events.at(-1),
        state: 'waits',
        data: {
          pipeline,
          run: `run-${index}`,
          attempt: n + 1,
          partition: '2026-11-25',
          team: `team-${team}`,
          ...(kind === 'failed' ? { error: `psycopg2.errors.UndefinedTable: relation "${cause}" does not exist` } : {}),
        },
      });
      atMs += 300 + random() * paceMs;
    }
    return { pipeline, team, cause, events, endsWell: kinds.at(-1) === 'succeeded' };
  }
}

/** Digits in a cause are taken for what changes from run to run. */
function inLetters(index: number): string {
  return String(index)
    .padStart(4, '0')
    .replace(/\d/g, (digit) => 'ghjkmnpqrs'[Number(digit)] ?? '');
}

export interface Sent {
  events: number;
  calls: number;
  /** Calls that were not answered 2xx, whose events were sent again. */
  unanswered: number;
  tookMs: number;
}

/** Sends each event once its time has come, again and again until it is answered 2xx, and never after that. */
export async function sendRuns(runs: StreamRun[], target: Target, batchMax = 20): Promise<Sent> {
  const events = runs.flatMap((run) => run.events).sort((a, b) => a.atMs - b.atMs);
  const began = performance.now();
  const sent: Sent = { events: events.length, calls: 0, unanswered: 0, tookMs: 0 };
  let left = events;
  const lanes = Array.from({ length: 4 }, async () => {
    while (left.length > 0) {
      const now = performance.now() - began;
      const batch = left
        .filter(({ state, atMs, after }) => state === 'waits' && atMs <= now && (after?.state ?? 'stored') === 'stored')
        .slice(0, batchMax);
      if (batch.length === 0) {
        await sleep(20);
        continue;
      }
      for (const event of batch) event.state = 'under way';
      sent.calls += 1;
      const isStored = await post(target(), batch);
      for (const event of batch) event.state = isStored ? 'stored' : 'waits';
      left = left.filter(({ state }) => state !== 'stored');
      if (isStored) continue;
      sent.unanswered += 1;
      await sleep(100);
    }
  });
  await Promise.all(lanes);
  return { ...sent, tookMs: performance.now() - began };
}

/** @throws when the door does not take what is right */
async function post(product: ReturnType<Target>, batch: StreamEvent[]): Promise<boolean> {
  if (!product) return false;
  for (const event of batch) event.time ??= new Date().toISOString();
  const body = batch.map(({ kind, id, time, data }) => ({
    specversion: '1.0',
    id,
    source: '/stream',
    type: `io.pitcrew.run.${kind}.v1`,
    time,
    data,
  }));
  let response: Response;
  let said: string;
  try {
    response = await fetch(`${product.url}/ingest/events`, {
      method: 'POST',
      headers: { 'content-type': 'application/cloudevents-batch+json', authorization: `Bearer ${product.ingestToken}` },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(10_000),
    });
    said = await response.text();
  } catch {
    return false;
  }
  if (response.status >= 500 || response.status === 429) return false;
  if (response.status !== 202 || JSON.parse(said).refused.length > 0) {
    throw new Error(`the door: ${response.status} ${said.slice(0, 300)}`);
  }
  return true;
}
