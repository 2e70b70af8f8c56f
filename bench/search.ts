/**
 * How fast the answers to a question are found among 50,000 solved requests: words drawn as people use them (few often, most seldom),
 * questions as they are asked, with slips of the pen. Prints JSON; ends with 1 if p95 is above the limit.
 * `npm run bench -- search [--requests 50000]`
 */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../src/lib/clock';
import { createLogger } from '../src/lib/logger';
import { findAnswers } from '../src/store/answer-rows';
import { type Db, openDb } from '../src/store/db';
import { openEmbedded } from '../src/store/embedded';
import { migrate } from '../src/store/migrate';

const limitMs = 100;
const asked = 300;
const stems =
  'load table query grant column view model report dash board token quota spark cluster null dupli late fresh schema part'.split(
    ' ',
  );
const often = 'my the is not in of when why does fail error help please with for on it'.split(' ');

function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 0x1_0000_0000;
  };
}

/** Zipf: the n-th word is drawn 1/n as often as the first. */
function wordOf(random: () => number): string {
  if (random() < 0.45) return often[Math.floor(random() * often.length)] ?? 'the';
  const rank = Math.floor(Math.exp(random() * Math.log(30_000)));
  return `${stems[rank % stems.length]}${Math.floor(rank / stems.length) || ''}`;
}

function sentenceOf(random: () => number, words: number): string {
  return Array.from({ length: words }, () => wordOf(random)).join(' ');
}

async function fill(db: Db, count: number): Promise<void> {
  const random = randomOf(11);
  for (let first = 0; first < count; first += 1_000) {
    const rows = Array.from({ length: Math.min(1_000, count - first) }, (_, index) => ({
      id: randomUUID(),
      question: sentenceOf(random, 8 + Math.floor(random() * 40)),
      resolution: sentenceOf(random, 10 + Math.floor(random() * 60)),
      origin: `bench:${first + index}`,
    }));
    await db.query(
      `insert into requests (request_id, state, person_id, source, asked_at, requester_said_at, changed_at, solved_at, question, resolution, origin)
       select id, 'solved', gen_random_uuid(), 'import', $2, $2, $2, $2, question, resolution, origin
       from jsonb_to_recordset($1) as r(id uuid, question text, resolution text, origin text)`,
      [JSON.stringify(rows), new Date('2026-01-01T00:00:00Z')],
    );
  }
  await db.query('vacuum analyze requests');
}

async function main(): Promise<void> {
  const at = process.argv.indexOf('--requests');
  const count = at > 0 ? Number(process.argv[at + 1]) : 50_000;
  const dataDir = mkdtempSync(join(tmpdir(), 'pitcrew-bench-search-'));
  const log = createLogger('warn');
  const embedded = await openEmbedded({ dataDir, hold: true, clock: systemClock, log });
  const db = openDb(embedded.url, { log, maxConnections: 4 });
  try {
    await migrate(db, { clock: systemClock, log });
    await fill(db, count);
    const random = randomOf(23);
    const times: number[] = [];
    let found = 0;
    for (let turn = 0; turn < asked; turn += 1) {
      const words = sentenceOf(random, 4 + Math.floor(random() * 30));
      const question =
        turn % 10 === 0 ? words.replace(/[aeiou]/g, (vowel, place) => (place % 3 === 0 ? '' : vowel)) : words;
      const began = performance.now();
      const answers = await db.transaction((tx) => findAnswers(tx, question, { limit: 3 }));
      times.push(performance.now() - began);
      if (answers.length > 0) found += 1;
    }
    times.sort((a, b) => a - b);
    const of = (share: number) => Math.round((times[Math.ceil(share * times.length) - 1] ?? 0) * 10) / 10;
    const result = {
      bench: 'search',
      requests: count,
      questions: asked,
      answered: found,
      p50Ms: of(0.5),
      p95Ms: of(0.95),
      maxMs: of(1),
      limitMs,
    };
    process.stdout.write(`${JSON.stringify(result)}\n`);
    process.exitCode = result.p95Ms <= limitMs ? 0 : 1;
  } finally {
    await db.close();
    await embedded.close();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

main().catch((error) => {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exitCode = 1;
});
