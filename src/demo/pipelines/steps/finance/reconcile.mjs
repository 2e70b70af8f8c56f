import { log, progress } from '../lib/job.mjs';

await progress('reconciling accounts', 4, 3000);
log('done');
