import { JSONParser } from '@streamparser/json';
import { z } from 'zod';
import { Problem } from '../lib/problem';

// What is kept of `manifest.json` and `run_results.json`, read one after the other from one stream. A manifest of hundreds of MB is
// mostly code and columns, which pass by: memory follows the number of nodes, not their size.

/** More than any project has; what is kept of so many is some 50 MB. */
const mostNodes = 100_000;
const mostResults = 100_000;
/** Of one message; the first and last 10,000 of these are what an alert keeps. */
const longestMessage = 20_000;
/** Of all messages together. */
const mostMessages = 20_000_000;

const words = z.string().nullish().catch(undefined);
const texts = z.array(z.string()).nullish().catch(undefined);
const Meta = z.record(z.string(), z.unknown()).nullish().catch(undefined);
const instant = z.iso
  .datetime({ offset: true })
  .transform((text) => new Date(text))
  .nullish()
  .catch(undefined);

const Metadata = z.object({
  dbt_schema_version: z.string(),
  invocation_id: words,
  project_name: words,
  generated_at: instant,
});

const Owner = z.union([
  z.string().transform((name) => ({ name, email: undefined })),
  z.object({ name: words, email: words }),
]);

/** A model, test, seed, snapshot, operation, source or exposure. */
const Node = z
  .object({
    unique_id: z.string(),
    name: words,
    label: words,
    tags: texts,
    group: words,
    meta: Meta,
    config: z.object({ group: words, meta: Meta, tags: texts }).nullish().catch(undefined),
    compiled_path: words,
    original_file_path: words,
    attached_node: words,
    depends_on: z.object({ nodes: texts }).nullish().catch(undefined),
    owner: Owner.nullish().catch(undefined),
    database: words,
    schema: words,
    identifier: words,
  })
  .transform((node) => {
    const meta = { ...node.meta, ...node.config?.meta };
    const owner = Owner.safeParse(meta.owner).data;
    return {
      id: node.unique_id,
      name: node.label ?? node.name ?? undefined,
      tags: [...new Set([...(node.tags ?? []), ...(node.config?.tags ?? [])])],
      group: node.group ?? node.config?.group ?? undefined,
      owner: owner?.email ?? owner?.name ?? undefined,
      team: z.string().safeParse(meta.team).data,
      tier: z.number().int().min(0).safeParse(meta.tier).data,
      compiledPath: node.compiled_path ?? undefined,
      filePath: node.original_file_path ?? undefined,
      attachedTo: node.attached_node ?? undefined,
      dependsOn: node.depends_on?.nodes ?? [],
      table: [node.database, node.schema, node.identifier].filter(Boolean).join('.'),
    };
  });
export type DbtNode = z.output<typeof Node>;

const Group = z
  .object({ name: z.string(), owner: Owner.nullish().catch(undefined) })
  .transform(({ name, owner }) => ({ name, owner: owner?.email ?? owner?.name ?? undefined }));

const Timing = z.object({ started_at: instant, completed_at: instant });

/** Strict on identity and status: without them nothing can be said of the node. */
const Result = z
  .object({
    unique_id: z.string().min(1).max(500),
    status: z.string(),
    message: words,
    failures: z.number().int().nullish().catch(undefined),
    timing: z.array(Timing).nullish().catch(undefined),
  })
  .transform(({ unique_id, status, message, failures, timing }) => {
    const starts = (timing ?? []).flatMap(({ started_at }) => started_at ?? []);
    const ends = (timing ?? []).flatMap(({ completed_at }) => completed_at ?? []);
    return {
      id: unique_id,
      status,
      message: message ?? undefined,
      failures: failures ?? undefined,
      startedAt: starts.length > 0 ? new Date(Math.min(...starts.map(Number))) : undefined,
      endedAt: ends.length > 0 ? new Date(Math.max(...ends.map(Number))) : undefined,
    };
  });
export type DbtResult = z.output<typeof Result> & { index: number };

export interface DbtFiles {
  manifest?: { invocation?: string; project: string; at?: Date };
  run?: { invocation?: string; at?: Date; command?: string; target?: string };
  nodes: Map<string, DbtNode>;
  groupOwners: Map<string, string>;
  results: DbtResult[];
  refused: { index: number; pointer: string; message: string }[];
}

