import type { Tx } from '../../src/store/db';
import { eraseWords, forgetWords } from '../../src/store/erasure-rows';
import { createTestDatabase, type TestDatabase } from '../support/database';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const dana = '00000000-0000-4000-8000-00000000000a';
const noah = '00000000-0000-4000-8000-00000000000b';
const at = new Date('2026-11-25T09:00:00Z');
const large = /Seq Scan on (posts|request_events|request_words|requests|presses)\b/;

/** How each statement is carried out where a table is gone through only if there is no other way. */
async function plansOf(run: (tx: Tx) => Promise<unknown>): Promise<string[]> {
  const plans: string[] = [];
  await database.db.transaction(async (tx) => {
    await tx.query('set local enable_seqscan = off');
    await run({
      async query<T extends object>(sql: string, params?: unknown[]): Promise<T[]> {
        const lines = await tx.query<{ 'QUERY PLAN': string }>(`explain ${sql}`, params);
        plans.push(lines.map((line) => line['QUERY PLAN']).join('\n'));
        return tx.query<T>(sql, params);
      },
    });
  });
  return plans;
}

it.each([
  { title: 'of a person', requester: dana, run: (tx: Tx) => eraseWords(tx, dana, at) },
  { title: 'of what is long over', requester: noah, run: (tx: Tx) => forgetWords(tx, at, 50, at) },
])(
  'the words $title are erased without going through all messages, answers and presses',
  async ({ requester, run }) => {
    await database.db.query(
      `insert into requests (request_id, state, person_id, source, asked_at, requester_said_at, changed_at, solved_at, question, origin)
     values (gen_random_uuid(), 'solved', $1, 'channel', $2, $2, $2, '2026-01-01', 'Where?', gen_random_uuid()::text)`,
      [requester, at],
    );
    const plans = await plansOf(run);
    expect(plans.length).toBeGreaterThan(8);
    expect(plans.filter((plan) => large.test(plan))).toEqual([]);
  },
);
