/**
 * How often the diagnosis is right, on the labelled logs and pairs in `../shared/logs` (other people's data; read where it is there,
 * never copied). Prints JSON: shares with 95 % intervals (Wilson), what was taken for what, and each technology left out in turn.
 * `npm run bench -- accuracy [--folder PATH]`
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { createDiagnosis, type Diagnosis } from '../src/diagnosis';
import { rules } from '../src/diagnosis/rules';
import { createRedactor } from '../src/lib/redact';

const Labelled = z.object({
  id: z.string(),
  technology: z.string(),
  log: z.string(),
  category: z.string(),
  also_ok: z.array(z.string()).default([]),
  retryable: z.string(),
  root_cause_line: z.string(),
});
type Labelled = z.infer<typeof Labelled>;
const Pair = z.object({ id: z.string(), a: z.string(), b: z.string(), same: z.boolean(), origin: z.string() });

interface Share {
  right: number;
  of: number;
  share: number;
  /** 95 %, Wilson. */
  interval: [number, number];
}

function shareOf(right: number, of: number): Share {
  const z95 = 1.96;
  const p = of === 0 ? 0 : right / of;
  const centre = (p + z95 ** 2 / (2 * of)) / (1 + z95 ** 2 / of);
  const half = (z95 * Math.sqrt((p * (1 - p)) / of + z95 ** 2 / (4 * of ** 2))) / (1 + z95 ** 2 / of);
  return {
    right,
    of,
    share: round(p),
    interval: [round(Math.max(0, centre - half)), round(Math.min(1, centre + half))],
  };
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}

interface Judged {
  row: Labelled;
  diagnosis: Diagnosis;
  category: boolean;
  retry: boolean;
  line: boolean;
}

function judge(row: Labelled, diagnosis: Diagnosis): Judged {
  // The label is a text: where it stands several times, each place is right.
  const places = row.log.split('\n').flatMap((line, at) => (line === row.root_cause_line ? [at + 1] : []));
  return {
    row,
    diagnosis,
    category: diagnosis.category === row.category || row.also_ok.includes(diagnosis.category),
    retry: row.retryable === 'maybe' || joined(row.retryable) === joined(diagnosis.retryable),
    line: places.includes(diagnosis.causeLineNo),
  };
}

/** "No" and "after a change" both tell a person not to press the button now. */
function joined(retryable: string): string {
  return retryable === 'after_change' ? 'no' : retryable;
}

function summary(judged: readonly Judged[]) {
  const share = (right: (one: Judged) => boolean) => shareOf(judged.filter(right).length, judged.length);
  return {
    category: share((one) => one.category),
    retryAdvice: share((one) => one.retry),
    causeLine: share((one) => one.line),
    unknown: share((one) => one.diagnosis.category === 'unknown'),
  };
}

/**
 * Rules are written, not trained, so leaving a technology out means: without the rules that are named after it. What is left
 * must still read its logs, from what all technologies say alike.
 */
function withoutTechnology(technology: string, rows: readonly Labelled[]) {
  const diagnoser = createDiagnosis(
    {},
    rules.filter((rule) => !rule.id.startsWith(`${technology}.`)),
  );
  return summary(
    rows.filter((row) => row.technology === technology).map((row) => judge(row, diagnoser.diagnoseText(row.log))),
  );
}

function linesOf<T>(file: string, schema: z.ZodType<T>): T[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => schema.parse(JSON.parse(line)));
}

function main(): void {
  const given = process.argv.indexOf('--folder');
  const folder = given > 0 ? (process.argv[given + 1] ?? '') : join(__dirname, '..', '..', 'shared', 'logs');
  if (!existsSync(join(folder, 'sample.jsonl'))) {
    console.log(JSON.stringify({ skipped: `no labelled logs in ${folder}` }));
    return;
  }
  const rows = linesOf(join(folder, 'sample.jsonl'), Labelled);
  const pairs = linesOf(join(folder, 'fingerprint-sample.jsonl'), Pair);
  const diagnoser = createDiagnosis();
  const judged = rows.map((row) => judge(row, diagnoser.diagnoseText(row.log)));
  const redactor = createRedactor();
  const changed = rows.filter((row) => redactor.redact(row.root_cause_line).text !== row.root_cause_line);
  const pairsRight = pairs.filter(
    (pair) => (diagnoser.diagnoseText(pair.a).fingerprint === diagnoser.diagnoseText(pair.b).fingerprint) === pair.same,
  );
  const technologies = [...new Set(rows.map((row) => row.technology))].sort();
  const confusion: Record<string, Record<string, number>> = {};
  for (const { row, diagnosis, category } of judged) {
    const got = category ? 'accepted' : diagnosis.category;
    const counts = confusion[row.category] ?? {};
    counts[got] = (counts[got] ?? 0) + 1;
    confusion[row.category] = counts;
  }
  // The half whose labels and logs were not looked at when the rules were first written: every second by the hash of its id.
  const isHeld = (id: string) => BigInt(`0x${createHash('sha1').update(id).digest('hex')}`) % 2n === 1n;
  console.log(
    JSON.stringify(
      {
        all: summary(judged),
        writtenOn: summary(judged.filter(({ row }) => !isHeld(row.id))),
        heldOut: summary(judged.filter(({ row }) => isHeld(row.id))),
        fingerprintPairs: shareOf(pairsRight.length, pairs.length),
        causeLinesChangedByRedaction: shareOf(changed.length, rows.length),
        confusion,
        technologyLeftOut: Object.fromEntries(
          technologies.map((technology) => [technology, withoutTechnology(technology, rows)]),
        ),
        wrong: judged
          .filter((one) => !one.category || !one.retry || !one.line)
          .map(({ row, diagnosis, category, retry, line }) => ({
            id: row.id,
            ...(category ? {} : { category: `${row.category}, taken for ${diagnosis.category}` }),
            ...(retry ? {} : { retryable: `${row.retryable}, taken for ${diagnosis.retryable}` }),
            ...(line ? {} : { line: diagnosis.causeLineNo }),
            rule: diagnosis.ruleId ?? null,
          })),
      },
      undefined,
      2,
    ),
  );
}

main();
