import { connectTo } from './connect';
import { type Airflow, startAirflow } from './server';

let server: Airflow;
let connection: ReturnType<typeof connectTo>;

beforeEach(async () => {
  server = await startAirflow({ major: 3, pipelines: [{ id: 'busy', tasks: [{ id: 'main' }] }] });
  connection = connectTo(server.url);
});
afterEach(async () => {
  await connection.close();
  await server.close();
});

/** Runs that ended at these times, without having been run. */
function past(ends: Date[]): void {
  for (const [nth, end] of ends.entries()) {
    const run = server.engine.add('busy', { id: `r${server.engine.runs.length}`, type: 'manual', state: 'success' });
    const task = run.tasks[0];
    if (task) Object.assign(task, { state: nth % 7 === 0 ? 'failed' : 'success', tries: 1, start: end, end });
    Object.assign(run, { state: nth % 7 === 0 ? 'failed' : 'success', start: end, end, updated: end });
  }
}

async function poll(cursor: unknown) {
  const news = await connection.orchestrator.poll?.(cursor);
  if (!news) throw new Error('It cannot poll.');
  return { events: news.events, cursor: JSON.parse(JSON.stringify(news.cursor)) as unknown };
}

describe('catching up after a long absence', () => {
  it('takes a part at each poll, and tells each run once', async () => {
    const now = Date.now();
    past(Array.from({ length: 1_040 }, (_, nth) => new Date(now - 3_600_000 + nth * 1_000)));
    let cursor: unknown = { until: now - 7_200_000, told: [] };
    const told: string[] = [];
    const sizes: number[] = [];
    for (let nth = 0; nth < 5; nth += 1) {
      const news = await poll(cursor);
      sizes.push(news.events.length);
      told.push(...news.events.map(({ run, kind }) => `${run} ${kind}`));
      cursor = news.cursor;
    }
    expect(new Set(told).size).toBe(1_040);
    expect(told).toHaveLength(1_040);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(1_000);
    expect(sizes.at(-1)).toBe(0);
  });

  it('gets past a moment at which more ended than are taken at once', async () => {
    const moment = new Date(Date.now() - 3_600_000);
    past(Array.from({ length: 1_010 }, () => moment));
    let cursor: unknown = { until: moment.getTime() - 1_000, told: [] };
    const told = new Set<string>();
    for (let nth = 0; nth < 4; nth += 1) {
      const news = await poll(cursor);
      for (const { run } of news.events) told.add(run);
      cursor = news.cursor;
    }
    expect(told.size).toBe(1_010);
  });
});

describe('the cursor', () => {
  it('keeps its place while the server answers in part only', async () => {
    const { cursor } = await poll(undefined);
    past([new Date()]);
    const run = server.engine.runs.at(-1);
    if (run) run.dag = 'gone';
    // The tasks of that run are not there: a run that was deleted meanwhile is no fault, and not in the way of the others.
    past([new Date()]);
    const news = await poll(cursor);
    expect(news.events.map(({ pipeline }) => pipeline)).toEqual(['busy']);
  });

  it('that cannot be read begins anew, with what is going on', async () => {
    past([new Date()]);
    await expect(poll({ page: 3 })).resolves.toMatchObject({ events: [] });
  });

  it('tells a run again when it changes within the time that is looked at twice', async () => {
    const { cursor } = await poll(undefined);
    past([new Date()]);
    const first = await poll(cursor);
    const run = server.engine.runs[0];
    if (!run) throw new Error('no run');
    Object.assign(run, { state: 'running', start: new Date(Date.now() + 10), end: undefined, updated: new Date() });
    const second = await poll(first.cursor);
    expect([first, second].map(({ events }) => events.map(({ kind }) => kind))).toEqual([['failed'], ['started']]);
  });
});
