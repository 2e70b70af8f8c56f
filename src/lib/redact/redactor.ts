import { compileLinear, type LinearPattern } from '../linear-pattern';
import { createLiteralMatcher, type LiteralMatcher } from '../literal-matcher';
import { requiredSets } from '../required-literals';
import { assignedSecrets, isHarmless, isHidden, NAME_PARTS } from './assigned-secret';
import { type Awaited, awaitedAfter, awaitedIn } from './next-line';
import { type SecretKind, secretKinds } from './secret-kinds';

export interface Redacted {
  text: string;
  /** How many secrets of each kind were taken out. */
  redactions: Record<string, number>;
}

export interface Redactor {
  /**
   * The text with every secret replaced by `[redacted:kind]`. Line ends stay where they are, so line numbers hold.
   * Time grows linearly with the text; a text without a sign of a secret costs one scan. Never throws.
   */
  redact(text: string): Redacted;
  /** The same of a text that is in lines already. */
  redactLines(lines: readonly string[]): RedactedLines;
}

export interface RedactedLines {
  lines: string[];
  redactions: Record<string, number>;
}

/** A rule of one's own, from the configuration. `pattern` is RE2; its group 1, where it has one, is what goes. */
export interface RedactRule {
  kind: string;
  pattern: string;
}

/**
 * Kinds that are known by where they stand and not by their shape, and what may stay there. Words may, but for addresses: between a user
 * and a host nothing stands but a password, be it `secret`.
 */
const MAY_STAY: Readonly<Record<string, (value: string) => boolean>> = {
  password: isHarmless,
  api_key: isHarmless,
  pagerduty_key: isHarmless,
  bearer_token: isHarmless,
  basic_auth: isHarmless,
  cookie: isHarmless,
  url_password: isHidden,
};
/** A line longer than this, in characters, is read in pieces; they overlap by 512, so a secret on a seam is still whole in one. */
const PIECE = 16_384;
const OVERLAP = 512;
/** In every line that begins or ends a private key. */
const KEY_SIGN = 'private key';
const KEY_BEGIN = /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/;
const KEY_END = /-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/;
/** A private key is at most this many lines (a 16384-bit RSA key has about 200): after that its end was cut off. */
const KEY_LINES_MAX = 400;

interface Sieve {
  kind: string;
  /** Whether a line in lower case holds what the pattern needs. */
  mayMatch?(lower: string): boolean;
  pattern(): LinearPattern;
  mayStay?(value: string): boolean;
  except?(): LinearPattern;
}

interface Layout {
  sieves: Sieve[];
  matcher: LiteralMatcher;
  sievesOfLiteral: number[][];
}

/** Our patterns are tested to compile, and do so when a text first holds a sign of their secret: most texts hold none. */
function layOut(kinds: readonly SecretKind[]): Layout {
  const literals = [...new Set([...NAME_PARTS, KEY_SIGN, ...kinds.flatMap((kind) => kind.literals)])];
  return {
    sieves: kinds.map(({ kind, pattern, except }) => {
      const mayStay = MAY_STAY[kind];
      return {
        kind,
        mayMatch: needing(pattern),
        pattern: once(() => compileLinear(mayStay ? pattern : alsoWithinNames(pattern))),
        ...(mayStay === undefined ? {} : { mayStay }),
        ...(except === undefined ? {} : { except: once(() => compileLinear(except)) }),
      };
    }),
    matcher: createLiteralMatcher(literals),
    sievesOfLiteral: literals.map((literal) =>
      kinds.flatMap((kind, at) => (kind.literals.includes(literal) ? [at] : [])),
    ),
  };
}

/** Whether a line in lower case holds of each of the sets that a pattern needs one text. */
function needing(pattern: string): (lower: string) => boolean {
  const sets = once(() => requiredSets(pattern));
  return (lower) => sets().every((texts) => texts.some((text) => lower.includes(text)));
}

/** What all redactors share. */
const builtIn = once(() => layOut(secretKinds));

function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

interface Carry {
  awaited?: Awaited | undefined;
}

interface Found {
  start: number;
  end: number;
  kind: string;
}

