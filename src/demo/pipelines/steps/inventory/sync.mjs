import { log, progress } from '../lib/job.mjs';

await progress('counting stock', 4, 2000);
log('4 warehouses in step');
