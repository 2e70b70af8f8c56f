/**
 * Plain texts of which at least one is in every text that a pattern matches, so that a cheap search for them can stand before
 * the pattern. Lower case, ASCII. Undefined when the pattern can match without any text of `minLength` (3) characters.
 *
 * Reads the part of RE2's syntax that people write: alternatives, groups, classes, repeats, escapes. What it does not know
 * (a class of many characters, a code point outside ASCII) it takes for "anything", which is always safe.
 */
export function requiredLiterals(pattern: string, minLength = 3): string[] | undefined {
  const best = bestOf(parse(pattern));
  if (best === undefined || best.some((text) => text.trim().length < minLength)) return undefined;
  return [...new Set(best)];
}

/**
 * All that is known of what a pattern needs: of each of these sets, at least one text is in every text that it matches, in lower
 * case. Letters outside ASCII count here.
 */
export function requiredSets(pattern: string): string[][] {
  const { exact, needs } = parse(pattern, true);
  return [...(exact === undefined ? [] : [exact]), ...(needs ?? [])]
    .filter((texts) => texts.every((text) => text.trim() !== ''))
    .map((texts) => [...new Set(texts)]);
}

/** Of the smallest set of a branch, the shortest text. */
const SET_LITERAL_MIN = 2;

/** The alternatives of a pattern that are not within a group; together they match what it matches. */
export function alternativesOf(pattern: string): string[] {
  if (SETS_FLAGS.test(pattern)) return [pattern];
  const alternatives: string[] = [];
  let depth = 0;
  let from = 0;
  let classFrom = -1;
  for (let at = 0; at < pattern.length; at++) {
    const sign = pattern[at];
    if (sign === '\\') at++;
    else if (classFrom >= 0) {
      // A bracket right after the one that opens a class closes nothing.
      if (sign === ']' && at > classFrom) classFrom = -1;
    } else if (sign === '[') classFrom = pattern[at + 1] === '^' ? at + 2 : at + 1;
    else if (sign === '(') depth++;
    else if (sign === ')') depth--;
    else if (sign === '|' && depth === 0) {
      alternatives.push(pattern.slice(from, at));
      from = at + 1;
    }
  }
  return [...alternatives, pattern.slice(from)];
}

/** Flags without a group of their own hold for the alternatives after them; a named class has brackets of its own. */
const SETS_FLAGS = /\(\?[a-zA-Z-]+\)|\[:|\\Q/;

/** `exact`: the node matches these texts and no others. `needs`: it may match more, but always contains one of each of these sets. */
interface Known {
  exact?: string[];
  needs?: string[][];
}

/** A letter, a digit, a space, or one of `_ - ' " , : ; = / < > @ # % & ~ !`, none of which says anything to RE2. */
function isPlain(code: number): boolean {
  return (
    (code >= 97 && code <= 122) ||
    (code >= 65 && code <= 90) ||
    (code >= 47 && code <= 62) ||
    code === 32 ||
    code === 95 ||
    code === 45 ||
    (code >= 33 && code <= 39 && code !== 36) ||
    code === 44
  );
}

/** More texts than this in one set cost more than they sift. */
const SET_MAX = 48;
const CLASS_MAX = 4;

/** What is there at least once. */
function once({ exact, needs }: Known): Known {
  return { needs: [...(exact === undefined ? [] : [exact]), ...(needs ?? [])] };
}

function bestOf({ exact, needs }: Known): string[] | undefined {
  return (needs ?? []).reduce<string[] | undefined>(better, exact);
}

function smallestOf({ exact, needs }: Known): string[] | undefined {
  const sets = [...(exact === undefined ? [] : [exact]), ...(needs ?? [])].filter(
    (texts) => shortest(texts) >= SET_LITERAL_MIN,
  );
  return sets.length === 0 ? bestOf({ exact, needs }) : sets.reduce((a, b) => (b.length < a.length ? b : a));
}

/** The set whose shortest text is longer sifts better. */
function better(a: string[] | undefined, b: string[] | undefined): string[] | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  const [lengthOfA, lengthOfB] = [shortest(a), shortest(b)];
  if (lengthOfA === lengthOfB) return a.length <= b.length ? a : b;
  return lengthOfA > lengthOfB ? a : b;
}

function shortest(texts: string[]): number {
  return Math.min(...texts.map((text) => text.trim().length));
}

