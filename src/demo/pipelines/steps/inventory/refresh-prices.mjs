import { log, progress } from '../lib/job.mjs';

await progress('refreshing prices', 2, 1000);
log('500 prices are up to date');
