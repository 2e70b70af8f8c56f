import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { z } from 'zod';
import { createApi } from '../../../src/orchestrators/airflow/api';
import type { Http } from '../../../src/orchestrators/http';
import { onlyWhere } from '../../support/only-where';

interface Call {
  method: string;
  path: string;
  query: string[];
  body: string[];
}

/** Every call that the adapter makes, as it would leave, for one of the two Airflows. */
async function callsOf(major: 3 | 2): Promise<Call[]> {
  const calls: Call[] = [];
  const note =
    (method: string) =>
    async <T>(path: string, _schema: z.ZodType<T>, options: { query?: object; body?: object } = {}): Promise<T> => {
      const [pathname = '', search] = path.split('?');
      const query = [...new URLSearchParams(search).keys(), ...Object.keys(options.query ?? {})];
      calls.push({ method, path: pathname, query, body: Object.keys(options.body ?? {}) });
      const answer = {
        dags: [],
        tasks: [],
        dag_runs: [],
        task_instances: [],
        backfills: [],
        dag_versions: [],
        assets: [],
      };
      return answer as T;
    };
  const http = {
    where: 'Airflow',
    serverNow: () => new Date(),
    get: note('get'),
    query: note('post'),
    post: note('post'),
    put: note('put'),
    patch: note('patch'),
  } as unknown as Http;
  const api = createApi(http, async () => ({ major, minor: 0, version: `${major}.0.0` }));
  const at = new Date();
  await api.dag('d');
  await api.dags(0, 1);
  await api.tasks('d');
  await api.run('d', 'r');
  await api.runs(undefined, { states: ['running'], updatedFrom: at, updatedUntil: at, orderBy: 'updated_at' }, 0, 1);
  await api.runs('d', { logicalFrom: at, logicalUntil: at, orderBy: 'logical_date' }, 0, 1);
  await api.instances('d', 'r', { states: ['failed'] }, 0, 1);
  await api.instance('d', 'r', 't', -1);
  await api.instance('d', 'r', 't', 1);
  await note('get')(`${await api.logPath('d', 'r', { task: 't', mapIndex: 1 }, 1)}&token=x`, undefined as never);
  await api.trigger('d', { id: 'r', logicalDate: at, conf: {}, note: 'n' });
  await api.setNote('d', 'r', 'n');
  await api.setRunState('d', 'r', 'failed');
  await api.markSucceeded('d', 'r', 't', -1);
  await api.markSucceeded('d', 'r', 't', 1);
  await api.clear('d', { run: 'r', tasks: [{ task: 't', mapIndex: 1 }], onlyFailed: true, isDry: true });
  await api.pause('d', false);
  await api.assets(0, 1);
  await api.health();
  await api.importErrors();
  await api.probe.clear('d');
  await api.probe.trigger('d');
  await api.probe.setState('d');
  await api.probe.pause('d');
  if (major === 3) await api.probe.backfill();
  if (major === 2) return calls;
  const wish = { dag: 'd', from: 'f', to: 't', reprocess: 'none' as const, atOnce: 1, conf: { a: 1 } };
  await api.dryBackfill(wish);
  await api.createBackfill(wish);
  await api.backfill('1');
  await api.backfills('d', 0, 1);
  await api.tellBackfill('1', 'cancel');
  await api.versions('d', 0, 1);
  return calls;
}

type Json = Record<string, unknown>;
const folder = join(__dirname, '../../../../shared/specs');

/** The official description, as far as it is asked here. */
function read(file: string, prefix: string) {
  const spec = parse(readFileSync(join(folder, file), 'utf8')) as Json;
  const resolve = (value: unknown): Json => {
    const at = (value as { $ref?: string } | undefined)?.$ref;
    if (!at) return (value ?? {}) as Json;
    return resolve(
      at
        .slice(2)
        .split('/')
        .reduce<unknown>((node, key) => (node as Json)[key], spec),
    );
  };
  const paths = Object.entries(spec.paths as Json).map(([path, item]) => ({
    pattern: new RegExp(`^${prefix}${path.replace(/\{\w+\}/g, '[^/]+')}$`),
    literals: path.replace(/\{\w+\}/g, '').length,
    item: item as Json,
  }));
  return {
    find({ method, path }: Call): { query: string[]; body: string[] } | undefined {
      const found = paths
        .filter(({ pattern, item }) => pattern.test(path) && item[method])
        .sort((a, b) => b.literals - a.literals)[0];
      if (!found) return undefined;
      const operation = found.item[method] as Json;
      const parameters = [
        ...((found.item.parameters ?? []) as unknown[]),
        ...((operation.parameters ?? []) as unknown[]),
      ];
      const content = resolve(operation.requestBody).content as Json | undefined;
      const schema = resolve((content?.['application/json'] as Json | undefined)?.schema);
      return {
        query: parameters.map(resolve).flatMap((one) => (one.in === 'query' ? [String(one.name)] : [])),
        body: Object.keys((schema.properties ?? {}) as Json),
      };
    },
  };
}

const areThere = existsSync(join(folder, 'airflow-v2.yaml'));

describe.each([
  { major: 3 as const, file: 'airflow-v2.yaml', prefix: '' },
  { major: 2 as const, file: 'airflow-v1.yaml', prefix: '/api/v1' },
])('the official description of Airflow $major', ({ major, file, prefix }) => {
  onlyWhere(areThere, '../shared/specs is not there').it(
    'has every call that is made, with its query and its body',
    async () => {
      const description = read(file, prefix);
      const strays = (await callsOf(major)).flatMap((call) => {
        const known = description.find(call);
        const name = `${call.method} ${call.path}`;
        if (!known) return [name];
        return [
          ...call.query.filter((key) => !known.query.includes(key)).map((key) => `${name} ?${key}`),
          ...call.body.filter((key) => !known.body.includes(key)).map((key) => `${name} {${key}}`),
        ];
      });
      expect(strays).toEqual([]);
    },
  );
});
