import { distance } from 'fastest-levenshtein';
import { nameOf, type Pipeline } from '../domain/pipeline';

export interface NameMatch {
  /** What was meant, beyond doubt: an exact name, or the only one that begins with or holds the text. */
  found: Pipeline[];
  /** Otherwise the nearest names, best first, at most 3. */
  didYouMean: string[];
}

const suggestions = 3;
/** A name further away than this (0 = the same, 1 = nothing alike) is not worth suggesting. */
const farthest = 0.5;

/** Capitals do not count. One key in two connections is two pipelines, both found; `connection/key` tells them apart. */
export function matchName(asked: string, pipelines: readonly Pipeline[]): NameMatch {
  const wanted = bare(asked);
  if (wanted === '') return { found: [], didYouMean: [] };
  const known = pipelines.map((pipeline) => ({ pipeline, names: namesOf(pipeline) }));

  const exact = known.filter(({ names }) => names.includes(wanted));
  if (exact.length > 0) return { found: exact.map(({ pipeline }) => pipeline), didYouMean: [] };

  const begins = known.filter(({ names }) => names.some((name) => name.startsWith(wanted)));
  const holds = known.filter(({ names }) => names.some((name) => name.includes(wanted)));
  const [only] = begins.length === 1 ? begins : holds.length === 1 ? holds : [];
  if (only) return { found: [only.pipeline], didYouMean: [] };

  // Many hold the text: of those the nearest. None does: of all that are near enough.
  const pool = begins.length > 0 ? begins : holds.length > 0 ? holds : known;
  const limit = pool === known ? farthest : 1;
  const near = pool
    .map(({ pipeline, names }) => ({
      name: nameOf(pipeline),
      away: Math.min(...names.map((name) => farness(wanted, name))),
    }))
    .filter(({ away }) => away <= limit)
    .sort((a, b) => a.away - b.away || a.name.length - b.name.length || (a.name < b.name ? -1 : 1));
  return { found: [], didYouMean: [...new Set(near.map(({ name }) => name))].slice(0, suggestions) };
}

/** What people type around a name: quotes, backticks, a trailing dot or question mark. */
function bare(text: string): string {
  return text
    .trim()
    .replace(/^[`'"“”‘’*]+|[`'"“”‘’*?!.,]+$/g, '')
    .trim()
    .toLowerCase();
}

function namesOf({ connection, key, facts }: Pipeline): string[] {
  const names = [key, `${connection}/${key}`, ...(facts.title === undefined ? [] : [facts.title])];
  return names.map((name) => name.toLowerCase());
}

/** 0 = the same, 1 = nothing alike: the better of spelling as a whole and word by word, so that `daily orders` finds `orders_daily`. */
function farness(wanted: string, name: string): number {
  const spelling = distance(wanted, name) / Math.max(wanted.length, name.length, 1);
  const words = wordsOf(wanted);
  const theirs = wordsOf(name);
  if (words.length === 0 || theirs.length === 0) return spelling;
  const missed = words.map((word) =>
    Math.min(...theirs.map((their) => distance(word, their) / Math.max(word.length, their.length))),
  );
  const meanMissed = missed.reduce((sum, each) => sum + each, 0) / words.length;
  /** Words of theirs that were not asked for count a little, so that the shorter name comes first. */
  const surplus = Math.max(0, theirs.length - words.length) / theirs.length;
  return Math.min(spelling, meanMissed + 0.2 * surplus);
}

function wordsOf(text: string): string[] {
  return text.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== '');
}
