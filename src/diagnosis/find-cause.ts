import type { LogLine } from './log-line';
import { type Rule, strengthScore } from './rule';
import type { RuleSet } from './rule-set';

export interface Cause {
  /** Index into the lines that were read. */
  at: number;
  rule?: Rule;
  /** 0 to 1. */
  confidence: number;
}

interface Candidate {
  at: number;
  rule?: Rule;
  score: number;
}

/** The base score of a line that no rule knows: an exception's class, an error by its level, anything that says "error". */
const UNKNOWN_EXCEPTION = 40;
const UNKNOWN_ERROR = 18;
const UNKNOWN_TEXT = 2;

/**
 * The line that best shows the cause: every line gets the score of its rule, raised and lowered by where it stands, and the
 * highest wins. Within a chain of exceptions the innermost wins, and among equals the first of the log.
 */
export function findCause(lines: readonly LogLine[], rules: RuleSet): Cause | undefined {
  const places = placesOf(lines);
  const candidates: Candidate[] = [];
  lines.forEach((line, at) => {
    const candidate = score(line, at, places[at] ?? NOWHERE, rules);
    if (candidate !== undefined) candidates.push(candidate);
  });
  let best: Candidate | undefined;
  for (const candidate of candidates) if (best === undefined || candidate.score > best.score) best = candidate;
  if (best === undefined) {
    const last = lines.findLastIndex((line) => line.kind !== 'blank');
    return last < 0 ? undefined : { at: last, confidence: 0 };
  }
  return {
    at: best.at,
    ...(best.rule === undefined ? {} : { rule: best.rule }),
    confidence: confidenceOf(best, candidates),
  };
}

/** Where a line stands in a stack trace. */
interface Place {
  /** It is the message of a trace: the line after the last frame, or a `Caused by`. */
  message: boolean;
  /** Depth in a Java chain; 0 for the outermost. */
  depth: number;
  /** In a Python chain: how the next trace goes on from this one. */
  next?: 'direct' | 'handling';
  /** Source code, or SQL, that was printed and not said. */
  quoted: boolean;
  /** The logger's own mishap ("--- Logging error ---"), which stops nothing. */
  mishap: boolean;
}

const NOWHERE: Place = { message: false, depth: 0, quoted: false, mishap: false };

function placesOf(lines: readonly LogLine[]): Place[] {
  const places: Place[] = lines.map(() => ({ ...NOWHERE }));
  let inTrace = false;
  let traceIndent = 0;
  let depth = 0;
  let sinceFrame = Number.POSITIVE_INFINITY;
  let lastMessage = -1;
  let mishap = false;
  lines.forEach((line, at) => {
    const place = places[at] as Place;
    if (line.body.startsWith('--- Logging error ---')) mishap = true;
    place.mishap = mishap;
    const indent = line.body.length - line.body.trimStart().length;
    const isPythonFrame = line.kind === 'frame' && /^\s*File /.test(line.body);
    if (line.kind === 'traceback') {
      inTrace = true;
      traceIndent = indent;
    } else if (isPythonFrame) {
      if (!inTrace) traceIndent = Math.max(0, indent - 2);
      inTrace = true;
      sinceFrame = 0;
    } else if (line.kind === 'frame') {
      sinceFrame = 0;
      inTrace = false;
    } else if (line.kind === 'blank') {
      // A blank line may stand inside a trace.
    } else if (inTrace && indent > traceIndent) {
      place.quoted = true;
      sinceFrame++;
    } else if (inTrace) {
      inTrace = false;
      place.message = true;
      lastMessage = at;
      depth = 0;
    } else if (line.kind === 'caused-by') {
      depth++;
      place.depth = depth;
      place.message = true;
      lastMessage = at;
      sinceFrame = 0;
    } else if (line.kind === 'exception') {
      const nextIsFrame = lines.slice(at + 1, at + 4).some((next) => next.kind === 'frame' && next.no > line.no);
      if (nextIsFrame) {
        depth = 0;
        place.message = true;
        lastMessage = at;
      }
      sinceFrame++;
    } else {
      sinceFrame++;
      if (sinceFrame > 12) depth = 0;
    }
    if (line.kind === 'chain-direct' || line.kind === 'chain-handling') {
      const message = places[lastMessage];
      if (message !== undefined) message.next = line.kind === 'chain-direct' ? 'direct' : 'handling';
    }
    if (line.logged && mishap && /^(?:Message|Arguments): /.test(line.body)) mishap = false;
    if (/^(?:Message|Arguments): /.test(line.body)) mishap = /^Message/.test(line.body);
  });
  return places;
}

