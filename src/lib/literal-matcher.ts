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
  /** Whether any literal is in the text: the least that can be asked, and the cheapest. */
  has(text: string): boolean;
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
/** The commonest characters of logs. */
const COMMON = ' etaoinsrhldcumpfgywbv0123456789.:-/_,[]';
/** Characters read by beginnings, after which the table is made; fewer for few literals, whose table is soon made. */
const TABLE_AFTER = 500_000;
const TABLE_AFTER_PER_CHARACTER = 8;
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
  const tableAfter = Math.min(
    TABLE_AFTER,
    TABLE_AFTER_PER_CHARACTER * literals.reduce((sum, { length }) => sum + length, 0),
  );

  function has(text: string): boolean {
    charactersRead += text.length;
    if (table === undefined && charactersRead < tableAfter) {
      let found = false;
      byBeginnings(beginnings, text, () => {
        found = true;
      });
      return found;
    }
    table ??= tableOf(literals);
    const { classOf, shift, next, firstAccepting } = table;
    let state = 0;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      state = next[(state << shift) | (code < 256 ? (classOf[code] as number) : OTHER)] as number;
      if (state >= firstAccepting) return true;
    }
    return false;
  }

  function each(text: string, onHit: (id: number, end: number) => void): void {
    charactersRead += text.length;
    if (table === undefined && charactersRead < tableAfter) {
      byBeginnings(beginnings, text, onHit);
      return;
    }
    table ??= tableOf(literals);
    const { classOf, shift, next, firstAccepting, outputs } = table;
    let state = 0;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      state = next[(state << shift) | (code < 256 ? (classOf[code] as number) : OTHER)] as number;
      if (state >= firstAccepting) for (const id of outputs[state - firstAccepting] ?? []) onHit(id, i + 1);
    }
  }

  return {
    literals,
    has,
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

/** Literals by the code of their beginning, folded, for one length of a beginning. */
interface Beginnings {
  /** 1 where a code with these last bits is in `literalsOf`: it sifts out nearly all before the map is asked. */
  sieve: Uint8Array;
  literalsOf: Map<number, Literal[]>;
}

const SIEVE_BITS = 16;
const SIEVE_MASK = (1 << SIEVE_BITS) - 1;

/** For each length of a beginning that there is. */
function beginningsOf(literals: readonly string[]): Beginnings[] {
  const byLength: Beginnings[] = [];
  literals.forEach((literal, id) => {
    if (literal === '') throw new Error('a literal must not be empty');
    const text = literal.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
    let code = 0;
    for (let i = 0; i < text.length; i++) {
      if (text.charCodeAt(i) > 127) throw new Error(`a literal must be ASCII: ${literal}`);
      if (i < BEGINNING) code = (code << 7) | text.charCodeAt(i);
    }
    const length = Math.min(BEGINNING, text.length);
    byLength[length] ??= { sieve: new Uint8Array(1 << SIEVE_BITS), literalsOf: new Map() };
    const { sieve, literalsOf } = byLength[length];
    sieve[code & SIEVE_MASK] = 1;
    const same = literalsOf.get(code);
    if (same) same.push({ id, text });
    else literalsOf.set(code, [{ id, text }]);
  });
  return byLength;
}

function byBeginnings(byLength: Beginnings[], text: string, onHit: (id: number, end: number) => void): void {
  for (const [length, beginnings] of byLength.entries()) {
    if (!beginnings) continue;
    const { sieve, literalsOf } = beginnings;
    const mask = (1 << (7 * length)) - 1;
    let code = 0;
    for (let i = 0; i < text.length; i++) {
      // Where it is not ASCII no literal begins, ends or goes on: the code of no character stands for it.
      const character = text.charCodeAt(i);
      code = ((code << 7) | (character > 127 ? 0 : folded(character))) & mask;
      if (i + 1 < length || sieve[code & SIEVE_MASK] === 0) continue;
      const start = i + 1 - length;
      for (const literal of literalsOf.get(code) ?? []) {
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
  const addClass = (code: number): void => {
    if (classOf[code] === OTHER) classOf[code] = count++;
  };
  const used = new Set<number>();
  for (const literal of literals) for (let i = 0; i < literal.length; i++) used.add(folded(literal.charCodeAt(i)));
  // Side by side in a row of the table stands what texts hold most of.
  for (const letter of COMMON) if (used.has(letter.charCodeAt(0))) addClass(letter.charCodeAt(0));
  for (const code of used) addClass(code);
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
  const inOrder = linkFailures(children, shift, found);

  // Accepting states get the highest numbers, so that the scan tests one comparison a byte. Within each kind the states near the
  // root come first: nearly all of a text is read in those, and side by side they stay in the processor's cache.
  const numberOf = new Int32Array(states);
  const outputs: number[][] = [];
  let plain = 0;
  for (const state of inOrder) if (found[state] === undefined) numberOf[state] = plain++;
  for (const state of inOrder) {
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

/**
 * Breadth first: turns missing children into jumps, and lets a state also report what ends at its failure state.
 *
 * @returns the states in that order, the root first
 */
function linkFailures(children: Int32Array, shift: number, found: (number[] | undefined)[]): number[] {
  const classes = 1 << shift;
  const fail = new Int32Array(children.length >> shift);
  const queue: number[] = [0];
  for (let symbol = 0; symbol < classes; symbol++) {
    const to = children[symbol] as number;
    if (to !== 0) queue.push(to);
  }
  for (let at = 1; at < queue.length; at++) {
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
  return queue;
}
