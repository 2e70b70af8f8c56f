import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv from 'ajv';
import type { z } from 'zod';
import type { Http } from '../../../src/orchestrators/http';
import { createApi } from '../../../src/orchestrators/prefect/api';
import { onlyWhere } from '../../support/only-where';
import { until } from '../../support/until';
import { flows } from './bench';
import { startPrefect } from './server';

type Json = Record<string, unknown>;
interface Call {
  method: string;
  path: string;
  query: string[];
  body: unknown;
}

const ids: Record<'run' | 'deployment' | 'flow', string> = {
  run: crypto.randomUUID(),
  deployment: crypto.randomUUID(),
  flow: crypto.randomUUID(),
};

/** Every call that the adapter makes, as it would leave. */
async function callsMade({ run, deployment, flow } = ids): Promise<Call[]> {
  const calls: Call[] = [];
  const note =
    (method: string) =>
    async <T>(path: string, _schema: z.ZodType<T>, options: { query?: object; body?: unknown } = {}): Promise<T> => {
      calls.push({ method, path, query: Object.keys(options.query ?? {}), body: options.body });
      return [] as T;
    };
  const http = {
    where: 'Prefect',
    serverNow: () => new Date(),
    get: note('get'),
    query: note('post'),
    post: note('post'),
  };
  const api = createApi(http as unknown as Http);
  const at = new Date();
  await api.version();
  await api.run(run);
  await api.runs({ changed: { from: at, until: at }, deployments: [deployment] }, 0, 1);
  await api.runs({ ids: [run], types: ['RUNNING'], sort: 'EXPECTED_START_TIME_DESC' }, 0, 1);
  await api.runs({ idempotencyKey: 'k', stateNames: ['Late'] }, 0, 1);
  await api.count({ changed: { from: at, until: at } });
  await api.states(run);
  await api.taskRuns(run, 0, 1);
  await api.logs({ run, tasks: [run] }, at.toISOString(), 0, 1);
  await api.flow(flow);
  await api.deployment(deployment);
  await api.deploymentNamed('smooth', 'live');
  await api.deployments(0, 1);
  await api.deploymentCount();
  await api.setState(run, {
    type: 'SCHEDULED',
    name: 'AwaitingRetry',
    message: 'm',
    transitionId: crypto.randomUUID(),
  });
  await api.createRun(deployment, { idempotencyKey: 'k', parameters: { note: 'n' }, tags: ['t'], message: 'm' });
  await api.resume(deployment);
  await api.probe.setState();
  await api.probe.createRun();
  await api.probe.pause();
  return calls;
}

const file = join(__dirname, '../../../../shared/specs/prefect.json');

/** The official description, as far as it is asked here. */
function read() {
  const spec = JSON.parse(readFileSync(file, 'utf8')) as Json;
  const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true }).addSchema(spec, 'prefect');
  const absolute = (schema: unknown): object =>
    JSON.parse(JSON.stringify(schema ?? {}).replaceAll('"#/', '"prefect#/')) as object;
  const resolve = (schema: unknown): Json => {
    const at = (schema as { $ref?: string } | undefined)?.$ref;
    const parts = at?.slice(2).split('/') ?? [];
    return at ? (parts.reduce<unknown>((node, key) => (node as Json)[key], spec) as Json) : ((schema ?? {}) as Json);
  };
  const patterns = Object.entries(spec.paths as Json).map(([pattern, item]) => ({
    pattern: new RegExp(`^${pattern.replace(/\{\w+\}/g, '[^/]+')}$`),
    literals: pattern.replace(/\{\w+\}/g, '').length,
    item: item as Json,
  }));
  return {
    operation({ method, path }: Pick<Call, 'method' | 'path'>): Json | undefined {
      const fitting = patterns.filter(({ pattern, item }) => pattern.test(path) && item[method]);
      return fitting.sort((a, b) => b.literals - a.literals)[0]?.item[method] as Json | undefined;
    },
    /** Where a value is not as described. Of its own keys also those that the description does not have, nor forbids. */
    faults(value: unknown, schema: unknown): string[] {
      const isRight = ajv.compile(absolute(schema));
      const known = resolve(schema).properties as Json | undefined;
      const strays = known ? Object.keys((value ?? {}) as Json).filter((key) => !(key in known)) : [];
      if (isRight(value)) return strays;
      return [
        ...strays,
        ...(isRight.errors ?? []).map(
          ({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
        ),
      ];
    },
  };
}

const bodyOf = (operation: Json): unknown => {
  const content = (operation.requestBody as Json | undefined)?.content as Json | undefined;
  return (content?.['application/json'] as Json | undefined)?.schema;
};
const answerOf = (operation: Json): unknown => {
  const responses = Object.entries(operation.responses as Json).find(([status]) => status.startsWith('2'))?.[1] as Json;
  return ((responses.content as Json | undefined)?.['application/json'] as Json | undefined)?.schema;
};

describe('the official description of Prefect', () => {
  const ifThere = onlyWhere(existsSync(file), '../shared/specs is not there').it;

  ifThere('has every call that is made, with its query and all that is in its body', async () => {
    const description = read();
    const found = (await callsMade()).flatMap((call) => {
      const operation = description.operation(call);
      const name = `${call.method} ${call.path}`;
      if (!operation) return [name];
      const parameters = ((operation.parameters ?? []) as Json[]).map((one) => one.name);
      return [
        ...call.query.filter((key) => !parameters.includes(key)).map((key) => `${name} ?${key}`),
        ...(call.body === undefined
          ? []
          : description.faults(call.body, bodyOf(operation)).map((fault) => `${name} ${fault}`)),
      ];
    });
    expect(found).toEqual([]);
  });

  ifThere('has every answer of the stand-in as it is given', async () => {
    const description = read();
    const server = await startPrefect(flows);
    try {
      const made = server.engine.add('bumpy');
      await until(async () => made.state.type === 'FAILED', { what: 'the failure' });
      const deployment = made.deployment ?? '';
      const authorization = `Basic ${Buffer.from('admin:admin-pw').toString('base64')}`;
      const faults: string[] = [];
      for (const { method, path, body } of await callsMade({ run: made.id, deployment, flow: made.flow })) {
        const query = path.endsWith('/flow_run_states/') ? `?flow_run_id=${made.id}` : '';
        const answer = await fetch(server.url + path + query, {
          ...{ method: method.toUpperCase(), headers: { authorization } },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        });
        const operation = description.operation({ method, path });
        if (answer.status !== 200 || !operation) continue;
        const said: unknown = await answer.json();
        faults.push(...description.faults(said, answerOf(operation)).map((fault) => `${method} ${path} ${fault}`));
      }
      expect(faults).toEqual([]);
    } finally {
      await server.close();
    }
  });
});
