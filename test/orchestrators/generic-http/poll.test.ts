import pino from 'pino';
import type { Orchestrator } from '../../../src/orchestrators/orchestrator';
import { connectAll, kindOf } from '../../../src/orchestrators/registry';
import { sendJson, startServer } from '../local-server';

interface Row {
  id: number;
  state: string;
  at: number;
  who?: string;
}

/** A list of runs with tokens for its pages, which knows of its clients nothing but these. */
async function startList() {
  const rows: Row[] = [];
  const forgotten = new Set<string>();
  const server = await startServer(({ url: address }, response) => {
    const url = new URL(address, 'http://x');
    const token = url.searchParams.get('token') ?? '';
    // It gives the same name to the place anew.
    if (forgotten.delete(token)) return sendJson(response, 400, { error: 'no such token' });
    const from = Number(token || 0);
    const since = Number(url.searchParams.get('since') ?? 0);
    const all = rows.filter(({ at }) => at >= since);
    const more = from + 100 < all.length ? String(from + 100) : undefined;
    sendJson(response, 200, { rows: all.slice(from, from + 100), more });
  });
  return {
    rows,
    forgotten,
    url: server.url,
    close: server.close,
  };
}

function connect(url: string, path: string): Orchestrator & { close(): Promise<void> } {
  const settings = kindOf('generic-http')?.check({
    ...{ url, times: 'milliseconds', poll: { everySeconds: 30 } },
    statuses: { running: ['go'], succeeded: ['ok'], failed: ['ko'] },
    run: {
      path: '/run/{run}',
      fields: {
        pipeline: "'orders'",
        run: 'id',
        status: 'state',
        startedAt: 'at',
        endedAt: 'at',
        startedBy: 'who',
      },
    },
    runs: { path, items: 'rows', paging: { by: 'next', next: 'more' }, fields: {} },
  });
  if (!settings?.success) throw new Error(String(settings?.error));
  const log = pino({ level: 'silent' });
  const entry = { name: 'meson', kind: 'generic-http', settings: settings.data };
  const connected = connectAll([entry], { log, clock: { now: () => new Date() } }).get('meson');
  if (!connected) throw new Error('not connected');
  return { ...connected.orchestrator, close: connected.close };
}

describe.each([
  ['that is asked for what changed since a time', '/runs?since={since}&token={next}'],
  ['that is always read as a whole', '/runs?token={next}'],
])('a long list %s', (_title, path) => {
  let list: Awaited<ReturnType<typeof startList>>;
  const open: { close(): Promise<unknown> }[] = [];
  beforeEach(async () => {
    list = await startList();
    open.push(list);
  });
  afterEach(async () => {
    for (const one of open.splice(0).reverse()) await one.close();
  });

  /** As a new process each time, with nothing but the stored cursor. */
  async function poll(cursor: unknown) {
    const orchestrator = connect(list.url, path);
    open.push(orchestrator);
    const news = await orchestrator.poll?.(cursor);
    return {
      ...news,
      runs: news?.events.map(({ run }) => Number(run)) ?? [],
      cursor: JSON.parse(JSON.stringify(news?.cursor)),
    };
  }

  async function pollOut(cursor: unknown) {
    const runs: number[] = [];
    let news = await poll(cursor);
    runs.push(...news.runs);
    let polls = 1;
    for (; news.isBehind; polls += 1) {
      news = await poll(news.cursor);
      runs.push(...news.runs);
    }
    return { runs, polls, cursor: news.cursor };
  }

  const add = (count: number, at = Date.now()) => {
    for (let nth = 0; nth < count; nth += 1) list.rows.push({ id: list.rows.length, state: 'ok', at });
  };
  const upTo = (count: number) => Array.from({ length: count }, (_, nth) => nth);

  it('is told part by part over restarts, each run once, and with what came meanwhile', async () => {
    const { cursor } = await pollOut(undefined);
    add(2_300);
    const first = await poll(cursor);
    expect(first.runs).toHaveLength(1_000);
    expect(first.isBehind).toBe(true);
    add(5);
    const { runs, cursor: after, polls } = await pollOut(first.cursor);
    expect([...first.runs, ...runs]).toEqual(upTo(2_305));
    expect(polls).toBe(2);
    add(1);
    expect((await pollOut(after)).runs).toEqual([2_305]);
  });

  it('names who started a run where its field does', async () => {
    const { cursor } = await pollOut(undefined);
    add(1);
    list.rows.push({ id: 1, state: 'ok', at: Date.now(), who: 'ada@example.com' });
    const { starts } = await poll(cursor);
    expect(starts?.map(({ run, by }) => `${run} ${by}`)).toEqual(['1 ada@example.com']);
  });

  it('is begun again where the server has lost the place, and no run is left out or told twice', async () => {
    const { cursor } = await pollOut(undefined);
    add(1_500);
    const first = await poll(cursor);
    list.forgotten.add('1000');
    const { runs } = await pollOut(first.cursor);
    expect([...first.runs, ...runs]).toEqual(upTo(1_500));
  });

  it('tells at first only what runs', async () => {
    add(1_200);
    list.rows.push({ id: 9_000, state: 'go', at: Date.now() });
    const { runs, cursor } = await pollOut(undefined);
    expect(runs).toEqual([9_000]);
    const last = list.rows.at(-1);
    if (last) last.state = 'ko';
    expect((await pollOut(cursor)).runs).toEqual([9_000]);
  });
});
