/**
 * Finds many literals at once, ASCII letters without regard to case: an Aho–Corasick automaton turned into one flat table.
 * One table look-up a byte, whatever the number of literals, so it is the cheap sieve in front of costly patterns.
 * Works on the bytes of a Buffer (UTF-8, for streams) and on the code units of a string alike, because literals are ASCII.
 *
 * The table takes longer to make than thousands of short texts take to be read, so it is made when a stream is read, or when so
 * much was read that it pays. Until then a literal is looked for wherever its first characters stand.
 */
export interface LiteralMatcher {
  readonly literals: readonly string[];
  /** Ids (index into `literals`) found in the text, each once, in no order. Never throws. */
  idsIn(text: string): Set<number>;
  /** Calls back for every place where a literal ends: its id and the offset one past its last character. In no order. */
  each(text: string, onHit: (id: number, end: number) => void): void;
  /**
   * The same over bytes. `state` goes in as 0 and comes back to be handed to the next call, so that a literal that
   * lies across two chunks is found.
   */
  scan(bytes: Uint8Array, state: number, onHit: (id: number, end: number) => void): number;
}

/** Class of every character that no literal uses. */
const OTHER = 0;
/** Characters read by beginnings, after which the table is made. */
const TABLE_AFTER = 500_000;
/** Of a literal, as many of its first characters tell it from nearly all others. */
const BEGINNING = 3;

function folded(code: number): number {
  return code >= 65 && code <= 90 ? code + 32 : code;
}

/** @throws Error for a literal that is empty or not ASCII */
export function createLiteralMatcher(literals: readonly string[]): LiteralMatcher {
  const beginnings = beginningsOf(literals);
  let table: ReturnType<typeof tableOf> | undefined;
  let charactersRead = 0;

  function each(text: string, onHit: (id: number, end: number) => void): void {
    charactersRead += text.length;
    if (table === undefined && charactersRead < TABLE_AFTER) {
      byBeginnings(beginnings, text, onHit);
      return;
    }
    table ??= tableOf(literals);
    const { classOf, shift, next, firstAccepting, outputs } = table;
    let state = 0;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      state = next[(state << shift) | (code < 256 ? (classOf[code] ?? OTHER) : OTHER)] ?? 0;
      if (state >= firstAccepting) for (const id of outputs[state - firstAccepting] ?? []) onHit(id, i + 1);
    }
  }

  return {
    literals,
    each,
    idsIn(text) {
      const found = new Set<number>();
      each(text, (id) => found.add(id));
      return found;
    },
    scan(bytes, from, onHit) {
      table ??= tableOf(literals);
      const { classOf, shift, next, firstAccepting, outputs } = table;
      let state = from;
      for (let i = 0; i < bytes.length; i++) {
        // Both tables are always long enough for a byte and a known state: the `|` keeps the sum an integer for the engine.
        state = next[(state << shift) | (classOf[bytes[i] as number] as number)] as number;
        if (state >= firstAccepting) for (const id of outputs[state - firstAccepting] ?? []) onHit(id, i + 1);
      }
      return state;
    },
  };
}

interface Literal {
  id: number;
  /** In lower case. */
  text: string;
}

/** Literals by the code of their beginning, folded; for each length of a beginning that there is. */
function beginningsOf(literals: readonly string[]): Map<number, Literal[]>[] {
  const byLength: Map<number, Literal[]>[] = [];
  literals.forEach((literal, id) => {
    if (literal === '') throw new Error('a literal must not be empty');
    const text = literal.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
    let code = 0;
    for (let i = 0; i < text.length; i++) {
      if (text.charCodeAt(i) > 127) throw new Error(`a literal must be ASCII: ${literal}`);
      if (i < BEGINNING) code = (code << 7) | text.charCodeAt(i);
    }
    const length = Math.min(BEGINNING, text.length);
    byLength[length] ??= new Map();
    const same = byLength[length].get(code);
    if (same) same.push({ id, text });
    else byLength[length].set(code, [{ id, text }]);
  });
  return byLength;
}

