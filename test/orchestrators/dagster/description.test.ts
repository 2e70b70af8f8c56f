import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  buildSchema,
  type GraphQLSchema,
  getVariableValues,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isUnionType,
  Kind,
  parse,
  validate,
} from 'graphql';
import type { z } from 'zod';
import { createApi } from '../../../src/orchestrators/dagster/api';
import { createFeatures } from '../../../src/orchestrators/dagster/features';
import type { Http } from '../../../src/orchestrators/http';
import { onlyWhere } from '../../support/only-where';
import { typeDefs } from './schema';

interface Question {
  query: string;
  variables: Record<string, unknown>;
}

/** Every question that the adapter asks, as it would leave. */
async function questions(): Promise<Question[]> {
  const asked: Question[] = [];
  const note = async <T>(_path: string, _schema: z.ZodType<T>, { body }: { body?: unknown } = {}): Promise<T> => {
    asked.push(body as Question);
    throw new Error('noted');
  };
  const http = { where: 'Dagster', serverNow: () => new Date(), query: note, post: note } as unknown as Http;
  const features = async () => ({ version: '1', hasJobOwners: true, hasRetryTags: true });
  const api = createApi(http, features);
  const job = { kind: 'job' as const, job: 'j', repository: 'r', location: 'l' };
  const asset = { kind: 'asset' as const, path: ['a', 'b'], repository: 'r', location: 'l' };
  const tags = [{ key: 'k', value: 'v' }];
  const at = new Date();
  const filter = { pipelineName: 'j', tags, statuses: ['STARTED'], updatedAfter: at, updatedBefore: at };
  const starter = {
    ...{ name: 'n', id: 'i', at: job, isRunning: true, isByHand: false, isShared: false, mayChange: true },
  };
  const calls: (() => Promise<unknown>)[] = [
    createFeatures(http, { now: () => at }),
    () => api.version(),
    () => api.run('r'),
    () => api.runWithSteps('r'),
    () => api.runPlan('r'),
    () => api.mayChange('r'),
    () => api.runs(filter, 1, 'c'),
    () => api.countRuns(filter),
    () => api.runsOfEach('j', [tags, tags], 1),
    () => api.events('r', 'all', 1, 'c'),
    () => api.events('r', 'failures', 1),
    () => api.captured('r', 'f', 1, 'c'),
    () => api.repositories(),
    () => api.assets(),
    () => api.partitions(job),
    () => api.partitions(asset),
    () => api.partition(asset, 'p'),
    () => api.partitionSet(job, 'j'),
    () => api.backfill('b'),
    () => api.backfillsSince(at, 1),
    () => api.launch(job, { config: { ops: {} }, tags }),
    () => api.launch(asset, { config: 'ops: {}', tags, steps: ['s'], mode: 'default', root: 'r', parent: 'p' }),
    () => api.runAgain('r', 'FROM_FAILURE', tags),
    () => api.terminate('r', true),
    () => api.launchBackfill({ set: 's', at: job }, { partitions: ['p'], tags, title: 't' }),
    () => api.launchBackfill({ asset: ['a'] }, { partitions: ['p'], tags, title: 't' }),
    () => api.cancelBackfill('b'),
    () => api.starters(job),
    () => api.setStarter({ kind: 'schedule', ...starter }, true),
    () => api.setStarter({ kind: 'schedule', ...starter }, false),
    () => api.setStarter({ kind: 'sensor', ...starter }, true),
    () => api.setStarter({ kind: 'sensor', ...starter }, false),
    () => api.permissions(),
    () => api.locations(),
    () => api.daemons(),
  ];
  for (const call of calls) await call().catch(() => undefined);
  expect(asked).toHaveLength(calls.length);
  return asked;
}

/** What the schema does not have of a question: its fields, arguments, and the shape of what is sent. */
function strays(schema: GraphQLSchema, { query, variables }: Question): string[] {
  const document = parse(query);
  const inQuery = validate(schema, document).map(({ message }) => message);
  if (inQuery.length > 0) return inQuery;
  const plain = JSON.parse(JSON.stringify(variables)) as Record<string, unknown>;
  return document.definitions.flatMap((definition) => {
    if (definition.kind !== Kind.OPERATION_DEFINITION) return [];
    const { errors } = getVariableValues(schema, definition.variableDefinitions ?? [], plain);
    return (errors ?? []).map(({ message }) => message);
  });
}

/** What the first schema says otherwise than the second, or more. */
function differences(part: GraphQLSchema, whole: GraphQLSchema): string[] {
  return Object.values(part.getTypeMap()).flatMap((type): string[] => {
    if (isIntrospectionType(type)) return [];
    const other = whole.getType(type.name);
    if (!other) return [type.name];
    if (isEnumType(type) && isEnumType(other)) {
      const known = other.getValues().map(({ name }) => name);
      return type.getValues().flatMap(({ name }) => (known.includes(name) ? [] : [`${type.name} ${name}`]));
    }
    if (isUnionType(type) && isUnionType(other)) {
      const known = other.getTypes().map(({ name }) => name);
      return type.getTypes().flatMap(({ name }) => (known.includes(name) ? [] : [`${type.name} | ${name}`]));
    }
    const hasFields = (one: unknown) => isObjectType(one) || isInterfaceType(one) || isInputObjectType(one);
    if (!hasFields(type)) return type.constructor === other.constructor ? [] : [`${type.name} is another kind`];
    return fieldsOf(type).flatMap(([name, field]) => {
      const same = fieldsOf(other).find(([each]) => each === name)?.[1];
      if (!same || String(same.type) !== String(field.type)) return [`${type.name}.${name}`];
      return (field.args ?? []).flatMap((argument) => {
        const known = same.args?.find((each) => each.name === argument.name);
        return known && String(known.type) === String(argument.type) ? [] : [`${type.name}.${name}(${argument.name})`];
      });
    });
  });
}

interface Field {
  type: unknown;
  args?: readonly { name: string; type: unknown }[];
}
function fieldsOf(type: unknown): [string, Field][] {
  const isFielded = isObjectType(type) || isInterfaceType(type) || isInputObjectType(type);
  return isFielded ? Object.entries(type.getFields() as Record<string, Field>) : [];
}

const file = join(__dirname, '../../../../shared/specs/dagster.graphql');
const ifThere = onlyWhere(existsSync(file), '../shared/specs is not there').it;
const official = () => buildSchema(readFileSync(file, 'utf8'));

describe('the stand-in for Dagster', () => {
  it('understands every question that the adapter asks', async () => {
    const schema = buildSchema(typeDefs);
    expect((await questions()).flatMap((question) => strays(schema, question))).toEqual([]);
  });
});

describe('the official schema of Dagster', () => {
  ifThere('has every question that the adapter asks', async () => {
    const schema = official();
    expect((await questions()).flatMap((question) => strays(schema, question))).toEqual([]);
  });

  ifThere('has every type, field and argument of the stand-in, in the same shape', () => {
    expect(differences(buildSchema(typeDefs), official())).toEqual([]);
  });
});
