import { log, progress } from '../lib/job.mjs';

await progress('writing the report', 2, 3000);
log('done');
