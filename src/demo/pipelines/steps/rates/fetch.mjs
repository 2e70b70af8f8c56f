import { writeFile } from 'node:fs/promises';
import http from 'node:http';
import { join } from 'node:path';
import { log, runDate } from '../lib/job.mjs';

const address = `${process.env.RATES_URL}/v1/latest?base=EUR&date=${runDate}`;
log(`GET ${address}`);
const text = await new Promise((resolve, reject) => {
  const request = http.get(address, (response) => {
    let body = '';
    response.setEncoding('utf8').on('data', (chunk) => {
      body += chunk;
    });
    response.on('end', () => resolve(body));
    response.on('error', reject);
  });
  request.on('error', reject);
});
const { rates } = JSON.parse(text);
await writeFile(join(process.env.LANDING_DIR, `rates-${runDate}.json`), JSON.stringify(rates));
log(`received ${Object.keys(rates).length} rates`);