function byBeginnings(
  byLength: Map<number, Literal[]>[],
  text: string,
  onHit: (id: number, end: number) => void,
): void {
  for (const [length, beginnings] of byLength.entries()) {
    if (!beginnings) continue;
    const mask = (1 << (7 * length)) - 1;
    let code = 0;
    for (let i = 0; i < text.length; i++) {
      // Where it is not ASCII no literal begins, ends or goes on: the code of no character stands for it.
      const character = text.charCodeAt(i);
      code = ((code << 7) | (character > 127 ? 0 : folded(character))) & mask;
      if (i + 1 < length) continue;
      const start = i + 1 - length;
      for (const literal of beginnings.get(code) ?? []) {
        if (standsAt(text, start, literal.text)) onHit(literal.id, start + literal.text.length);
      }
    }
  }
}

function standsAt(text: string, start: number, literal: string): boolean {
  if (start + literal.length > text.length) return false;
  for (let i = 0; i < literal.length; i++)
    if (folded(text.charCodeAt(start + i)) !== literal.charCodeAt(i)) return false;
  return true;
}

function tableOf(literals: readonly string[]) {
  const { classOf, shift } = classesOf(literals);
  return { classOf, shift, ...automatonOf(literals, classOf, shift) };
}

/** Every byte's class: characters that no literal uses share class 0, so the table stays small enough for the cache. */
function classesOf(literals: readonly string[]): { classOf: Uint8Array; shift: number } {
  const classOf = new Uint8Array(256);
  let count = 1;
  for (const literal of literals) {
    for (let i = 0; i < literal.length; i++) {
      const code = folded(literal.charCodeAt(i));
      if (classOf[code] === OTHER) classOf[code] = count++;
    }
  }
  for (let code = 65; code <= 90; code++) classOf[code] = classOf[code + 32] ?? OTHER;
  // A row of the table is a power of two long, so that a shift finds it.
  return { classOf, shift: Math.max(1, Math.ceil(Math.log2(count))) };
}

function automatonOf(literals: readonly string[], classOf: Uint8Array, shift: number) {
  const classes = 1 << shift;
  // One row a state, one state a character at most. No child is 0: nothing leads back to the root but a failure.
  const most = 1 + literals.reduce((sum, { length }) => sum + length, 0);
  const children = new Int32Array(most << shift);
  const found: (number[] | undefined)[] = [];
  let states = 1;
  literals.forEach((literal, id) => {
    let state = 0;
    for (let i = 0; i < literal.length; i++) {
      const at = (state << shift) | (classOf[folded(literal.charCodeAt(i))] ?? OTHER);
      state = children[at] ||= states++;
    }
    found[state] = [...(found[state] ?? []), id];
  });
  linkFailures(children, shift, found);

  // Accepting states get the highest numbers, so that the scan tests one comparison a byte.
  const numberOf = new Int32Array(states);
  const outputs: number[][] = [];
  let plain = 0;
  for (let state = 0; state < states; state++) if (found[state] === undefined) numberOf[state] = plain++;
  for (let state = 0; state < states; state++) {
    const ids = found[state];
    if (ids !== undefined) numberOf[state] = plain + outputs.push(ids) - 1;
  }
  // Half the size is twice the share of the table that stays in the processor's cache.
  const next = new (states < 0x1_0000 ? Uint16Array : Int32Array)(states << shift);
  for (let state = 0; state < states; state++) {
    const row = (numberOf[state] as number) << shift;
    for (let symbol = 0; symbol < classes; symbol++) {
      next[row | symbol] = numberOf[children[(state << shift) | symbol] as number] as number;
    }
  }
  return { next, firstAccepting: plain, outputs };
}

/** Breadth first: turns missing children into jumps, and lets a state also report what ends at its failure state. */
function linkFailures(children: Int32Array, shift: number, found: (number[] | undefined)[]): void {
  const classes = 1 << shift;
  const fail = new Int32Array(children.length >> shift);
  const queue: number[] = [];
  for (let symbol = 0; symbol < classes; symbol++) {
    const to = children[symbol] as number;
    if (to !== 0) queue.push(to);
  }
  for (let at = 0; at < queue.length; at++) {
    const state = queue[at] as number;
    const back = fail[state] as number;
    const ends = found[back];
    if (ends !== undefined) found[state] = [...(found[state] ?? []), ...ends];
    for (let symbol = 0; symbol < classes; symbol++) {
      const to = children[(state << shift) | symbol] as number;
      const jump = children[(back << shift) | symbol] as number;
      if (to === 0) children[(state << shift) | symbol] = jump;
      else {
        fail[to] = jump;
        queue.push(to);
      }
    }
  }
}