/** Says again what another line says, with less of it. */
const RETOLD =
  /^\s*(?:Failed to execute (?:job|task)|Task failed with exception|Marking task as|Job \S+ failed|Exception in (?:task|callback)|ERROR - Failed|Failure caused by|Finished in state|Encountered an exception|Error executing|Exception ignored|Pod \S+ returned|Task exited with|Lost task|The error message is|Running hook|Full log|Retrying|Will retry|Attempt \d|Error: Job failed|Immediate failure|Dag run .* failed|Flow run .* failed)/i;
const SAYS_ERROR = /\b(?:error|failed|failure|fatal|exception|abort(?:ed)?|cannot|unable|invalid|denied|not found)\b/i;
const SQL_ECHO =
  /^\s*(?:select|with|from|where|join|left|inner|group by|order by|insert|update|delete|create|alter|drop|merge|union|and|or|case|when|--|\/\*)\b/i;
const INFORMATIVE = /[`'"“‘][^`'"”’]+[`'"”’]|\d{3}|:\s*\S+\s+\S+/;

function score(line: LogLine, at: number, place: Place, rules: RuleSet): Candidate | undefined {
  if (
    line.kind === 'blank' ||
    line.kind === 'traceback' ||
    line.kind === 'chain-direct' ||
    line.kind === 'chain-handling'
  )
    return undefined;
  if (line.kind === 'frame' || line.kind === 'code') return undefined;
  const rule = rules.bestFor(line.body);
  const isException = line.exception !== undefined;
  let base: number;
  if (rule !== undefined) base = strengthScore[rule.strength ?? 'names'];
  else if (isException || place.message) base = UNKNOWN_EXCEPTION;
  else if (line.level === 'error' || line.level === 'fatal') base = UNKNOWN_ERROR;
  else if (SAYS_ERROR.test(line.body)) base = UNKNOWN_TEXT;
  else return undefined;
  // An exception class is itself evidence: a wrapper's words in an exception's message do not make it a wrapper.
  if (rule?.strength === 'wrapper' && isException && !/^\s*(?:airflow|prefect|dagster)\b/i.test(line.body))
    base = Math.max(base, UNKNOWN_EXCEPTION - 12);

  let score = base;
  if (place.quoted) score -= 60;
  if (place.mishap) score -= 50;
  if (place.message) score += 5;
  if (isException) score += 3;
  if (place.depth > 0) score += Math.min(place.depth, 5);
  if (place.next === 'direct') score += 1;
  if (place.next === 'handling') score -= 2;
  if (line.kind === 'suppressed') score -= 20;
  if (!line.relayed && !place.message && !isException) {
    if (line.level === 'info') score -= 14;
    else if (line.level === 'debug') score -= 6;
    else if (line.level === 'warn') score -= 8;
  }
  if (line.level === 'error' || line.level === 'fatal') score += 3;
  if (RETOLD.test(line.body)) score -= 12;
  if (rule !== undefined && SQL_ECHO.test(line.body) && !isException) score -= 40;
  if (!INFORMATIVE.test(line.body)) score -= 1;
  return score <= 0 ? undefined : { at, ...(rule === undefined ? {} : { rule }), score };
}

/** High when the line names a cause and no other line names a different one nearly as well. */
function confidenceOf(best: Candidate, all: readonly Candidate[]): number {
  if (best.rule === undefined) return 0.1;
  const rival = all.reduce(
    (highest, other) =>
      other.rule !== undefined && other.rule.category !== best.rule?.category
        ? Math.max(highest, other.score)
        : highest,
    0,
  );
  const strength = Math.min(1, best.score / 95);
  const margin = Math.min(1, Math.max(0, (best.score - rival) / 30));
  return Math.round((0.25 + 0.5 * strength + 0.24 * margin) * 100) / 100;
}
