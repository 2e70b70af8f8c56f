import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { log, progress, runDate } from '../lib/job.mjs';

const file = join(process.env.LANDING_DIR, 'store-visits', `dt=${runDate}.csv`);
const skipsBadLines = process.env.SKIP_BAD_LINES === 'true';
log(`reading ${file}`);
const [header, ...lines] = (await readFile(file, 'utf8')).trim().split('\n');
const promised = Number(/^# stores=(\d+)$/.exec(header)?.[1]);
if (lines.length !== promised)
  throw new Error(`${file}: the header promises ${promised} stores, found ${lines.length}`);
await progress('counting visits', 2, 300);
let total = 0;
for (const [index, line] of lines.entries()) {
  const [store, visits] = line.split(',');
  if (!/^\d+$/.test(visits)) {
    if (!skipsBadLines) throw new TypeError(`line ${index + 2}: visits of ${store} is not a number: "${visits}"`);
    log(`line ${index + 2} left out: "${line}"`);
    continue;
  }
  total += Number(visits);
}
await writeFile(join(process.env.LANDING_DIR, `store-visits-${runDate}.json`), JSON.stringify({ runDate, total }));
log(`${total} visits in ${lines.length} stores`);
