/**
 * Finds many literals at once, ASCII letters without regard to case: an Aho–Corasick automaton turned into one flat table.
 * One table look-up a byte, whatever the number of literals, so it is the cheap sieve in front of costly patterns.
 * Works on the bytes of a Buffer (UTF-8, for streams) and on the code units of a string alike, because literals are ASCII.
 */
export interface LiteralMatcher {
  readonly literals: readonly string[];
  /** Ids (index into `literals`) found in the text, each once, in no order. Never throws. */
  idsIn(text: string): Set<number>;
  /** Calls back for every place where a literal ends: its id and the offset one past its last character. */
  each(text: string, onHit: (id: number, end: number) => void): void;
  /**
   * The same over bytes. `state` goes in as 0 and comes back to be handed to the next call, so that a literal that
   * lies across two chunks is found.
   */
  scan(bytes: Uint8Array, state: number, onHit: (id: number, end: number) => void): number;
}

/** Class of every character that no literal uses. */
const OTHER = 0;

function folded(code: number): number {
  return code >= 65 && code <= 90 ? code + 32 : code;
}

export function createLiteralMatcher(literals: readonly string[]): LiteralMatcher {
  const { classOf, shift } = classesOf(literals);
  const { next, firstAccepting, outputs } = automatonOf(literals, classOf, shift);

  function each(text: string, onHit: (id: number, end: number) => void): void {
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

/** Every byte's class: characters that no literal uses share class 0, so the table stays small enough for the cache. */
function classesOf(literals: readonly string[]): { classOf: Uint8Array; shift: number } {
  const classOf = new Uint8Array(256);
  let count = 1;
  for (const literal of literals) {
    for (let i = 0; i < literal.length; i++) {
      const code = folded(literal.charCodeAt(i));
      if (code > 127) throw new Error(`a literal must be ASCII: ${literal}`);
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
    if (literal === '') throw new Error('a literal must not be empty');
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
