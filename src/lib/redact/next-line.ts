import { type Assigned, isHarmless, isSecretName } from './assigned-secret';

/** What the next line is read for, where a line ends with the name of a secret or within a long one. */
export interface Awaited {
  kind: string;
  pattern: RegExp;
}

const NAME = '([\\w.-]{2,80})';
/** How a line ends that names what the next one says: broken JSON, a property of Hadoop, a block of YAML, an entry of a pod's environment. */
const NAMED_FIRST: readonly { ends: RegExp; next: RegExp }[] = [
  { ends: new RegExp(`["']${NAME}["']\\s*:\\s*$`), next: /(?:^|\s)["']([^"']{3,400})["'],?\s*$/ },
  { ends: new RegExp(`<name>${NAME}</name>\\s*$`), next: /<value>([^<]{3,400})<\/value>/ },
  { ends: new RegExp(`(?:^|\\s)${NAME}:\\s*[|>][+-]?\\s*$`), next: /^\s+(\S{4,400})\s*$/ },
  { ends: new RegExp(`\\bname: ?["']?${NAME}["']?\\s*$`), next: /^\s+value: ?["']?([^\s"']{3,400})["']?\s*$/ },
];
const END_CHARS = 140;
/** A terminal, a mail or a YAML writer breaks base64 and tokens at such a width, in characters. */
const WRAPPED_MIN = 60;
const REST_OF_ONE = /^\s*((?=[^\s]*\d)(?=[^\s]*[A-Za-z])[A-Za-z0-9+/=_-]{16,200})["',]{0,2}\s*$/;

/** @param last the secret that was found last in the line */
export function awaitedAfter(line: string, last: { end: number; kind: string } | undefined): Awaited | undefined {
  if (last !== undefined && last.end === line.length && line.length >= WRAPPED_MIN && last.kind !== 'email')
    return { kind: last.kind, pattern: REST_OF_ONE };
  const end = line.slice(-END_CHARS);
  for (const { ends, next } of NAMED_FIRST) {
    const name = ends.exec(end)?.[1];
    if (name !== undefined && isSecretName(name)) return { kind: 'password', pattern: next };
  }
  return undefined;
}

export function awaitedIn(line: string, { pattern }: Awaited): Assigned | undefined {
  const found = pattern.exec(line.slice(0, 1_000));
  const value = found?.[1];
  if (found === null || value === undefined || isHarmless(value)) return undefined;
  const start = found.index + found[0].lastIndexOf(value);
  return { start, end: start + value.length };
}