const kept = ['nodes', 'sources', 'exposures', 'groups', 'unit_tests', 'results'].map((part) => `$.${part}.*`);

/** @throws Problem 400 for what is neither file, 413 for more than any project has */
export async function readDbtFiles(chunks: AsyncIterable<Buffer>): Promise<DbtFiles> {
  const files: DbtFiles = { nodes: new Map(), groupOwners: new Map(), results: [], refused: [] };
  let fault: Error | undefined;
  let characters = 0;
  const parser = new JSONParser({ paths: ['$.metadata', '$.args', ...kept], keepStack: false, separator: '' });
  parser.onError = (error) => {
    fault ??= error;
  };
  parser.onValue = ({ value, key, stack }) => {
    const part = stack[1]?.key ?? key;
    if (part === 'metadata') takeMetadata(files, value);
    else if (part === 'args') takeArguments(files, value);
    else if (part === 'results') takeResult(value);
    else takeNode(files, String(part), value);
  };

  function takeResult(value: unknown): void {
    const index = files.results.length + files.refused.length;
    if (index >= mostResults) throw tooMuch(`More than ${mostResults} results.`);
    const read = Result.safeParse(value);
    if (!read.success) {
      const [issue] = read.error.issues;
      files.refused.push({
        index,
        pointer: `/results/${index}/${issue?.path.join('/') ?? ''}`,
        message: issue?.message ?? 'is malformed',
      });
      return;
    }
    const message = shortened(read.data.message);
    characters += message?.length ?? 0;
    if (characters > mostMessages) throw tooMuch('Their messages are too long.');
    files.results.push({ ...read.data, message, index });
  }

  try {
    for await (const chunk of chunks) {
      parser.write(chunk);
      if (fault) throw fault;
    }
    parser.end();
    if (fault) throw fault;
  } catch (error) {
    if (error instanceof Problem) throw error;
    if (error === fault) throw fault instanceof Problem ? fault : notJson();
    throw error;
  }
  if (!files.manifest && !files.run) throw neither();
  return files;
}

function shortened(message: string | undefined): string | undefined {
  if (message === undefined || message.length <= longestMessage) return message;
  const half = longestMessage / 2;
  return `${message.slice(0, half)}\n… ${message.length - longestMessage} characters left out …\n${message.slice(-half)}`;
}

function takeMetadata(files: DbtFiles, value: unknown): void {
  const read = Metadata.safeParse(value);
  const kind = /\/dbt\/(manifest|run-results)\/v\d+/.exec(read.data?.dbt_schema_version ?? '')?.[1];
  if (!read.success || !kind) throw neither();
  const { invocation_id, project_name, generated_at } = read.data;
  if (kind === 'manifest' ? files.manifest : files.run)
    throw new Problem(400, 'Two of a kind', 'Send the files of one run of dbt at a time.');
  const common = { invocation: invocation_id ?? undefined, at: generated_at ?? undefined };
  if (kind === 'manifest') files.manifest = { ...common, project: project_name ?? 'project' };
  else files.run = common;
}

const Arguments = z.object({ which: words, target: words });

function takeArguments(files: DbtFiles, value: unknown): void {
  const { which, target } = Arguments.safeParse(value).data ?? {};
  files.run = { ...files.run, command: which ?? undefined, target: target ?? undefined };
}

function takeNode(files: DbtFiles, part: string, value: unknown): void {
  if (part === 'groups') {
    const group = Group.safeParse(value).data;
    if (group?.owner) files.groupOwners.set(group.name, group.owner);
    return;
  }
  const node = Node.safeParse(value).data;
  if (!node) return;
  if (files.nodes.size >= mostNodes) throw tooMuch(`More than ${mostNodes} nodes.`);
  files.nodes.set(node.id, node);
}

const neither = () =>
  new Problem(400, 'Not files of dbt', 'Send target/manifest.json and target/run_results.json, one after the other.');
const notJson = () => new Problem(400, 'Malformed JSON', 'The files are not JSON, or were cut.');
const tooMuch = (detail: string) => new Problem(413, 'Too large', detail);
