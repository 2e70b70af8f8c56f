import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { log, progress, runDate } from '../lib/job.mjs';

const rates = JSON.parse(await readFile(join(process.env.LANDING_DIR, `rates-${runDate}.json`), 'utf8'));
await progress('storing rates', 2, 800);
log(`stored ${Object.keys(rates).length} rates`);
