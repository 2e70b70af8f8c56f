import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { log, progress, runDate } from '../lib/job.mjs';

await progress('reading countries', 2, 900);
await writeFile(join(process.env.LANDING_DIR, `countries-${runDate}.json`), JSON.stringify(['DE', 'FR', 'PL', 'ES']));
log('wrote 4 countries');
