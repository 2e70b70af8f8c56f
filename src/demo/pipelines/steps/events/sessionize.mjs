import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { log, runDate } from '../lib/job.mjs';

const eventCount = 300_000;
const sessions = new Map();
for (let n = 0; n < eventCount; n += 1) {
  const visitor = `visitor-${(n * 7919) % 60_000}`;
  const session = sessions.get(visitor) ?? [];
  session.push({
    page: `/products/${n % 500}?campaign=${n % 40}`,
    at: 1_700_000_000_000 + n * 250,
    agent: `agent ${n % 90} / visitor ${visitor}`,
  });
  sessions.set(visitor, session);
  if (n % 50_000 === 0) log(`grouped ${n} of ${eventCount} events into ${sessions.size} sessions`);
}
const folder = join(process.env.LANDING_DIR, 'sessions', `dt=${runDate}`);
await mkdir(folder, { recursive: true });
await writeFile(
  join(folder, 'part-0000.json'),
  JSON.stringify([...sessions].map(([visitor, events]) => [visitor, events.length])),
);
log(`wrote ${sessions.size} sessions`);
