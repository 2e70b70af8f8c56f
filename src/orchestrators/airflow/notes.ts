import type { ActionKind } from '../../domain/action';
import type { DagRun } from './schema';

/** What a note may hold at most; the server's own limit. */
const longest = 1_000;

/**
 * What we write into the note of a run before we change it: who asked, the key of the call, and which attempt was changed. Airflow takes
 * no key with a change and knows no run that was cancelled, so both are told by this line.
 */
export interface Mark {
  kind: ActionKind;
  by: string;
  key: string;
  /** When the attempt began that is changed, in ms of the epoch; `none` = it had not. */
  attempt: string;
}

const pattern = /^Pitcrew: (\w+) by (.+) \(([0-9a-f-]{36}), attempt of (\d+|none)\)$/i;

const write = ({ kind, by, key, attempt }: Mark) =>
  `Pitcrew: ${kind} by ${by.replace(/\s+/g, ' ').slice(0, 200)} (${key}, attempt of ${attempt})`;

/** Attempts of one run are told apart by their starts. */
export function attemptKey({ start_date: start }: Pick<DagRun, 'start_date'>): string {
  return start ? String(start.getTime()) : 'none';
}

/** Our lines in a note, oldest first. */
function marksIn(note: string | null | undefined): Mark[] {
  return (note ?? '').split('\n').flatMap((line): Mark[] => {
    const [, kind, by, key, attempt] = pattern.exec(line.trim()) ?? [];
    const isKind = kind === 'retry' || kind === 'stop' || kind === 'skip' || kind === 'start' || kind === 'backfill';
    return isKind && by && key && attempt ? [{ kind, by, key: key.toLowerCase(), attempt }] : [];
  });
}

export function markOf(note: string | null | undefined, key: string): Mark | undefined {
  return marksIn(note).findLast((mark) => mark.key === key.toLowerCase());
}

/** Whether this attempt of the run was ended by a stop that went through us. */
export function isStopped(run: Pick<DagRun, 'note' | 'start_date'>): boolean {
  return marksIn(run.note).some(({ kind, attempt }) => kind === 'stop' && attempt === attemptKey(run));
}

/** The note with one more line; of ours the oldest go first where it gets too long, then the end of what people wrote. */
export function withMark(note: string | null | undefined, mark: Mark): string {
  const lines = (note ?? '').split('\n');
  const isOurs = (line: string) => pattern.test(line.trim());
  const theirs = lines
    .filter((line) => !isOurs(line))
    .join('\n')
    .trimEnd();
  const ours = [...lines.filter(isOurs), write(mark)];
  const all = () => [...(theirs === '' ? [] : [theirs]), ...ours].join('\n');
  while (ours.length > 1 && all().length > longest) ours.shift();
  if (all().length <= longest) return all();
  return `${theirs.slice(0, longest - 2 - ours.join('\n').length)}…\n${ours.join('\n')}`;
}
