import { Failure } from '../../domain/failure';
import type { Run, RunStatus } from '../../domain/run';
import { type Data, valueAt } from './expression';
import type { GenericHttpSettings, RunFields } from './settings';

/** Reads what expressions find in an answer. Identity, status and time are strict, the rest is unknown where it is not as expected. */
export function createReader(where: string, key: string, data: Data) {
  const read = (name: string, expression: string | undefined) =>
    expression === undefined ? undefined : valueAt(where, `${key}.${name}`, expression, data);
  const fault = (name: string, what: string) =>
    new Failure('bad-response', where, { detail: `\`${key}.${name}\` ${what}.` });

  return {
    read,
    /** @throws Failure `bad-response` where there is none */
    id(name: string, expression: string): string {
      const value = read(name, expression);
      if (typeof value === 'string' && value.trim() !== '') return value.trim();
      if (typeof value === 'number' && Number.isFinite(value)) return String(value);
      throw fault(name, value === undefined ? 'finds nothing' : 'finds something that is neither text nor a number');
    },
    text(name: string, expression: string | undefined): string | undefined {
      const value = read(name, expression);
      if (typeof value === 'number') return String(value);
      return typeof value === 'string' && value.trim() !== '' ? value : undefined;
    },
    texts(name: string, expression: string | undefined): string[] | undefined {
      const value = read(name, expression);
      const list = Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
      return list.length > 0 ? list : undefined;
    },
    /** One or several; none where there is none. */
    ids(name: string, expression: string): string[] {
      const value = read(name, expression);
      const list = Array.isArray(value) ? value : value === undefined ? [] : [value];
      return list.map((one) => {
        if (typeof one === 'string' && one.trim() !== '') return one.trim();
        if (typeof one === 'number' && Number.isFinite(one)) return String(one);
        throw fault(name, 'finds something that is neither text nor a number');
      });
    },
    /** ISO 8601 (in UTC where it names no offset), or seconds or milliseconds of the epoch. @throws Failure `bad-response` for what is no time */
    time(name: string, expression: string | undefined): Date | undefined {
      const value = read(name, expression);
      if (value === undefined || value === '' || value === 0) return undefined;
      const at = typeof value === 'number' ? epoch(value) : typeof value === 'string' ? written(value) : undefined;
      if (at === undefined || Number.isNaN(at.getTime())) throw fault(name, 'finds something that is no time');
      return at;
    },
    count(name: string, expression: string | undefined): number | undefined {
      const value = Number(read(name, expression) ?? Number.NaN);
      return Number.isInteger(value) && value >= 1 ? value : undefined;
    },
  };
}
export type Reader = ReturnType<typeof createReader>;

/** From 1973 on in milliseconds; in seconds that would be the year 5138. */
const epoch = (value: number) => new Date(Math.abs(value) >= 1e11 ? value : value * 1_000);

function written(text: string): Date {
  const iso = text.trim().replace(' ', 'T');
  if (/^\d+(\.\d+)?$/.test(iso)) return epoch(Number(iso));
  return new Date(/(Z|[+-]\d{2}:?\d{2})$/i.test(iso) ? iso : `${iso}Z`);
}

/** Our state for a word of the server. */
export function createStatuses(settings: GenericHttpSettings, unknownWord: (word: string) => void) {
  const known = new Map<string, RunStatus>();
  for (const status of Object.keys(settings.statuses) as (keyof typeof settings.statuses)[])
    for (const word of settings.statuses[status] ?? []) known.set(word.toLowerCase(), status);
  return (word: string): RunStatus => {
    const status = known.get(word.toLowerCase());
    if (status === undefined) unknownWord(word);
    return status ?? 'unknown';
  };
}
export type Statuses = ReturnType<typeof createStatuses>;

/** A run as an answer tells it. */
export function readRun(reader: Reader, fields: RunFields, statusOf: Statuses, connection: string): Run {
  const word = reader.read('status', fields.status);
  return {
    pipeline: { connection, key: reader.id('pipeline', fields.pipeline) },
    run: reader.id('run', fields.run),
    attempt: reader.count('attempt', fields.attempt) ?? 1,
    status: statusOf(typeof word === 'boolean' ? String(word) : reader.id('status', fields.status)),
    startedAt: reader.time('startedAt', fields.startedAt),
    endedAt: reader.time('endedAt', fields.endedAt),
    partition: reader.text('partition', fields.partition),
    step: reader.text('step', fields.step),
    error: reader.text('error', fields.error),
    url: reader.text('url', fields.url),
    owner: reader.text('owner', fields.owner),
    startedBy: reader.text('startedBy', fields.startedBy),
    tags: reader.texts('tags', fields.tags),
  };
}
