import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { createDiagnosis } from '../../src/diagnosis';
import { onlyWhere } from '../support/only-where';

/** Other people's logs with labels: read where they are, never copied. bench/accuracy.ts measures them in full. */
const folder = join(__dirname, '..', '..', '..', 'shared', 'logs');
const there = existsSync(join(folder, 'sample.jsonl'));

const Labelled = z.object({
  id: z.string(),
  log: z.string(),
  category: z.string(),
  also_ok: z.array(z.string()).default([]),
  retryable: z.string(),
  root_cause_line: z.string(),
});
const Pair = z.object({ id: z.string(), a: z.string(), b: z.string(), same: z.boolean() });

function read<T>(file: string, schema: z.ZodType<T>): T[] {
  return readFileSync(join(folder, file), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => schema.parse(JSON.parse(line)));
}

onlyWhere(there, '../shared/logs is not there').describe('labelled logs of others', () => {
  const diagnoser = createDiagnosis();
  const rows = there ? read('sample.jsonl', Labelled) : [];
  const judged = rows.map((row) => ({ row, diagnosis: diagnoser.diagnoseText(row.log) }));
  const share = (right: (one: (typeof judged)[number]) => boolean) => judged.filter(right).length / judged.length;
  const isNo = (retryable: string) => retryable === 'no' || retryable === 'after_change';

  it('get the right category in 9 of 10', () => {
    expect(
      share(({ row, diagnosis }) => [row.category, ...row.also_ok].includes(diagnosis.category)),
    ).toBeGreaterThanOrEqual(0.9);
  });

  it('get the right retry advice in 9 of 10', () => {
    const right = share(
      ({ row, diagnosis }) =>
        row.retryable === 'maybe' ||
        row.retryable === diagnosis.retryable ||
        (isNo(row.retryable) && isNo(diagnosis.retryable)),
    );
    expect(right).toBeGreaterThanOrEqual(0.9);
  });

  it('get the right cause line in 85 of 100', () => {
    const right = share(({ row, diagnosis }) => row.log.split('\n')[diagnosis.causeLineNo - 1] === row.root_cause_line);
    expect(right).toBeGreaterThanOrEqual(0.85);
  });

  it('are unknown in at most 1 of 10', () => {
    expect(share(({ diagnosis }) => diagnosis.category === 'unknown')).toBeLessThanOrEqual(0.1);
  });

  it('are paired by fingerprint in 97 of 100', () => {
    const pairs = read('fingerprint-sample.jsonl', Pair);
    const print = (text: string) => diagnoser.diagnoseText(text).fingerprint;
    const right = pairs.filter(({ a, b, same }) => (print(a) === print(b)) === same);
    expect(right.length / pairs.length).toBeGreaterThanOrEqual(0.97);
  });
});