/** @throws Error when a pattern of `rules` is not valid RE2. */
export function createRedactor(
  rules: readonly RedactRule[] = [],
  kinds: readonly SecretKind[] = secretKinds,
): Redactor {
  const { sieves, matcher, sievesOfLiteral } = kinds === secretKinds ? builtIn() : layOut(kinds);
  const own: Sieve[] = rules.map(({ kind, pattern }) => {
    const compiled = compileLinear(pattern);
    return { kind, pattern: () => compiled };
  });

  function findIn(line: string): Found[] {
    let asked: Set<number> | undefined;
    let nameEnds: number[] | undefined;
    matcher.each(line, (id, end) => {
      if (id < NAME_PARTS.length) {
        nameEnds ??= [];
        nameEnds.push(end);
      }
      for (const at of sievesOfLiteral[id] ?? []) {
        asked ??= new Set();
        asked.add(at);
      }
    });
    if (asked === undefined && nameEnds === undefined && own.length === 0) return [];
    const found: Found[] = [];
    for (const sieve of own) addSpans(found, line, sieve);
    if (asked !== undefined) {
      const lower = line.toLowerCase();
      for (const at of [...asked].sort((a, b) => a - b)) {
        const sieve = sieves[at];
        if (sieve?.mayMatch?.(lower) !== false && sieve !== undefined) addSpans(found, line, sieve);
      }
    }
    for (const { start, end } of assignedSecrets(
      line,
      (nameEnds ?? []).sort((a, b) => a - b),
    ))
      add(found, start, end, 'password');
    return found.sort((a, b) => a.start - b.start);
  }

  /** @param carry what the line before lets one expect; left as what this one does */
  function redactLine(line: string, redactions: Record<string, number>, carry: Carry): string {
    const { awaited } = carry;
    carry.awaited = undefined;
    if (line.length > PIECE) return redactLongLine(line, redactions);
    let out = '';
    let from = 0;
    const found = findIn(line);
    const rest = awaited === undefined ? undefined : awaitedIn(line, awaited);
    if (rest !== undefined && awaited !== undefined) add(found, rest.start, rest.end, awaited.kind);
    found.sort((a, b) => a.start - b.start);
    carry.awaited = awaitedAfter(line, found.at(-1));
    for (const { start, end, kind } of found) {
      out += `${line.slice(from, start)}[redacted:${kind}]`;
      redactions[kind] = (redactions[kind] ?? 0) + 1;
      from = end;
    }
    return from === 0 ? line : out + line.slice(from);
  }

  function redactLongLine(line: string, redactions: Record<string, number>): string {
    let out = '';
    let from = 0;
    for (let at = 0; at < line.length; at += PIECE - OVERLAP) {
      for (const found of findIn(line.slice(at, at + PIECE))) {
        const start = Math.max(from, at + found.start);
        const end = at + found.end;
        if (end <= from) continue;
        out += `${line.slice(from, start)}[redacted:${found.kind}]`;
        redactions[found.kind] = (redactions[found.kind] ?? 0) + 1;
        from = end;
      }
    }
    return out + line.slice(from);
  }

  function redactLines(given: readonly string[]): RedactedLines {
    const redactions: Record<string, number> = {};
    let keyLines = 0;
    const carry: Carry = {};
    const lines = given.map((line) => {
      if (keyLines > 0) {
        const end = KEY_END.exec(line);
        keyLines = end !== null || ++keyLines > KEY_LINES_MAX ? 0 : keyLines;
        if (end === null && !isKeyBody(line)) {
          keyLines = 0;
          return redactLine(line, redactions, carry);
        }
        return `[redacted:private_key]${end === null ? '' : redactLine(line.slice(end.index + end[0].length), redactions, carry)}`;
      }
      if (own.length === 0 && carry.awaited === undefined && !matcher.has(line)) return line;
      if (KEY_BEGIN.test(line) && !KEY_END.test(line)) keyLines = 1;
      return redactLine(line, redactions, carry);
    });
    return { lines, redactions };
  }

  return {
    redactLines,
    redact(text) {
      const { lines, redactions } = redactLines(text.split('\n'));
      return { text: lines.join('\n'), redactions };
    },
  };
}

/** A shape that begins where a word does is sought after an underscore as well: `backup_ghp_…` is one word to RE2. */
function alsoWithinNames(pattern: string): string {
  return pattern.startsWith('\\b(') ? `(?:\\b|_)${pattern.slice(2)}` : pattern;
}

function addSpans(found: Found[], line: string, { kind, pattern, mayStay, except }: Sieve): void {
  for (const { start, end } of pattern().spans(line)) {
    const value = line.slice(start, end);
    if (mayStay?.(value) || except?.().test(value) === true) continue;
    add(found, start, end, kind);
  }
}

/** What was found first stays: the forms with a name of their own come before the general ones. */
function add(found: Found[], start: number, end: number, kind: string): void {
  if (found.every((other) => end <= other.start || start >= other.end)) found.push({ start, end, kind });
}

/** A line of a key's body: base64, a PEM header such as `Proc-Type: 4,ENCRYPTED`, or nothing; a log prefix may stand before it. */
function isKeyBody(line: string): boolean {
  return /(?:^|[\s|])[A-Za-z0-9+/=]{8,}\s*$|^\s*[A-Za-z0-9+/=]*\s*$|^[A-Za-z-]+: \S/.test(line);
}
