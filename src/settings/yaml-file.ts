import { readFile } from 'node:fs/promises';
import { isMap, isNode, isPair, LineCounter, type Node, parseDocument } from 'yaml';
import type { Fault, Result } from '../lib/configuration-fault';

export type Path = readonly PropertyKey[];

/** A YAML file as plain values, which still knows where each of them stands. */
export interface YamlFile {
  /** Undefined for an empty file. */
  value: unknown;
  /** `pitcrew.yaml:12 routes[0].channel`; the line of the nearest thing above for what is not there. */
  placeOf(path: Path): string;
  /** The same for a key itself, such as one that nobody knows. */
  placeOfKey(path: Path): string;
}

/** @returns undefined when there is no such file */
export async function readYaml(path: string): Promise<Result<YamlFile> | undefined> {
  let source: string;
  try {
    source = await readFile(path, 'utf8');
  } catch (error) {
    const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : 'unknown reason';
    if (code === 'ENOENT') return undefined;
    return { ok: false, faults: [{ where: path, say: `cannot be read (${code})` }] };
  }
  return parseYaml(path, source);
}

export function parseYaml(path: string, source: string): Result<YamlFile> {
  const lines = new LineCounter();
  // Pretty errors would quote the source, which may hold a secret.
  const document = parseDocument(source, { lineCounter: lines, prettyErrors: false, merge: true });
  const lineOf = (offset: number | undefined) => `${path}:${lines.linePos(offset ?? 0).line || 1}`;
  const faults: Fault[] = [...document.errors, ...document.warnings].map(({ pos, code }) => ({
    where: lineOf(pos[0]),
    say: `is not good YAML: ${saying[code] ?? code.toLowerCase().replaceAll('_', ' ')}`,
  }));
  if (faults.length > 0) return { ok: false, faults };

  const nodeAt = (steps: Path): Node | undefined => {
    const node = document.getIn(steps, true);
    return isNode(node) ? node : undefined;
  };
  const offsetOf = (steps: Path): number | undefined => {
    for (let length = steps.length; length >= 0; length--) {
      const node = nodeAt(steps.slice(0, length));
      if (node?.range) return node.range[0];
    }
    return undefined;
  };
  const offsetOfKey = (steps: Path): number | undefined => {
    const parent = steps.length > 1 ? nodeAt(steps.slice(0, -1)) : document.contents;
    const pair = isMap(parent)
      ? parent.items.find((item) => isPair(item) && String(item.key) === String(steps.at(-1)))
      : undefined;
    return isNode(pair?.key) ? pair.key.range?.[0] : offsetOf(steps);
  };
  const place = (offset: number | undefined, steps: Path) => [lineOf(offset), written(steps)].filter(Boolean).join(' ');

  try {
    const value: unknown = document.toJS() ?? undefined;
    return {
      ok: true,
      value: {
        value,
        placeOf: (steps) => place(offsetOf(steps), steps),
        placeOfKey: (steps) => place(offsetOfKey(steps), steps),
      },
    };
  } catch {
    return {
      ok: false,
      faults: [{ where: path, say: 'is not good YAML: its aliases refer to too much or to nothing' }],
    };
  }
}

const saying: Record<string, string> = {
  BAD_INDENT: 'the indentation is wrong',
  TAB_AS_INDENT: 'a tab is used for indentation',
  DUPLICATE_KEY: 'a key is given twice',
  MISSING_CHAR: 'a quote, colon, comma or bracket is missing',
  MULTIPLE_DOCS: 'there is more than one document in the file',
  UNEXPECTED_TOKEN: 'something stands where it cannot stand',
};

/** `routes[0].match.pipeline` */
function written(path: Path): string {
  return path
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`))
    .join('')
    .replace(/^\./, '');
}
