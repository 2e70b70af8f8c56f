import pino from 'pino';
import { z } from 'zod';
import { DagRuns } from '../../src/orchestrators/airflow/schema';
import { Runs as DagsterRuns } from '../../src/orchestrators/dagster/schema';
import { Runs as DbtRuns } from '../../src/orchestrators/dbt/schema';
import { InstancePage } from '../../src/orchestrators/maestro/schema';
import { FlowRuns } from '../../src/orchestrators/prefect/schema';
import { connectAll, kindOf } from '../../src/orchestrators/registry';
import { sendJson, startServer } from './local-server';

const at = '2026-11-30T10:00:00Z';

/** Of each kind: two runs as they should be, and how one of them may be off. */
const kinds = [
  {
    kind: 'Airflow',
    list: DagRuns.transform(({ dag_runs }) => dag_runs),
    wrap: (rows: unknown[]) => ({ dag_runs: rows }),
    row: (n: number) => ({ dag_id: 'orders', dag_run_id: `run_${n}`, state: 'failed', start_date: at, end_date: at }),
    status: 'state',
    time: 'end_date',
    id: 'dag_run_id',
  },
  {
    kind: 'Dagster',
    list: DagsterRuns,
    wrap: (rows: unknown[]) => rows,
    row: (n: number) => ({
      runId: `run_${n}`,
      jobName: 'orders',
      status: 'FAILURE',
      tags: [],
      startTime: 1,
      endTime: 2,
    }),
    status: 'status',
    time: 'endTime',
    id: 'runId',
  },
  {
    kind: 'Prefect',
    list: FlowRuns,
    wrap: (rows: unknown[]) => rows,
    row: (n: number) => ({
      ...{ id: `run_${n}`, flow_id: 'f', start_time: at, end_time: at },
      state: { id: 's', type: 'FAILED', timestamp: at },
    }),
    status: 'state',
    time: 'end_time',
    id: 'id',
  },
  {
    kind: 'dbt Cloud',
    list: DbtRuns,
    wrap: (rows: unknown[]) => rows,
    row: (n: number) => ({ id: n, job_definition_id: 7, status: 20, created_at: at, finished_at: at }),
    status: 'status',
    time: 'finished_at',
    id: 'id',
  },
  {
    kind: 'Maestro',
    list: InstancePage.transform(({ elements }) => elements),
    wrap: (rows: unknown[]) => ({ page_info: {}, elements: rows }),
    row: (n: number) => ({
      ...{ workflow_id: 'orders', workflow_instance_id: n, workflow_run_id: 1, status: 'FAILED' },
      ...{ create_time: 1, start_time: 1, end_time: 2 },
    }),
    status: 'status',
    time: 'end_time',
    id: 'workflow_instance_id',
  },
];

describe.each(kinds)('a list of runs of $kind', ({ list, wrap, row, status, time, id }) => {
  const good = list.parse(wrap([row(1)]))[0];
  const read = (off: unknown) => list.parse(wrap([off, row(1)]));

  it.each([
    ['a status of another type', { ...row(2), [status]: { not: 'a status' } }],
    ['a time that is none', { ...row(2), [time]: 'soon' }],
    ['no name', { ...row(2), [id]: undefined }],
    ['a name of another type', { ...row(2), [id]: [['run']] }],
    ['nothing in it', {}],
    ['another type', 'run_2'],
    ['no value', null],
  ])('loses nothing but that by a run with %s', (_what, off) => {
    const rows = read(off);
    expect(rows.at(-1)).toEqual(good);
  });

  it('keeps which run it is, and all but its time, where the time cannot be read', () => {
    const [off] = read({ ...row(2), [time]: 'soon' });
    const [whole] = list.parse(wrap([row(2)]));
    expect({ ...off, [time]: undefined }).toEqual({ ...whole, [time]: undefined });
  });

  it('is none where no run is as it should be', () => {
    const parsed = list.safeParse(wrap([{ ...row(1), [status]: [1] }, {}]));
    expect(parsed.success).toBe(false);
    expect(z.treeifyError(parsed.error as z.ZodError)).toBeDefined();
  });
});

it('a poll tells the other runs, and counts the one that it cannot read', async () => {
  const runs = kinds[0]?.wrap([kinds[0].row(1), { ...kinds[0].row(2), state: 7 }, null, null, kinds[0].row(3)]);
  const server = await startServer(({ url }, response) => {
    if (url.includes('/version')) return sendJson(response, 200, { version: '3.3.2' });
    if (url.includes('/taskInstances')) return sendJson(response, 200, { task_instances: [], total_entries: 0 });
    if (url.includes('/dagRuns')) return sendJson(response, 200, { ...(runs as object), total_entries: 5 });
    return sendJson(response, 200, {});
  });
  const unknown: string[] = [];
  const settings = kindOf('airflow')?.check({ url: server.url, token: 't' }).data;
  const connected = connectAll([{ name: 'prod', kind: 'airflow', settings }], {
    log: pino({ level: 'silent' }),
    clock: { now: () => new Date() },
    unknownWord: (connection) => unknown.push(connection),
  }).get('prod');
  const news = await connected?.orchestrator.poll?.({ until: Date.now() - 3_600_000, told: [] });
  await connected?.close();
  await server.close();
  expect(news?.events.map(({ run, kind }) => `${run} ${kind}`)).toEqual(['run_1 failed', 'run_3 failed']);
  expect(new Set(unknown)).toEqual(new Set(['prod']));
});
