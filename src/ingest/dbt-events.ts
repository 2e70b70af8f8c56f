import { type Edge, pipelineNode } from '../domain/edge';
import type { EventKind, PipelineEvent } from '../domain/pipeline-event';
import type { DbtFiles, DbtNode, DbtResult } from './dbt-files';

// What the files of a run of dbt come to, in our words. A pipeline is a node: a model, a test, a seed, a snapshot. A model that is built
// says nothing of its tests, nor the other way round; so each recovers by itself.

export interface DbtFacts {
  events: PipelineEvent[];
  /** The whole graph of the project; undefined where no manifest came. */
  graph?: { source: string; invocation: string; edges: Edge[]; at: Date };
  refused: { index: number; pointer: string; message: string }[];
}

/** `null` = nothing came of it: what was not tried neither failed nor mended anything. */
const kinds = new Map<string, EventKind | null>([
  ['success', 'succeeded'],
  ['pass', 'succeeded'],
  ['warn', 'succeeded'],
  ['error', 'check-failed'],
  ['fail', 'check-failed'],
  ['runtime error', 'check-failed'],
  ['partial success', 'check-failed'],
  ['skipped', null],
  ['no-op', null],
]);

/** Commands that run what they name. Others, such as `compile`, leave results of the same form, and have built nothing. */
const running = new Set(['build', 'run', 'test', 'seed', 'snapshot', 'retry', 'run-operation']);

/** Pure. @param connection  whose pipelines the nodes are */
export function factsOf(files: DbtFiles, connection: string, receivedAt: Date): DbtFacts {
  const refused = [...files.refused];
  const { run } = files;
  const events: PipelineEvent[] = [];
  if (run && files.results.length > 0 && !run.invocation) {
    refused.push({ index: 0, pointer: '/metadata/invocation_id', message: 'is missing' });
  } else if (run?.invocation && (run.command === undefined || running.has(run.command))) {
    for (const result of files.results) {
      const kind = kinds.get(result.status.toLowerCase());
      if (kind) events.push(eventOf(files, result, kind, connection, run.invocation, receivedAt));
      else if (kind === undefined)
        refused.push({
          index: result.index,
          pointer: `/results/${result.index}/status`,
          message: `is not a status that I know: "${result.status.slice(0, 100)}"`,
        });
    }
  }
  return { events, refused, graph: graphOf(files, connection, receivedAt) };
}

/** `model.shop.orders` → `shop.orders`; `test.shop.not_null_orders_id.cf6c17daed` → `shop.not_null_orders_id`. */
export function keyOf(id: string): string {
  const [type = '', ...rest] = id.split('.');
  if (rest.length === 0) return type;
  const isHashed = type === 'test' && rest.length > 2 && /^[0-9a-f]{10}$/.test(rest.at(-1) ?? '');
  return (isHashed ? rest.slice(0, -1) : rest).join('.');
}

function eventOf(
  files: DbtFiles,
  result: DbtResult,
  kind: EventKind,
  connection: string,
  invocation: string,
  receivedAt: Date,
): PipelineEvent {
  const node = files.nodes.get(result.id);
  // A test is its model's: who owns that is told of it.
  const model = files.nodes.get(testedBy(node) ?? '');
  const known = [node, model].flatMap((each) => each ?? []);
  const first = <T>(read: (each: DbtNode) => T | undefined) =>
    known.map(read).find((value) => value !== undefined && value !== '');
  const group = first((each) => each.group);
  const tags = [...new Set(known.flatMap((each) => each.tags))].slice(0, 100);
  return {
    source: 'dbt',
    id: `${invocation}/${result.id}/${kind}`,
    kind,
    occurredAt: result.endedAt ?? files.run?.at ?? receivedAt,
    connection,
    pipeline: keyOf(result.id),
    run: invocation,
    attempt: 1,
    error: kind === 'check-failed' ? sayFailure(result, node) : undefined,
    final: true,
    startedAt: result.startedAt,
    endedAt: result.endedAt,
    owner: first((each) => each.owner) ?? (group === undefined ? undefined : files.groupOwners.get(group)),
    team: first((each) => each.team) ?? group,
    tags: tags.length > 0 ? tags : undefined,
    tier: first((each) => each.tier),
    environment: files.run?.target,
  };
}

/** How many rows fail, dbt's own words, and where the SQL is that says so. */
function sayFailure({ message, failures, id }: DbtResult, node: DbtNode | undefined): string {
  const isTest = id.startsWith('test.');
  const rows = isTest && failures ? `${failures} failing ${failures === 1 ? 'row' : 'rows'}` : undefined;
  const said = message?.trim() || undefined;
  return [
    [rows, said].filter(Boolean).join(': ') || 'dbt says no more than that it failed.',
    node?.compiledPath && `Compiled SQL: ${node.compiledPath}`,
    node?.filePath && `Defined in: ${node.filePath}`,
  ]
    .filter(Boolean)
    .join('\n');
}

const isTest = (id: string) => id.startsWith('test.') || id.startsWith('unit_test.');

/** The model that a test is about; one that reads several is about none in particular. */
function testedBy(node: DbtNode | undefined): string | undefined {
  if (!node || !isTest(node.id)) return undefined;
  return node.attachedTo ?? (node.dependsOn.length === 1 ? node.dependsOn[0] : undefined);
}

function graphOf(files: DbtFiles, connection: string, receivedAt: Date): DbtFacts['graph'] {
  const { manifest } = files;
  if (!manifest) return undefined;
  const source = `dbt-core:${connection}/${manifest.project}`;
  const at = manifest.at ?? receivedAt;
  const edges: Edge[] = [];
  const told = new Set<string>();
  function add(from: string | undefined, to: string | undefined): void {
    if (!from || !to || from === to || told.has(`${from}\n${to}`)) return;
    told.add(`${from}\n${to}`);
    edges.push({ from, to, source, knownSince: at });
  }
  const nodeOf = (id: string) => graphNode(files.nodes.get(id), id, connection);
  const tests = new Map<string, string[]>();
  for (const node of files.nodes.values()) {
    const model = testedBy(node);
    if (model) tests.set(model, [...(tests.get(model) ?? []), node.id]);
  }
  for (const node of files.nodes.values()) {
    for (const before of node.dependsOn) {
      add(nodeOf(before), nodeOf(node.id));
      // What reads a model waits for its tests as well.
      if (!isTest(node.id)) for (const test of tests.get(before) ?? []) add(nodeOf(test), nodeOf(node.id));
    }
  }
  return { source, invocation: manifest.invocation ?? at.toISOString(), edges, at };
}

/** `undefined` for what is no part of the graph, such as a macro. */
function graphNode(node: DbtNode | undefined, id: string, connection: string): string | undefined {
  const type = id.split('.')[0];
  if (type === 'source') return node?.table ? `table:${node.table}` : undefined;
  if (type === 'exposure') return `dashboard:${node?.name ?? keyOf(id)}`;
  if (type === 'macro' || type === 'doc') return undefined;
  return pipelineNode({ connection, key: keyOf(id) });
}