function parse(pattern: string, beyondAscii = false): Known {
  let at = 0;

  function alternatives(): Known {
    const branches = [sequence()];
    while (pattern[at] === '|') {
      at++;
      branches.push(sequence());
    }
    if (branches.length === 1) return branches[0] ?? {};
    const exact = branches.every((branch) => branch.exact !== undefined)
      ? [...new Set(branches.flatMap((branch) => branch.exact ?? []))]
      : undefined;
    if (exact !== undefined && exact.length <= SET_MAX) return { exact };
    const bests = branches.map(bestOf);
    if (bests.some((best) => best === undefined)) return {};
    // Whichever set is taken of each branch, one of all their texts is needed; the smallest sift in another way than the longest.
    const smallest = branches.map(smallestOf);
    return { needs: [bests, smallest].map((sets) => [...new Set(sets.flatMap((set) => set ?? []))]) };
  }

  function sequence(): Known {
    let run: string[] = [''];
    const needs: string[][] = [];
    let whole = true;
    const endRun = () => {
      if (run.every((text) => text !== '')) needs.push(run);
      run = [''];
    };
    while (at < pattern.length && pattern[at] !== '|' && pattern[at] !== ')') {
      const words = plainText();
      if (words !== '') {
        run = run.map((head) => head + words);
        continue;
      }
      const part = repeated();
      if (part.exact !== undefined && run.length * part.exact.length <= SET_MAX) {
        const tails = part.exact;
        run = run.flatMap((head) => tails.map((tail) => head + tail));
        continue;
      }
      endRun();
      if (part.exact !== undefined) run = part.exact;
      else {
        whole = false;
        needs.push(...(part.needs ?? []));
      }
      if (part.exact !== undefined) whole = false;
    }
    if (whole) return { exact: run };
    endRun();
    return needs.length === 0 ? {} : { needs };
  }

  /** What stands for itself from here on, but for the last character before a repeat: most of what people write. */
  function plainText(): string {
    const from = at;
    while (at < pattern.length && isPlain(pattern.charCodeAt(at))) at++;
    const next = pattern[at];
    if (at > from && (next === '?' || next === '*' || next === '+' || next === '{')) at--;
    return pattern.slice(from, at).toLowerCase();
  }

  function repeated(): Known {
    const node = atom();
    const sign = pattern[at];
    if (sign === '?' || sign === '*' || sign === '+') {
      at++;
      if (pattern[at] === '?') at++;
      if (sign === '?' && node.exact !== undefined) return { exact: ['', ...node.exact.filter((text) => text !== '')] };
      return sign === '+' ? once(node) : {};
    }
    const counted = /^\{(\d+)(?:,\d*)?\}\??/.exec(pattern.slice(at, at + 16));
    if (counted === null) return node;
    at += counted[0].length;
    return Number(counted[1]) === 0 ? {} : once(node);
  }

  function atom(): Known {
    const sign = pattern[at++] ?? '';
    if (sign === '(') {
      const flags = /^\?(?:P?<\w+>|[a-zA-Z-]*(:|\)))/.exec(pattern.slice(at, at + 40));
      if (flags !== null) at += flags[0].length;
      if (flags?.[1] === ')') return { exact: [''] };
      const inner = alternatives();
      at++;
      return inner;
    }
    if (sign === '[') return characterClass();
    if (sign === '.') return {};
    if (sign === '^' || sign === '$') return { exact: [''] };
    if (sign === '\\') return escaped();
    return character(sign);
  }

  function escaped(): Known {
    const sign = pattern[at++] ?? '';
    if (sign === 'b' || sign === 'B' || sign === 'A' || sign === 'z') return { exact: [''] };
    if (sign === 't') return { exact: ['\t'] };
    if (/[a-zA-Z0-9]/.test(sign)) {
      if (sign === 'x') at += 2;
      return {};
    }
    return character(sign);
  }

  function characterClass(): Known {
    const from = at;
    if (pattern[at] === '^') at++;
    if (pattern[at] === ']') at++;
    while (at < pattern.length && pattern[at] !== ']') at += pattern[at] === '\\' ? 2 : 1;
    const body = pattern.slice(from, at++);
    if (body.startsWith('^') || /\\[a-zA-Z]|[^-]-[^-]|\[:/.test(body)) return {};
    const members = [...body.replace(/\\(.)/g, '$1')];
    if (members.length > CLASS_MAX || members.some((member) => character(member).exact === undefined)) return {};
    return { exact: [...new Set(members.map((member) => member.toLowerCase()))] };
  }

  function character(sign: string): Known {
    return beyondAscii || sign.charCodeAt(0) < 128 ? { exact: [sign.toLowerCase()] } : {};
  }

  return alternatives();
}
