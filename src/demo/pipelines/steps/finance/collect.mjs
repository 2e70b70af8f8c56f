import { log, progress } from '../lib/job.mjs';

await progress('collecting ledgers', 3, 3000);
log('done');
