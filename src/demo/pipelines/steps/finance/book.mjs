import { log, progress } from '../lib/job.mjs';

await progress('booking entries', 3, 3000);
log('done');
