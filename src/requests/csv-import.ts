import { TZDate } from '@date-fns/tz';
import { CsvError, type Info, parse } from 'csv-parse/sync';
import { Brought } from './archive';

const fields = [
  'id',
  'question',
  'askedAt',
  'requester',
  'assignee',
  'category',
  'priority',
  'firstAnsweredAt',
  'solvedAt',
  'resolution',
  'score',
] as const;
type Field = (typeof fields)[number];

/** Which column of the file holds what; a field that is left out has the column of its own name. */
export type Columns = Partial<Record<Field, string>>;

export type ReadCsv = { ok: true; brought: Brought[] } | { ok: false; faults: string[] };

/** @throws Error with a sentence. @param text `question=Subject,askedAt=Created at` */
export function readColumns(text: string): Columns {
  const columns: Columns = {};
  for (const part of text.split(',')) {
    const [, name = '', column = ''] = /^\s*(\w+)\s*=\s*(.*?)\s*$/.exec(part) ?? [];
    const field = fields.find((each) => each === name);
    if (!field || column === '')
      throw new Error(`--columns takes field=column, with a field of ${fields.join(', ')}; "${part.trim()}" is none.`);
    columns[field] = column;
  }
  return columns;
}

/**
 * Requests of another tool as a table: commas, semicolons or tabs, the first line names the columns. What is empty is left out; a time
 * without an offset is wall time of the zone.
 *
 * @returns every fault with its line. Never throws.
 */
export function readCsv(text: string, { columns, timeZone }: { columns: Columns; timeZone: string }): ReadCsv {
  let rows: { info: Info; record: Record<string, string> }[];
  try {
    rows = parse(text, {
      columns: (header: string[]) => header.map((name) => name.trim().toLowerCase()),
      delimiter: delimiterOf(text),
      bom: true,
      info: true,
      trim: true,
      skip_empty_lines: true,
    });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    return { ok: false, faults: [error.message] };
  }
  const columnOf = (field: Field) => (columns[field] ?? field).toLowerCase();
  const [first] = rows;
  const missing = first ? fields.filter((field) => isWanted(field, columns) && !(columnOf(field) in first.record)) : [];
  if (missing.length > 0)
    return {
      ok: false,
      faults: missing.map((field) => `line 1: there is no column "${columns[field] ?? field}" for ${field}`),
    };
  const faults: string[] = [];
  const brought: Brought[] = [];
  const lineOf = new Map<string, number>();
  for (const { info, record } of rows) {
    const filled = fields.flatMap((field) => {
      const value = record[columnOf(field)] ?? '';
      return value === '' ? [] : [[field, asField(field, value, timeZone)]];
    });
    const read = Brought.safeParse(Object.fromEntries(filled));
    if (!read.success) {
      const given = new Set(filled.map(([field]) => field));
      for (const { path, message } of read.error.issues) {
        const field = path.join('.');
        faults.push(`line ${info.lines}, ${field}: ${given.has(field) ? message : 'is empty'}`);
      }
      continue;
    }
    const before = lineOf.get(read.data.id);
    if (before !== undefined) faults.push(`line ${info.lines}, id: "${read.data.id}" stands in line ${before} already`);
    lineOf.set(read.data.id, info.lines);
    brought.push(read.data);
  }
  return faults.length > 0 ? { ok: false, faults } : { ok: true, brought };
}

/** Without these nothing can be brought in; others are wanted where the caller names their column. */
function isWanted(field: Field, columns: Columns): boolean {
  return field === 'id' || field === 'question' || field === 'askedAt' || columns[field] !== undefined;
}

/** The one that the first line holds most of. */
function delimiterOf(text: string): string {
  const header = text.slice(0, text.search(/\r?\n|$/)).replace(/"[^"]*"/g, '');
  const count = (sign: string) => header.split(sign).length;
  return [',', ';', '\t'].reduce((best, sign) => (count(sign) > count(best) ? sign : best));
}

function asField(field: Field, value: string, timeZone: string): string | number {
  if (field === 'score') return Number(value);
  if (field === 'priority') return value.toLowerCase();
  return /At$/.test(field) ? withOffset(value, timeZone) : value;
}

/** "2026-11-02 09:00" of the zone as an instant; what is none stays as it is, and is refused. */
function withOffset(value: string, timeZone: string): string {
  const [, year, month, day, hour, minute, second = '0'] =
    /^(\d{4})-(\d\d)-(\d\d)[ T](\d\d):(\d\d)(?::(\d\d)(?:\.\d+)?)?$/.exec(value) ?? [];
  if (minute === undefined) return value.replace(' ', 'T');
  const at = new TZDate(
    Number(year),
    Number(month) - 1,
    Number(day),
    Number(hour),
    Number(minute),
    Number(second),
    timeZone,
  );
  return new Date(at.getTime()).toISOString();
}
